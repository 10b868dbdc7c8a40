"""Appointments, from booking to reminder (manual 2.5, 4.3.1, 4.3.3-4.3.5)."""
