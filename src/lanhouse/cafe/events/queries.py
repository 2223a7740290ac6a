"""Reads on events, records and ranks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.events.rules import ranked
from lanhouse.cafe.events.schemas import GameEvent, GameRecord, Standing, Tally
from lanhouse.cafe.events.tables import event_players, events, game_records, rank_consents
from lanhouse.cafe.members.tables import members
from lanhouse.db.listing import Condition, Listing, Page, Wanted, by
from lanhouse.db.statements import static
from lanhouse.db.store import Read

EVENTS_PER_PAGE = 50
RANKS_MAX = 100
"""Rows of a ranking that is shown."""
RECORDS_MAX = 100
"""Records of an event that its page shows, the newest."""

_e, _p, _r, _c, _m = events.c, event_players.c, game_records.c, rank_consents.c, members.c
_CENTER = sa.bindparam("center")
_EVENT = sa.bindparam("event")
_HERE = (_e.center_id == _CENTER, _e.deleted_at.is_(None))
_COUNT = (
    sa.select(sa.func.count())
    .select_from(event_players)
    .where(_p.event_id == _e.id)
    .scalar_subquery()
    .label("players_count")
)
_BY_ID = static(sa.select(events, _COUNT).where(*_HERE, _e.id == _EVENT))
_NEXT = static(
    sa.select(events, _COUNT)
    .where(*_HERE, _e.closed_at.is_(None), _e.ends_at > sa.bindparam("at", type_=_e.ends_at.type))
    .order_by(_e.starts_at, _e.id)
    .limit(sa.bindparam("most"))
)
_IS_IN = static(
    sa.select(_p.event_id).where(_p.center_id == _CENTER, _p.member_id == sa.bindparam("member"))
)
_SUMS = (
    sa.func.count().label("matches"),
    *(
        sa.cast(sa.func.sum(_r[name]), sa.BigInteger).label(name)
        for name in ("wins", "kills", "assists", "deaths", "score_micros")
    ),
)
_COUNTS = (_r.center_id == _CENTER, _r.voided_at.is_(None))
_SINCE = sa.bindparam("since", type_=_r.at.type)
_WITH_NAMES = (_m.account, sa.func.coalesce(_c.is_shown, sa.false()).label("is_shown"))


def _named(sums: Any) -> Any:
    """The members of a subquery of sums by member, with account and consent; who is gone is not."""
    return (
        sa.select(sums, *_WITH_NAMES)
        .join(members, (_m.center_id == _CENTER) & (_m.id == sums.c.member_id))
        .outerjoin(rank_consents, (_c.center_id == _CENTER) & (_c.member_id == sums.c.member_id))
        .where(_m.deleted_at.is_(None))
    )


def _ranks(*conditions: Any) -> Any:
    where = (*_COUNTS, _r.at >= _SINCE, *conditions)
    sums = sa.select(_r.member_id, *_SUMS).where(*where).group_by(_r.member_id).subquery()
    best = (sums.c.score_micros.desc(), sums.c.wins.desc(), sums.c.kills.desc())
    return static(_named(sums).order_by(*best, _m.account).limit(RANKS_MAX))


_RANKS_OF_ALL = _ranks()
_RANKS_OF_GAME = _ranks(_r.game_code == sa.bindparam("game"))
_GAMES = static(
    sa.select(_r.game_code)
    .where(*_COUNTS, _r.at >= _SINCE)
    .group_by(_r.game_code)
    .order_by(sa.func.count().desc(), _r.game_code)
    .limit(20)
)
_PLAYED = (
    sa.select(_r.member_id, *_SUMS)
    .where(*_COUNTS, _r.event_id == _EVENT)
    .group_by(_r.member_id)
    .subquery()
)
_IN_EVENT = static(
    sa.select(
        _p.member_id,
        _p.place,
        _p.prize_micros,
        *_WITH_NAMES,
        *(_PLAYED.c[each.name] for each in _SUMS),
    )
    .join(members, (_m.center_id == _p.center_id) & (_m.id == _p.member_id))
    .outerjoin(rank_consents, (_c.center_id == _p.center_id) & (_c.member_id == _p.member_id))
    .outerjoin(_PLAYED, _PLAYED.c.member_id == _p.member_id)
    .where(_p.center_id == _CENTER, _p.event_id == _EVENT, _m.deleted_at.is_(None))
)
_RECORDS = sa.select(game_records, _m.account).join(
    members, (_m.center_id == _r.center_id) & (_m.id == _r.member_id)
)
_RECORDS_OF_EVENT = static(
    _RECORDS.where(_r.center_id == _CENTER, _r.event_id == _EVENT)
    .order_by(_r.id.desc())
    .limit(RECORDS_MAX)
)
_RECORD = static(
    _RECORDS.where(_r.center_id == _CENTER, _r.event_id == _EVENT, _r.id == sa.bindparam("record"))
)


class EventSearch(Wanted, frozen=True, kw_only=True):
    """The events of a centre, the latest first."""

    center_id: int


def _conditions(search: EventSearch) -> list[Condition]:
    return [_e.center_id == search.center_id, _e.deleted_at.is_(None)]


def _shown(_: EventSearch, keys: Any) -> sa.Select[Any]:
    return sa.select(events, _COUNT).join(keys, keys.c.id == _e.id)


EVENT_LIST: Listing[EventSearch] = Listing(
    _e.id, conditions=_conditions, usual=by(_e.starts_at), shown=_shown
)


class RankWanted(msgspec.Struct, frozen=True):
    """A ranking: of a game (empty: of all together), over so many days up to a moment."""

    center_id: int
    game_code: str
    days: int
    at: datetime

    @property
    def since(self) -> datetime:
        """From when on matches count."""
        return self.at - timedelta(days=self.days)


def events_page(read: Read, center_id: int, page: int) -> Page:
    """A page (from 1) of events, the latest first; its rows are GameEvent."""
    found = EVENT_LIST.page(read, EventSearch(center_id=center_id), page, EVENTS_PER_PAGE)
    return Page(found.total, [_event(row) for row in found.rows])


def event_by_id(read: Read, center_id: int, event_id: int) -> GameEvent | None:
    """An event that is there."""
    row = read.one(_BY_ID, center=center_id, event=event_id)
    return None if row is None else _event(row)


def next_events(read: Read, center_id: int, at: datetime, most: int) -> list[GameEvent]:
    """What is on or comes, the first first."""
    return [_event(row) for row in read.all(_NEXT, center=center_id, at=at, most=most)]


def events_of_member(read: Read, center_id: int, member_id: int) -> set[int]:
    """The ids of the events that a member takes part in."""
    return {row.event_id for row in read.all(_IS_IN, center=center_id, member=member_id)}


def standings(read: Read, center_id: int, event_id: int) -> list[Standing]:
    """Who takes part in an event, in the order of what they played there."""
    rows: list[Any] = read.all(_IN_EVENT, center=center_id, event=event_id)
    return ranked(_standing(row, row.place, row.prize_micros) for row in rows)


def ranking(read: Read, wanted: RankWanted) -> list[Standing]:
    """The best of a ranking, at most RANKS_MAX."""
    at = {"center": wanted.center_id, "since": wanted.since}
    rows: list[Any] = (
        read.all(_RANKS_OF_GAME, game=wanted.game_code, **at)
        if wanted.game_code
        else read.all(_RANKS_OF_ALL, **at)
    )
    return ranked(_standing(row) for row in rows)


def games_played(read: Read, wanted: RankWanted) -> list[str]:
    """The games that were played in the days of a ranking, the most played first; at most 20."""
    return [row.game_code for row in read.all(_GAMES, center=wanted.center_id, since=wanted.since)]


def records_of_event(read: Read, center_id: int, event_id: int) -> list[GameRecord]:
    """The newest records of an event, those that were taken back too; at most RECORDS_MAX."""
    return [_record(row) for row in read.all(_RECORDS_OF_EVENT, center=center_id, event=event_id)]


def record_by_id(read: Read, center_id: int, event_id: int, record_id: int) -> GameRecord | None:
    """A record of an event, or None."""
    row = read.one(_RECORD, center=center_id, event=event_id, record=record_id)
    return None if row is None else _record(row)


def _event(row: Any) -> GameEvent:
    return GameEvent(
        id=row.id,
        name=row.name,
        description=row.description,
        game_code=row.game_code,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        places=row.places,
        prizes=tuple(row.prizes),
        players_count=row.players_count,
        created_at=row.created_at,
        closed_at=row.closed_at,
    )


def _standing(row: Any, place: int | None = None, prize_micros: int = 0) -> Standing:
    return Standing(
        rank=0,
        member_id=row.member_id,
        account=row.account,
        is_shown=bool(row.is_shown),
        tally=Tally(
            **{name: getattr(row, name) or 0 for name in Tally.__struct_fields__},
        ),
        place=place,
        prize_micros=prize_micros,
    )


def _record(row: Any) -> GameRecord:
    return GameRecord(**{name: getattr(row, name) for name in GameRecord.__struct_fields__})
