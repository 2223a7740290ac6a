"""What holds for somebody: the rules of the centre, his birthday, consents and proofs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.centers.schemas.member.minors import BandValue
from lanhouse.cafe.centers.schemas.values import HolidayValue
from lanhouse.cafe.members.rules import age_of
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.minors.schemas import Band, Consent, Person, Proof, Rules, Span
from lanhouse.cafe.minors.tables import age_proofs, minor_consents
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit import clock

SHOWN_MAX = 50
"""So many consents and proofs of a member are shown, the newest first."""
ALL_DAYS = frozenset(range(1, 8))
_BANDS = msgspec.json.Decoder(tuple[BandValue, ...])
_HOLIDAYS = msgspec.json.Decoder(tuple[HolidayValue, ...])

_consents, _proofs = minor_consents.c, age_proofs.c
_OF = (_consents.center_id == sa.bindparam("center")) & (
    _consents.member_id == sa.bindparam("member")
)
_PROOFS_OF = (_proofs.center_id == sa.bindparam("center")) & (
    _proofs.member_id == sa.bindparam("member")
)
_MEMBER = static(
    sa.select(members.c.group_id, members.c.birthday).where(
        members.c.center_id == sa.bindparam("center"), members.c.id == sa.bindparam("member")
    )
)
_ALIVE = static(
    sa.select(members.c.group_id, members.c.birthday).where(
        members.c.center_id == sa.bindparam("center"),
        members.c.id == sa.bindparam("member"),
        members.c.deleted_at.is_(None),
    )
)
_IS_PROVEN = static(
    sa.select(sa.literal(1))
    .where(_PROOFS_OF, _proofs.birthday == sa.bindparam("birthday"))
    .limit(1)
)
_OF_GUEST = static(
    sa.select(_proofs.birthday)
    .where(_PROOFS_OF, _proofs.birthday != "")
    .order_by(_proofs.id.desc())
    .limit(1)
)
_HOLDING = static(
    sa.select(_consents.given_at, _consents.until_at, _consents.withdrawn_at).where(
        _OF,
        _consents.until_at > sa.bindparam("at", type_=_consents.until_at.type),
        _consents.withdrawn_at.is_(None),
    )
)
_CONSENTS = static(
    sa.select(minor_consents).where(_OF).order_by(_consents.id.desc()).limit(SHOWN_MAX)
)
_PROOFS = static(
    sa.select(age_proofs).where(_PROOFS_OF).order_by(_proofs.id.desc()).limit(SHOWN_MAX)
)


@lru_cache(maxsize=256)
def _bands_of(text: str) -> tuple[Band, ...]:
    return tuple(band_of(value) for value in _BANDS.decode(text or "[]"))


@lru_cache(maxsize=256)
def _holidays_of(text: str) -> frozenset[date]:
    return frozenset(one.date for one in _HOLIDAYS.decode(text or "[]"))


def band_of(value: BandValue) -> Band:
    """The hours of a row of the setting."""
    return Band(
        name=value.name,
        from_age=int(value.age or 0),
        under_age=int(value.under),
        days=frozenset(map(int, value.days)) or ALL_DAYS,
        on=value.on or "any",
        start=time.fromisoformat(value.start),
        end=time.fromisoformat(value.end),
        is_lifted_by_consent=value.consent == "1",
    )


def rules_of(center: Center) -> Rules | None:
    """The rules of a centre; None where nothing was chosen."""
    bands = _bands_of(center.settings.member.minors_bands)
    if not bands:
        return None
    holidays = _holidays_of(center.settings.payment.holidays)
    return Rules(bands=bands, zone=center.zone, holidays=holidays)


def counts_guests(center: Center) -> bool:
    """Whether hours hold for guests who have shown no proof of their age."""
    return rules_of(center) is not None and center.settings.member.minors_guests == "minor"


def member_row(read: Read, center_id: int, member_id: int) -> Row | None:
    """Group and birthday of an account that is not deleted; None where there is none."""
    return read.one(_ALIVE, center=center_id, member=member_id)


def person_of(
    read: Read, center: Center, member_id: int, at: datetime, shown: date | None = None
) -> Person | None:
    """Who plays, for may_play(): None where no hours can hold for him. `member_id` 0: a guest who
    has no account yet, of whom the desk may have been `shown` a proof of age."""
    settings = center.settings.member
    row = read.one(_MEMBER, center=center.id, member=member_id) if member_id else None
    if row is None or row.group_id < 0:
        if settings.minors_guests == "adult":
            return None
        proven = read.scalar(_OF_GUEST, center=center.id, member=member_id) if row else None
        return Person(birthday=date.fromisoformat(proven) if proven else shown)
    known = birthday_of(read, center, member_id, row)
    if known is None and settings.minors_unknown == "adult" and not settings.minors_need_proof:
        return None
    found = read.all(_HOLDING, center=center.id, member=member_id, at=at)
    return Person(birthday=known, lifted=tuple(Span(row.given_at, row.until_at) for row in found))


def birthday_of(read: Read, center: Center, member_id: int, row: Row) -> date | None:
    """The birthday that counts; None where there is none, or none that was proven where the
    centre wants that."""
    if not row.birthday:
        return None
    if center.settings.member.minors_need_proof and not is_proven(
        read, center.id, member_id, row.birthday
    ):
        return None
    return date.fromisoformat(row.birthday)


def birthday_for_goods(read: Read, center: Center, member_id: int, row: Row) -> str:
    """The birthday (YYYY-MM-DD) by which goods for adults are sold; "" where nobody knows it, or
    where the centre wants a proof and nobody has seen one of who says that he is an adult."""
    if not row.birthday or not center.settings.member.minors_need_proof:
        return row.birthday or ""
    age = age_of(row.birthday, zone_day(center.zone, clock.now()))
    if age is not None and age < center.settings.member.minors_adult_age:
        return row.birthday
    return row.birthday if is_proven(read, center.id, member_id, row.birthday) else ""


def is_proven(read: Read, center_id: int, member_id: int, birthday: str | None) -> bool:
    """Whether somebody has seen a proof of this very birthday (YYYY-MM-DD)."""
    if not birthday:
        return False
    found = read.scalar(_IS_PROVEN, center=center_id, member=member_id, birthday=birthday)
    return found is not None


def consents_of(read: Read, center_id: int, member_id: int) -> list[Consent]:
    """A member's consents, the newest first, at most SHOWN_MAX."""
    rows = read.all(_CONSENTS, center=center_id, member=member_id)
    return [_as(Consent, row) for row in rows]


def proofs_of(read: Read, center_id: int, member_id: int) -> list[Proof]:
    """A member's proofs of age, the newest first, at most SHOWN_MAX."""
    rows = read.all(_PROOFS, center=center_id, member=member_id)
    return [_as(Proof, row) for row in rows]


def _as(struct: Any, row: Row) -> Any:
    names: Sequence[str] = struct.__struct_fields__
    return struct(**{name: getattr(row, name) for name in names})


def zone_day(zone: ZoneInfo, at: datetime) -> date:
    """The day of a moment on the clock of a zone."""
    return at.astimezone(zone).date()
