"""The dashboard and the phone page in a real browser."""
