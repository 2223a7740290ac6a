"""Bringing friends: the code of a member, who came by it, and what that gives (decision 0156)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.centers.schemas.loyalty.referral import ReferralSettings
from lanhouse.cafe.facts import MemberForgotten
from lanhouse.cafe.loyalty.rules.referral import (
    PURSES,
    counts,
    worth_at_first,
    worth_of_levels,
)
from lanhouse.cafe.loyalty.tables import referral_codes, referrals
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.money.movements import Movement, move_many
from lanhouse.cafe.money.schemas import Event
from lanhouse.db.statements import Row, insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.jobs.queue import enqueue
from lanhouse.jobs.schemas import Done, Job
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say

KIND = "loyalty.referral"
_SIGNS, _SIGNS_COUNT = "ABCDEFGHJKMNPQRSTUVWXYZ23456789", 8
"""Of a code: none that look alike."""
_HOUSE = Actor(kind="system")
_r = referrals.c
_read_settings = msgspec.json.Decoder(ReferralSettings, strict=False).decode
_CODE = static(
    sa.select(referral_codes.c.code).where(
        referral_codes.c.center_id == sa.bindparam("center"),
        referral_codes.c.member_id == sa.bindparam("member"),
    )
)
_OWNER = static(
    sa.select(referral_codes.c.member_id).where(
        referral_codes.c.center_id == sa.bindparam("center"),
        referral_codes.c.code == sa.bindparam("code"),
    )
)
_NEW_CODE = static(insert_ignore(referral_codes).returning(referral_codes.c.code))
_FORGET_CODE = static(
    sa.delete(referral_codes).where(
        referral_codes.c.center_id == sa.bindparam("center"),
        referral_codes.c.member_id == sa.bindparam("member"),
    )
)
_REFER = static(insert_ignore(referrals))
_OF_FRIEND = (_r.center_id == sa.bindparam("center"), _r.member_id == sa.bindparam("member"))
_FRIEND = static(sa.select(referrals).where(*_OF_FRIEND))
_BY_ID = static(sa.select(referrals).where(_r.id == sa.bindparam("row")))
_COUNTED = static(
    sa.select(sa.func.count())
    .select_from(referrals)
    .where(
        _r.center_id == sa.bindparam("center"),
        _r.referrer_id == sa.bindparam("referrer"),
        _r.counted_at.is_not(None),
        _r.id != sa.bindparam("row"),
    )
)
_SPENT = static(
    sa.update(referrals)
    .where(_r.id == sa.bindparam("row"))
    .values(spent_micros=_r.spent_micros + sa.bindparam("more"))
)
_GIVEN = static(
    sa.update(referrals)
    .where(_r.id == sa.bindparam("row"))
    .values(
        counted_at=sa.bindparam("at", type_=_r.counted_at.type),
        first_micros=sa.bindparam("first"),
        given_micros=sa.bindparam("given"),
        friend_given_micros=sa.bindparam("friend"),
    )
)


def settings_of(center: Center) -> ReferralSettings:
    """The setting referral_settings, read."""
    return _read_settings(center.settings.loyalty.referral_settings)


class MemberCode(msgspec.Struct, frozen=True):
    """Ask for the code of a member."""

    center: Center
    member_id: int


def referral_code(tx: Tx, asked: MemberCode) -> str:
    """The code of a member, made when it is first asked for; always the same. Raises
    MemberNotFound."""
    center, member_id = asked.center, asked.member_id
    member = lock_member(tx, center.id, member_id)
    if member is None or member.deleted_at is not None:
        raise MemberNotFound
    found = tx.scalar(_CODE, center=center.id, member=member_id)
    if found is not None:
        tx.did_nothing()
        return found
    while found is None:
        code = "".join(secrets.choice(_SIGNS) for _ in range(_SIGNS_COUNT))
        found = tx.scalar(_NEW_CODE, center_id=center.id, member_id=member_id, code=code)
    tx.audit("referral_code", member_id, member_id=member_id)
    return found


def forget_codes(tx: Tx, facts: Sequence[MemberForgotten]) -> None:
    """Nobody comes any more by the code of who is forgotten; who came stays, by number; follows
    MemberForgotten."""
    for fact in facts:
        tx.run(_FORGET_CODE, center=fact.center_id, member=fact.member_id)


def refer(tx: Tx, center: Center, member_id: int, code: str) -> None:
    """Keep that a new member came by a code. Raises InvalidInput of `referral_code`."""
    owner = tx.scalar(_OWNER, center=center.id, code=code.strip().upper())
    if owner is None or owner == member_id:
        raise InvalidInput({"referral_code": say("does not exist")})
    tx.run(
        _REFER,
        center_id=center.id,
        member_id=member_id,
        referrer_id=owner,
        at=tx.now,
        spent_micros=0,
        first_micros=0,
        given_micros=0,
        friend_given_micros=0,
    )


def note_spending(tx: Tx, center: Center, member_id: int, paid_micros: int) -> None:
    """Add what a member paid for time that he played; who brought him gets his part by a job, since
    his account is another one. The member is locked."""
    settings = settings_of(center)
    if not settings.enable:
        return
    row = tx.one(_FRIEND, center=center.id, member=member_id)
    if row is None:
        return
    tx.run(_SPENT, row=row.id, more=paid_micros)
    if counts(settings, row.spent_micros + paid_micros):
        enqueue(tx, KIND, {"id": row.id}, key=f"{KIND}.{row.id}", center_id=center.id)


def give_for_friend(tx: Tx, job: Job) -> Done:
    """Give what a friend is worth by now and was not given yet, to who brought him and to himself.

    Idempotent: what was given stands in the row. A referrer who was deleted gets nothing.
    """
    center = center_by_id(tx, job.center_id)
    assert center is not None
    settings = settings_of(center)
    found = tx.one(_BY_ID, row=job.payload["id"])
    if found is None:
        return Done()
    # First the members, by rising id, as everywhere; the row is theirs.
    members = {
        member_id: lock_member(tx, center.id, member_id)
        for member_id in sorted((found.member_id, found.referrer_id))
    }
    row = tx.one(_BY_ID, row=found.id)
    assert row is not None
    if not counts(settings, row.spent_micros):
        return Done()
    first, friend = row.first_micros, row.friend_given_micros
    if row.counted_at is None:
        before = tx.scalar(_COUNTED, center=center.id, referrer=row.referrer_id, row=row.id)
        first, friend = worth_at_first(settings, before)
    given = max(row.given_micros, first + worth_of_levels(settings, row.spent_micros))
    owed = {
        row.referrer_id: given - row.given_micros,
        row.member_id: friend - row.friend_given_micros,
    }
    movements: list[Movement] = []
    for member_id, amount in sorted(owed.items()):
        member = members[member_id]
        if amount > 0 and member is not None and member.deleted_at is None:
            movements.append(_movement(center, member, PURSES[settings.currency], amount))
    if movements:
        move_many(tx, movements)
    at = row.counted_at or tx.now
    tx.run(_GIVEN, row=row.id, at=at, first=first, given=given, friend=friend)
    return Done({"given": len(movements)})


def _movement(center: Center, member: Row, purse: str, amount: int) -> Movement:
    house = {"bonus": "bonus_given", "coin": "coin_issued", "point": "point_issued"}[purse]
    return Movement(
        center=center,
        actor=_HOUSE,
        event=Event.REWARD,
        member_id=member.id,
        holder=(member.account, member.group_id),
        kind="referral",
        amounts={("center", center.id, house): -amount, ("member", member.id, purse): amount},
        details="Friend brought",
    )
