"""Processes that are killed: `make run` and the reminder function."""
