"""Who did what, to which account, hospital or appointment, and when. Append only."""
