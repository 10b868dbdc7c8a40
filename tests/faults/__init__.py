"""Tests of requests while storage calls fail or other requests overtake them.

The other requests run between the storage calls of the first one.
"""
