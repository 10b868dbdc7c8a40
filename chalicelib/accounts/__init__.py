"""The Account Center: accounts, user groups and roles, hospital by hospital (manual 1)."""
