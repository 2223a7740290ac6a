"""`lanhouse rtp`: the exact return to player of the House games, by enumeration."""

from __future__ import annotations

from lanhouse.aggregator.providers.house.rtp import main as command

__all__ = ["command"]
