"""News: what a centre shows its members, in order (cafe-domain 14)."""
