"""Tests that kill processes: `make run` and the reminder function."""
