"""Who did what to which account, group, hospital, appointment or announcement, and when. Append only."""
