"""Which account was shown which person, and when; and the quota of different people an account may look up."""
