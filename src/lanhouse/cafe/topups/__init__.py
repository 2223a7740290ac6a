"""Top-ups: money, bonus and coins put on an account; refunds and loans."""
