"""Attacks of the running system over HTTP: by web pages, by guessers of passwords, and by accounts with few roles."""
