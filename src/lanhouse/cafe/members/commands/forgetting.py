"""What of a member stands in other rows than his own, and goes with his name."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from lanhouse.auth.lockout import forget_failures
from lanhouse.cafe.members.rules import member_account
from lanhouse.cafe.members.tables import (
    member_consents,
    member_notes,
    member_photos,
    sms_codes,
)
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.jobs.queue import enqueue

COPIES_KIND = "members.forget_copies"
"""The job that takes names out of what others keep (own_data.jobs)."""

_ALL = tuple(
    static(
        sa.delete(table).where(
            table.c.center_id == sa.bindparam("center"), table.c.member_id == sa.bindparam("member")
        )
    )
    for table in (member_photos, member_notes, sms_codes)
)
# That he agreed, and when, is the proof of what was done with his data; what he said goes.
_CONSENT_WORDS = static(
    sa.update(member_consents)
    .where(
        member_consents.c.center_id == sa.bindparam("center"),
        member_consents.c.member_id == sa.bindparam("member"),
    )
    .values(details="")
)


def forget_belongings(tx: Tx, center_id: int, member_id: int) -> None:
    """Delete photo, notes, a code by text message and the words of consents of a locked member, for
    an act that tells of itself."""
    for statement in (*_ALL, _CONSENT_WORDS):
        tx.run(statement, center=center_id, member=member_id)


def forget_names(
    tx: Tx, center_id: int, forgotten: Sequence[tuple[int, str]], staff_id: int
) -> None:
    """Forget the tries to sign in of members who are nobody any more (id, account until then), and
    ask for the job that takes these names out of every copy."""
    for _, account in forgotten:
        forget_failures(tx, center_id, member_account(account))
    key = f"{COPIES_KIND} {forgotten[0][0]}"
    payload = {"members": forgotten}
    enqueue(tx, COPIES_KIND, payload, key=key, center_id=center_id, started_by=staff_id)
