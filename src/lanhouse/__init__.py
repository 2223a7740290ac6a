"""Lanhouse: an open, self-hosted platform for gaming centres."""

__version__ = "0.1.0"
