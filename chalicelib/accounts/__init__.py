"""Who may do what, hospital by hospital (manual 1), and the token (manual 4.2.1)."""
