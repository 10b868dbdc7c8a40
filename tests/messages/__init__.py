"""Tests of announcements and notices: delivery, LINE links, calls to hospitals.

The tests of the providers are here too.
"""
