"""Receipts, tickets and reports on paper: made from what is stored, the same text at any time."""
