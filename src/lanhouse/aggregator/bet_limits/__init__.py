"""Which bets a player may place: sets of limits that his operator chose for him."""
