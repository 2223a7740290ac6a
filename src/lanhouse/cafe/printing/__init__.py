"""Printers in the hall's own network: which there are, and what they are sent."""
