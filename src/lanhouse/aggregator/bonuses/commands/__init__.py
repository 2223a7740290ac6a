"""Writes of campaigns: made, canceled, and used by rounds."""
