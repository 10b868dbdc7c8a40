"""The tests. CONTRIBUTING.md says how they are written and run."""
