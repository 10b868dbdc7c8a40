"""Model of the booking protocol, for an exhaustive search (docs/protocol.md)."""
