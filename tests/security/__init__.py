"""Attacks of the running system, over HTTP: what a web page, a guesser of passwords or a small account must not reach."""
