"""The rules of schedules, without storage."""
