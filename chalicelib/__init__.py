"""The MOPH Appointment Center: one package for each chapter or subject of the manual (docs/design.md)."""
