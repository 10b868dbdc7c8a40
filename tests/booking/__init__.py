"""The booking package in memory: rules, reminders, notices and the stream functions."""
