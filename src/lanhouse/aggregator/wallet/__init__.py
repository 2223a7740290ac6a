"""The players' money at a transfer agent: deposit, withdraw, balance, and what happened."""
