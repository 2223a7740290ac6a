"""The game platform: agents, their players, wallets, games, rounds, and the External API."""
