"""Benchmarks: `make bench`. docs/performance.md shows their results."""
