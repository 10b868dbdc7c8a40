"""Commands for operators (docs/operations.md)."""
