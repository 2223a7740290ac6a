"""How money came in, and so how it goes back (decision 0078)."""
