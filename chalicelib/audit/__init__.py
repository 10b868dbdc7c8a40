"""Audit trail: who did what, to which account, hospital or appointment, and when.

Append only.
"""
