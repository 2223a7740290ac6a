"""What stands beside a member's row: notes, consents, and how he signs in."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from lanhouse.auth.tables import login_failures
from lanhouse.auth.tokens import sign_ins_of
from lanhouse.cafe.members.rules import account_key
from lanhouse.cafe.members.tables import member_consents, member_notes, member_photos
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.limits import LOGIN_FAILURES_MAX, LOGIN_LOCK_SECONDS

_notes, _consents = member_notes.c, member_consents.c


def _of_member(
    columns: sa.ReadOnlyColumnCollection[str, sa.Column[object]],
) -> sa.ColumnElement[bool]:
    return (columns.center_id == sa.bindparam("center")) & (
        columns.member_id == sa.bindparam("member")
    )


_NOTES = static(
    sa.select(member_notes)
    .where(_of_member(_notes))
    .order_by(_notes.is_pinned.desc(), _notes.id.desc())
)
# As the index of pinned notes has it.
_PINNED = static(sa.select(_notes.text).where(_of_member(_notes), _notes.is_pinned.is_(sa.true())))
_CONSENTS = static(
    sa.select(member_consents).where(_of_member(_consents)).order_by(_consents.id.desc())
)
_PHOTO = static(sa.select(member_photos.c.file_key).where(_of_member(member_photos.c)))
_FAILURES = static(
    sa.select(
        sa.func.sum(login_failures.c.failures).label("failures"),
        sa.func.max(login_failures.c.failures).label("most"),
        sa.func.max(login_failures.c.last_at).label("last_at"),
    ).where(
        login_failures.c.center_id == sa.bindparam("center"),
        login_failures.c.account == sa.bindparam("account"),
    )
)


class SignIns(msgspec.Struct, frozen=True, kw_only=True):
    """Where a member is signed in, newest first (rows of tokens), and the wrong passwords."""

    tokens: list[Row]
    failures: int
    failed_at: datetime | None
    locked_until: datetime | None
    """Real time; None = nobody is kept from signing in."""


def notes_of(read: Read, center_id: int, member_id: int) -> list[Row]:
    """The notes of a member, pinned ones first, then the newest."""
    return read.all(_NOTES, center=center_id, member=member_id)


def pinned_notes(read: Read, center_id: int, member_id: int) -> list[str]:
    """What the desk is told whenever it chooses the member."""
    return [row.text for row in read.all(_PINNED, center=center_id, member=member_id)]


def consents_of(read: Read, center_id: int, member_id: int) -> list[Row]:
    """What a member agreed to, the newest first, withdrawn ones too."""
    return read.all(_CONSENTS, center=center_id, member=member_id)


def photo_key(read: Read, center_id: int, member_id: int) -> str | None:
    """The key of the file, or None."""
    return read.scalar(_PHOTO, center=center_id, member=member_id)


def sign_ins(read: Read, center_id: int, member_id: int, account: str) -> SignIns:
    """How a member (centre id, id, account) signs in."""
    failed = read.one(_FAILURES, center=center_id, account=f"member:{account_key(account)}")
    last_at = None if failed is None else failed.last_at
    locked_until = None
    if failed is not None and last_at is not None and failed.most >= LOGIN_FAILURES_MAX:
        until = last_at + timedelta(seconds=LOGIN_LOCK_SECONDS)
        locked_until = until if until > clock.real_now() else None
    return SignIns(
        tokens=sign_ins_of(read, center_id, "member", member_id),
        failures=0 if failed is None else failed.failures or 0,
        failed_at=last_at,
        locked_until=locked_until,
    )
