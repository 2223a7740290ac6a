"""The events of the demo centre: one that is over, one that is on, one that comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.centers.demo import Moment, cafe_id, demo_center
from lanhouse.cafe.events.commands import Closing, EventChange, Joining, close_event
from lanhouse.cafe.events.commands import create_event as create
from lanhouse.cafe.events.commands import join_event as join
from lanhouse.cafe.events.commands.records import NewRecord, record_match
from lanhouse.cafe.events.queries import standings
from lanhouse.cafe.events.tables import events
from lanhouse.cafe.members.demo import PEOPLE, member_id_of
from lanhouse.db.store import Tx
from lanhouse.kit.money import MICROS

_HOUSE = Actor(kind="system", rights=rights_of("admin"))
_CUP, _NIGHT, _NEXT = "Friday cup", "Shooter night", "5v5 evening cup"
_PLAYERS = tuple(account for account, _, _ in PEOPLE[:8])
_SCORES = ((3, 21, 9, 6), (2, 17, 4, 9), (2, 12, 11, 8), (1, 14, 3, 12), (0, 6, 2, 14))
"""Wins, kills, assists and deaths of the best."""


def weeks(begin: datetime, end: datetime) -> Iterator[Moment]:
    """A cup that was closed last week, an evening that is on, and a cup that comes."""
    cup, night, coming = end - timedelta(days=8), end - timedelta(hours=3), end + timedelta(days=2)
    if cup <= begin:
        return
    yield cup - timedelta(days=3), partial(_open, name=_CUP, game="lol", starts_at=cup)
    yield cup + timedelta(hours=2), partial(_play, name=_CUP)
    yield cup + timedelta(hours=3), _close
    yield night - timedelta(days=2), partial(_open, name=_NIGHT, game="valorant", starts_at=night)
    yield night + timedelta(hours=1), partial(_play, name=_NIGHT)
    yield night + timedelta(hours=2), partial(_open, name=_NEXT, game="cs", starts_at=coming)


def _open(tx: Tx, *, name: str, game: str, starts_at: datetime) -> None:
    center = demo_center(tx)
    values = {
        "name": name,
        "description": "Come by and play.",
        "game_code": game,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=5),
        "places": 16,
        "prizes": (50 * MICROS, 25 * MICROS, 10 * MICROS),
    }
    event = create(tx, EventChange(center, None, values))
    for number, account in enumerate(_PLAYERS[:6]):
        joining = Joining(
            center=center,
            actor=_HOUSE,
            event_id=event.id,
            member_id=member_id_of(tx, account),
            shows_account=number % 2 == 0,
        )
        join(tx, joining)


def _play(tx: Tx, *, name: str) -> None:
    event_id, center = _event_id(tx, name), demo_center(tx)
    for account, (wins, kills, assists, deaths) in zip(_PLAYERS, _SCORES, strict=False):
        record_match(
            tx,
            NewRecord(
                center=center,
                actor=_HOUSE,
                event_id=event_id,
                member_id=member_id_of(tx, account),
                wins=wins,
                kills=kills,
                assists=assists,
                deaths=deaths,
            ),
        )


def _close(tx: Tx) -> None:
    event_id, center = _event_id(tx, _CUP), demo_center(tx)
    best = standings(tx, center.id, event_id)[:3]
    places = {each.member_id: place for place, each in enumerate(best, 1)}
    close_event(tx, Closing(center=center, actor=_HOUSE, event_id=event_id, places=places))


def _event_id(tx: Tx, name: str) -> int:
    mine = (events.c.center_id == cafe_id(), events.c.name == name)
    return tx.scalar(sa.select(events.c.id).where(*mine).order_by(events.c.id.desc()))
