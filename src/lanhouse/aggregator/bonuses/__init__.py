"""Free rounds and free chips: campaigns of rounds that an operator gives to players."""
