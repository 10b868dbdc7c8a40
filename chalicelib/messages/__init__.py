"""Announcements and notices: fan-out through SQS to the app and LINE, with read receipts (manual 3)."""
