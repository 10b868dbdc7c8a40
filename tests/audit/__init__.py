"""The audit trail: which refused requests and which changes it records."""
