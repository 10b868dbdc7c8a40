"""The booking protocol as a model, searched exhaustively by Spin; docs/protocol.md."""
