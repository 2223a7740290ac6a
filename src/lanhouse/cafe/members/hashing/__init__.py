"""Passwords that were taken in as they are, and become hashes."""
