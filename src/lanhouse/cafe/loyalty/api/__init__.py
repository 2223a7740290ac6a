"""Points and coins on the café API."""
