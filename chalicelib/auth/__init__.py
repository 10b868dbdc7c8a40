"""Sign-in, passwords, tokens, and what an account may do now (manual 1; wire contract, Token)."""
