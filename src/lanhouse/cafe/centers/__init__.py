"""Centres: the tenants of the café half, and their settings."""
