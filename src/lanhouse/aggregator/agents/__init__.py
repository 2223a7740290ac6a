"""Operators that bring their players: who they are, their keys, their currencies."""
