"""Marking texts for translation where nothing translates yet."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 - the name that text extraction knows
    """The text as it is; catalogues get it, and the page that shows it translates it."""
    return text
