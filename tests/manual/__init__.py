"""Acceptance tests over HTTP, by section of the manual.

`make rehearse` runs them too.
"""
