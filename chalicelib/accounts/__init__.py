"""The Account Center: accounts, groups and roles of each hospital (manual 1)."""
