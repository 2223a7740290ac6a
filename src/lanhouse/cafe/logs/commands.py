"""Taking the audit log away as a file."""

from __future__ import annotations

from lanhouse.db.store import Tx


def note_audit_export(tx: Tx, _: None) -> None:
    """Write to the audit log that somebody takes it out of the house."""
    tx.audit("audit", 0)
