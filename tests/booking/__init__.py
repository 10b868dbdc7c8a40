"""Tests of the booking package in memory: rules, reminders, notices and streams."""
