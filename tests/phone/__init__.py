"""Tests of the phone page's back end over HTTP, as of the Mor Prom app's.

See docs/app-guide.md.
"""
