"""Acceptance tests: the manual, section by section, over HTTP. `make rehearse` runs them too."""
