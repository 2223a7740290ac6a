"""`lanhouse rtp`: the exact return to player of the House games, found in two ways."""

from __future__ import annotations

from lanhouse.aggregator.providers.house.returns.report import main as command

__all__ = ["command"]
