"""Tests of the day of the visit on tables in memory, one action at a time."""
