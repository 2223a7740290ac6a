"""Taking the list of members away as a file."""

from __future__ import annotations

from lanhouse.cafe.members.queries.listing import MemberSearch
from lanhouse.db.store import Tx


def note_export(tx: Tx, search: MemberSearch) -> None:
    """Write to the audit log that somebody takes these members' personal data out of the house."""
    tx.audit("members", 0, is_guest=int(bool(search.is_guest)))
