"""Compares the API and the dashboard's API with a reference model in plain Python."""
