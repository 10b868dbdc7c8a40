"""Tests of the runbook: they run its commands.

Every command of docs/operations.md and docs/deployment.md is run, or is a step of the checklist.
"""
