"""Seats kept for somebody from a time on: made, begun, given back, taken over."""
