"""Attacks of the running system over HTTP, as a web page, a guesser of passwords or a small account makes them."""
