"""Taking lists of goods away as files."""

from __future__ import annotations

from lanhouse.db.store import Tx


def note_export(tx: Tx, _: None) -> None:
    """Write to the audit log that somebody takes goods, their costs or their stock away."""
    tx.audit("products", 0)
