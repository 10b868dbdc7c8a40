"""Appointments: book, cancel, postpone, accept, confirm, remind (manual 2.5, 4.3.1, 4.3.3-4.3.5)."""
