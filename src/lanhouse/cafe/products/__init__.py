"""Goods of the shop: their groups, combos and stock."""
