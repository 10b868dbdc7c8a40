"""The runbook: every command of docs/operations.md and docs/deployment.md is run, or is a step of the checklist."""
