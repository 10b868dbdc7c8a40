"""Departments, rooms, periods, schedules and availability (manual 2.1-2.4, 4.3.2)."""
