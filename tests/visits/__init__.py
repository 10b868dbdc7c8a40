"""The day of the visit on tables in memory, action by action."""
