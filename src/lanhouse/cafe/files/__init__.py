"""Files in the database: pictures that a centre shows (decision 0069)."""
