"""Members and guests: the accounts that play and pay."""
