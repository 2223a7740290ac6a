"""Where games come from: the port every provider speaks, and the built-in provider House."""
