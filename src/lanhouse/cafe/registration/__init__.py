"""Opening accounts, with money on them from the start if there is some."""
