"""The MOPH Appointment Center. A room is a chapter of the manual; see docs/design.md."""
