"""Segments and packages become a bill and an end. Pure."""
