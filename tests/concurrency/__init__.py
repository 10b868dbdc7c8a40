"""Many clients at once on several API processes, with negative controls (docs/concurrency.md)."""
