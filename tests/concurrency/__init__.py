"""Concurrent clients on several API processes, and negative controls.

See docs/concurrency.md.
"""
