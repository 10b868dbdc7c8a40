"""Announcements and notices to people, with read receipts (manual 3).

They are sent through SQS to the app and LINE.
"""
