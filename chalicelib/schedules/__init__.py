"""What a hospital opens: departments, rooms, periods, schedules and their availability (manual 2.1-2.4, 4.3.2)."""
