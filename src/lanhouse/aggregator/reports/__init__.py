"""What an agent settles by: a player's play by hour or day, and the comparison of two ledgers."""
