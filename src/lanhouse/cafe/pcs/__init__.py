"""PCs, consoles and the rooms they stand in."""
