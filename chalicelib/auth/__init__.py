"""Sign-in, passwords, tokens, account status (manual 1; wire contract, Token)."""
