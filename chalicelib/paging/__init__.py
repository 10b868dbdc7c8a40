"""Cursors of lists that are shown page by page: opaque, signed, and of no use to anybody else."""
