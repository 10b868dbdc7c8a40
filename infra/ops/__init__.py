"""Commands for operators. docs/operations.md says when to use each."""
