"""Cursors of lists that are shown page by page: opaque and signed.

A cursor is of no use to another hospital or for another list.
"""
