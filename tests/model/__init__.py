"""The API and the dashboard's API against a reference model in plain Python."""
