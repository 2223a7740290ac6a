"""Sign-in tokens of staff and members: opaque, stored by hash, kept apart by their use."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import msgspec
import sqlalchemy as sa

from lanhouse.auth.generations import SIGN_INS, advance
from lanhouse.auth.tables import tokens
from lanhouse.db.statements import static
from lanhouse.db.store import Read, Row, Tx
from lanhouse.kit import clock, ids
from lanhouse.kit.limits import WEB_SESSION_SECONDS

SECOND_STEP = "second step"
"""The use of a token that only proves that the password was right; it opens nothing."""
_SIGN_IN_ID_CHARS = 16
_PREFIX = {"staff": "lhs", "member": "lhm", "pc": "lhd"}
_INSERT = static(sa.insert(tokens))
_FIND = static(
    sa.select(tokens).where(
        tokens.c.token_hash == sa.bindparam("hash"), tokens.c.use == sa.bindparam("the_use")
    )
)
_DELETE = static(
    sa.delete(tokens)
    .where(tokens.c.token_hash == sa.bindparam("hash"))
    .returning(tokens.c.center_id)
)
_LIVE = static(
    sa.select(tokens)
    .where(
        tokens.c.center_id == sa.bindparam("center"),
        tokens.c.kind == sa.bindparam("the_kind"),
        tokens.c.subject_id == sa.bindparam("subject"),
        (tokens.c.use == "cookie") | (tokens.c.use == "bearer"),
        tokens.c.expires_at > sa.bindparam("now", type_=tokens.c.expires_at.type),
    )
    .order_by(tokens.c.created_at.desc(), tokens.c.token_hash)
)
_DELETE_ALL = static(sa.delete(tokens))
_DELETE_OF_CENTER = static(sa.delete(tokens).where(tokens.c.center_id == sa.bindparam("center")))
_MOVE = static(
    sa.update(tokens)
    .where(
        tokens.c.center_id == sa.bindparam("center"),
        tokens.c.kind == "staff",
        (tokens.c.use == "cookie") | (tokens.c.use == "bearer"),
    )
    .values(center_id=sa.bindparam("new_center"))
)
_SEATS = sa.select(tokens.c.token_hash, tokens.c.subject_id, tokens.c.pc_id).where(
    tokens.c.center_id == sa.bindparam("center"),
    tokens.c.kind == "member",
    tokens.c.pc_id.is_not(None),
)
_SEATS_AT = static(_SEATS.where(tokens.c.pc_id == sa.bindparam("pc")))
_SEATS_OF = static(_SEATS.where(tokens.c.subject_id == sa.bindparam("subject")))
_DELETE_SUBJECT = static(
    sa.delete(tokens).where(
        tokens.c.center_id == sa.bindparam("center"),
        tokens.c.kind == sa.bindparam("the_kind"),
        tokens.c.subject_id == sa.bindparam("subject"),
        tokens.c.token_hash != sa.bindparam("but"),
    )
)


class NewToken(msgspec.Struct, frozen=True):
    """Whose token it is (`kind` staff, member or pc) and where it counts.

    `use` is cookie, bearer, device (the program on a PC) or SECOND_STEP; it ends after
    `valid_seconds`.
    `address` and `program` say from where and with what somebody signed in.
    """

    center_id: int
    kind: str
    use: str
    subject_id: int
    valid_seconds: int = WEB_SESSION_SECONDS
    address: str = ""
    program: str = ""
    pc_id: int | None = None
    """The PC at whose program a member signs in."""


def issue_token(tx: Tx, new: NewToken) -> str:
    """Store a new token and answer its secret, which is never seen again."""
    secret = ids.new_secret(_PREFIX[new.kind])
    now = clock.real_now()
    tx.run(
        _INSERT,
        token_hash=ids.secret_hash(secret),
        center_id=new.center_id,
        kind=new.kind,
        use=new.use,
        subject_id=new.subject_id,
        csrf=ids.new_secret("csrf"),
        address=new.address,
        program=new.program,
        pc_id=new.pc_id,
        created_at=now,
        expires_at=now + timedelta(seconds=new.valid_seconds),
    )
    return secret


def find_token(read: Read, secret: str, use: str) -> Row | None:
    """The live token row of a secret, or None when it is unknown, ended or of another use."""
    row = read.one(_FIND, hash=ids.secret_hash(secret), the_use=use)
    return row if row is not None and row.expires_at > clock.real_now() else None


def end_token(tx: Tx, token_hash: str) -> None:
    """Sign out: the token counts no longer."""
    center_id = tx.scalar(_DELETE, hash=token_hash)
    if center_id is not None:
        advance(tx, SIGN_INS, center_id)
    tx.emit("access.changed", {})


def sign_ins_of(read: Read, center_id: int, kind: str, subject_id: int) -> list[Row]:
    """The tokens with which a person is signed in now, the newest first."""
    return read.all(
        _LIVE, center=center_id, the_kind=kind, subject=subject_id, now=clock.real_now()
    )


def sign_in_id(token: Row) -> str:
    """What a sign-in is called outside: the beginning of a hash, from which nobody gets in."""
    return token.token_hash[:_SIGN_IN_ID_CHARS]


def end_sign_in(tx: Tx, center_id: int, kind: str, subject_id: int, wanted: str) -> int:
    """End the sign-in of a person that is called so (sign_in_id); answers how many that were."""
    found = [
        token
        for token in sign_ins_of(tx, center_id, kind, subject_id)
        if sign_in_id(token) == wanted
    ]
    for token in found:
        end_token(tx, token.token_hash)
    return len(found)


def end_tokens_of(tx: Tx, center_id: int, kind: str, subject_id: int, *, but: str = "") -> int:
    """End every token of a person, after a password change or when the account is closed; the one
    with the hash `but` goes on. Answers how many ended."""
    ended = tx.run(_DELETE_SUBJECT, center=center_id, the_kind=kind, subject=subject_id, but=but)
    if ended:
        advance(tx, SIGN_INS, center_id)
    tx.emit("access.changed", {"center_id": center_id})
    return ended


def end_seats_of(tx: Tx, center_id: int, member_id: int, *, stays_on: Collection[int] = ()) -> None:
    """End what a member is signed in with at PCs that are not among `stays_on`.

    No number of generations counts this: a backup that is brought back has the session open again
    with whose end the token ends.
    """
    rows = tx.all(_SEATS_OF, center=center_id, subject=member_id)
    _end_rows(tx, center_id, [row for row in rows if row.pc_id not in stays_on])


def end_others_at(tx: Tx, center_id: int, pc_id: int, member_id: int = 0) -> None:
    """End what anybody but `member_id` is signed in with at a PC."""
    rows = tx.all(_SEATS_AT, center=center_id, pc=pc_id)
    _end_rows(tx, center_id, [row for row in rows if row.subject_id != member_id])


def _end_rows(tx: Tx, center_id: int, rows: list[Row]) -> None:
    for row in rows:
        tx.run(_DELETE, hash=row.token_hash)
    if rows:
        tx.emit("access.changed", {"center_id": center_id})


def move_staff_tokens(tx: Tx, old: int, new: int) -> None:
    """Let the staff of a centre go on in the one that takes its people over, signed in as they are;
    who has only typed a password so far begins again."""
    tx.run(_MOVE, center=old, new_center=new)
    tx.emit("access.changed", {})


def end_all_tokens(tx: Tx, center_id: int | None = None) -> None:
    """End every sign-in of a centre, or of all: the database was brought back from a backup."""
    if center_id is None:
        tx.run(_DELETE_ALL)
    else:
        tx.run(_DELETE_OF_CENTER, center=center_id)
    tx.emit("access.changed", {})
