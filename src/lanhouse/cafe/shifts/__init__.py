"""Shifts: who answers for the cash of a till, from its float to the frozen Z report."""
