"""House, the built-in provider: its mathematics, its games and the page they are played on."""
