"""Which account was shown which person, and the quota of look-ups.

The quota is the number of different people that an account may look up.
"""
