"""Attacks on the running system over HTTP.

The attackers are web pages of other sites, guessers of passwords and accounts with few rights.
"""
