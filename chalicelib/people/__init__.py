"""The registry of people and each hospital's white list (manual 2.5, 3)."""
