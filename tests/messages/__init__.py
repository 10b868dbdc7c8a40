"""Announcements and notices: delivery, providers, LINE links, and calls to hospitals."""
