"""Tests of the Account Center in memory.

They are about who may change which account, and about the first administrator.
"""
