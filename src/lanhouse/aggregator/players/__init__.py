"""The agents' players."""
