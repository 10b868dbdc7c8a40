"""Requests while storage calls fail, and while other requests run between their storage calls."""
