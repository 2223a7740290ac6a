"""Rounds of games: bets and settlements, and what is told of them afterwards."""
