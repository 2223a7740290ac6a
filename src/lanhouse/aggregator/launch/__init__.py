"""Starting a game: a one-time address, then a session in the player's browser."""
