"""Making, changing, deleting and closing events, and taking part in them.

Every command here locks the event first, then members, then money.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.events.queries import event_by_id, standings
from lanhouse.cafe.events.schemas import EventValues, GameEvent, Standing
from lanhouse.cafe.events.tables import event_players, events, game_records, rank_consents
from lanhouse.cafe.facts import MemberForgotten
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.money.movements import Moved, Movement, move_many
from lanhouse.cafe.money.schemas import Event
from lanhouse.db.statements import Row, insert_ignore, static, upsert
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import MAX_EVENT
from lanhouse.kit.said import say

PLACES_MAX = 1_000
PRIZES_MAX = 20

_e, _p = events.c, event_players.c
_LOCK = static(
    sa.select(_e.id)
    .where(
        _e.center_id == sa.bindparam("center"),
        _e.id == sa.bindparam("event"),
        _e.deleted_at.is_(None),
    )
    .with_for_update(key_share=True)
)
_INSERT = static(sa.insert(events).returning(_e.id))
_COUNT_OPEN = static(
    sa.select(sa.func.count())
    .select_from(events)
    .where(_e.center_id == sa.bindparam("center"), _e.closed_at.is_(None), _e.deleted_at.is_(None))
)
_END = static(
    sa.update(events)
    .where(_e.id == sa.bindparam("event"))
    .values(
        closed_at=sa.func.coalesce(_e.closed_at, sa.bindparam("closed", type_=_e.closed_at.type)),
        deleted_at=sa.bindparam("deleted", type_=_e.deleted_at.type),
    )
)
_JOIN = static(insert_ignore(event_players).returning(_p.id))
_PRIZE = static(
    sa.update(event_players)
    .where(_p.event_id == sa.bindparam("event"), _p.member_id == sa.bindparam("member"))
    .values(
        place=sa.bindparam("at_place"),
        prize_micros=sa.bindparam("prize"),
        transfer_id=sa.bindparam("transfer"),
    )
)
_PLAYED = static(
    sa.select(game_records.c.id).where(game_records.c.event_id == sa.bindparam("event")).limit(1)
)
_FORGET_CONSENT = static(
    sa.delete(rank_consents).where(
        rank_consents.c.center_id == sa.bindparam("center"),
        rank_consents.c.member_id == sa.bindparam("member"),
    )
)
_CONSENT = static(upsert(rank_consents, ["center_id", "member_id"], ["is_shown", "at"]))


class EventChange(msgspec.Struct, frozen=True):
    """New values for an event, by fields of EventValues: what is not named stays. `event_id` None
    makes a new one."""

    center: Center
    event_id: int | None
    changes: Mapping[str, Any] = {}


class Joining(msgspec.Struct, frozen=True, kw_only=True):
    """A member who takes part; `shows_account` is his word on whether ranks may name him (None: he
    was not asked)."""

    center: Center
    actor: Actor
    event_id: int
    member_id: int
    shows_account: bool | None = None


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """The end of an event: who had which place, by member id; who is not named has none."""

    center: Center
    actor: Actor
    event_id: int
    places: Mapping[int, int]


class Joined(msgspec.Struct, frozen=True):
    """Who takes part in which event; `is_new`: he did not before."""

    event: GameEvent
    member_id: int
    account: str
    is_new: bool


class EventNotFound(NotFound):
    """No such event in this centre."""

    def __init__(self) -> None:
        super().__init__(say("Event not found"))


class EventClosed(Refused):
    """Its results are settled."""

    def __init__(self) -> None:
        super().__init__(say("The event is closed."))


def create_event(tx: Tx, change: EventChange) -> GameEvent:
    """Add an event. Raises InvalidInput by field, and Refused at MAX_EVENT open ones."""
    values = _checked(EventValues(**change.changes))
    center_id = change.center.id
    lock_center(tx, center_id)
    if tx.scalar(_COUNT_OPEN, center=center_id) >= MAX_EVENT:
        what = say("open events")
        raise Refused(
            say("A centre can have at most %(most)s %(what)s.", most=MAX_EVENT, what=what)
        )
    event_id: int = tx.scalar(
        _INSERT, center_id=center_id, created_at=tx.now, **msgspec.structs.asdict(values)
    )
    tx.audit("event", event_id, after=values)
    return _there(tx, center_id, event_id)


def change_event(tx: Tx, change: EventChange) -> GameEvent:
    """New values for an event that is not closed. Raises NotFound, EventClosed, and InvalidInput by
    field, also for fewer places than are taken and for another game after the first match."""
    before = lock_event(tx, change.center, change.event_id, is_open=True)
    old = _said(before)
    values = _checked(msgspec.structs.replace(old, **change.changes))
    if 0 < values.places < before.players_count:
        text = say("must be at least %(count)s: so many take part", count=before.players_count)
        raise InvalidInput({"places": text})
    if values.game_code != before.game_code and tx.scalar(_PLAYED, event=before.id) is not None:
        raise InvalidInput({"game_code": say("must stay: matches of it are recorded")})
    update = sa.update(events).where(_e.id == before.id)
    tx.run(update.values(**msgspec.structs.asdict(values)))
    tx.audit("event", before.id, before=old, after=values)
    return _there(tx, change.center.id, before.id)


def delete_event(tx: Tx, change: EventChange) -> None:
    """Show an event nowhere any more; its matches go on counting in the ranks. Raises NotFound."""
    before = lock_event(tx, change.center, change.event_id)
    tx.run(_END, event=before.id, closed=tx.now, deleted=tx.now)
    tx.audit("event", before.id, before=_said(before))


def join_event(tx: Tx, joining: Joining) -> Joined:
    """Let a member take part; once more changes nothing. Raises NotFound, EventClosed, Refused for
    guests, after the end and when every place is taken."""
    event = lock_event(tx, joining.center, joining.event_id, is_open=True)
    member = locked_member(tx, joining.center, joining.member_id)
    is_new = take_part(tx, joining.center, event, joining.member_id)
    if joining.shows_account is not None:
        tx.run(
            _CONSENT,
            center_id=joining.center.id,
            member_id=joining.member_id,
            is_shown=joining.shows_account,
            at=tx.now,
        )
        tx.audit("member", joining.member_id, shown_in_ranks=joining.shows_account)
    return Joined(_there(tx, joining.center.id, event.id), member.id, member.account, is_new)


def close_event(tx: Tx, closing: Closing) -> list[Standing]:
    """Settle an event: give the places their prizes in coins where the setting
    reward_coin_from_events is on; nothing changes afterwards. Answers the final standings.

    Raises NotFound, EventClosed, Refused before the start, InvalidInput of `places` (somebody who
    does not take part, a place twice).
    """
    closing.actor.require("events.edit")
    center = closing.center
    event = lock_event(tx, center, closing.event_id, is_open=True)
    if tx.now < event.starts_at:
        raise Refused(say("The event has not begun."))
    players = {each.member_id: each for each in standings(tx, center.id, event.id)}
    _check_places(closing.places, players)
    gives = center.settings.loyalty.reward_coin_from_events
    prizes = {
        member_id: event.prizes[place - 1] if gives and place <= len(event.prizes) else 0
        for member_id, place in closing.places.items()
    }
    given = _give_prizes(tx, closing, event, prizes)
    for member_id, place in sorted(closing.places.items()):
        moved = given.get(member_id)
        tx.run(
            _PRIZE,
            event=event.id,
            member=member_id,
            at_place=place,
            prize=prizes[member_id] if moved else 0,
            transfer=moved.transfer_id if moved else None,
        )
    tx.run(_END, event=event.id, closed=tx.now, deleted=None)
    tx.audit("event", event.id, closed=True, prizes=len(given))
    return standings(tx, center.id, event.id)


def lock_event(tx: Tx, center: Center, event_id: int | None, *, is_open: bool = False) -> GameEvent:
    """An event, locked to the end of the command. Raises EventNotFound, and EventClosed where it
    must be open."""
    if event_id is None or tx.scalar(_LOCK, center=center.id, event=event_id) is None:
        raise EventNotFound
    event = _there(tx, center.id, event_id)
    if is_open and event.closed_at is not None:
        raise EventClosed
    return event


def locked_member(tx: Tx, center: Center, member_id: int) -> Row:
    """A member, locked. Raises MemberNotFound, and Refused for a guest."""
    member = lock_member(tx, center.id, member_id)
    if member is None or member.deleted_at is not None:
        raise MemberNotFound
    if member.group_id < 0:
        raise Refused(say("Only members take part in events."))
    return member


def take_part(tx: Tx, center: Center, event: GameEvent, member_id: int) -> bool:
    """Put a member among those who take part in a locked event; answers whether he is new there.
    Raises Refused after the end and when every place is taken."""
    found = sa.select(_p.id).where(_p.event_id == event.id, _p.member_id == member_id)
    if tx.scalar(found) is not None:
        return False
    if tx.now >= event.ends_at:
        raise Refused(say("The event is over."))
    if event.places and event.players_count >= event.places:
        raise Refused(say("All places of the event are taken."))
    joined = tx.scalar(
        _JOIN,
        center_id=center.id,
        event_id=event.id,
        member_id=member_id,
        joined_at=tx.now,
        place=None,
        prize_micros=0,
        transfer_id=None,
    )
    tx.audit("event", event.id, joined=member_id)
    return joined is not None


def coins_for(
    center: Center, actor: Actor, member: tuple[int, str, int], coins: int, details: str
) -> Movement:
    """Coins (micros) for a member (id, account, group), or taken back when negative."""
    member_id, account, group_id = member
    return Movement(
        center=center,
        actor=actor,
        event=Event.REWARD,
        member_id=member_id,
        holder=(account, group_id),
        kind="game",
        amounts={
            ("center", center.id, "coin_issued"): -coins,
            ("member", member_id, "coin"): coins,
        },
        details=details,
    )


def _give_prizes(
    tx: Tx, closing: Closing, event: GameEvent, prizes: Mapping[int, int]
) -> dict[int, Moved]:
    winners = [
        locked_member(tx, closing.center, member_id)
        for member_id in sorted(prizes)
        if prizes[member_id]
    ]
    movements = [
        coins_for(
            closing.center,
            closing.actor,
            (winner.id, winner.account, winner.group_id),
            prizes[winner.id],
            f"Prize of the event {event.id}, place {closing.places[winner.id]}",
        )
        for winner in winners
    ]
    moved = move_many(tx, movements) if movements else []
    return {winner.id: each for winner, each in zip(winners, moved, strict=True)}


def _check_places(places: Mapping[int, int], players: Mapping[int, Standing]) -> None:
    if not places.keys() <= players.keys():
        raise InvalidInput({"places": say("must be of members who take part")})
    if any(not 0 < place <= PLACES_MAX for place in places.values()):
        raise InvalidInput({"places": say("must be from 1 to %(most)s", most=PLACES_MAX)})
    if len(set(places.values())) < len(places):
        raise InvalidInput({"places": say("must each be given once")})


def _checked(values: EventValues) -> EventValues:
    wrong: dict[str, str] = {}
    if values.ends_at <= values.starts_at:
        wrong["ends_at"] = say("must be after the start")
    if len(values.prizes) > PRIZES_MAX:
        wrong["prizes"] = say("must be at most %(most)s", most=PRIZES_MAX)
    if wrong:
        raise InvalidInput(wrong)
    return msgspec.structs.replace(values, game_code=values.game_code.casefold())


def _there(tx: Tx, center_id: int, event_id: int) -> GameEvent:
    found = event_by_id(tx, center_id, event_id)
    assert found is not None
    return found


def _said(event: GameEvent) -> EventValues:
    return EventValues(**{name: getattr(event, name) for name in EventValues.__struct_fields__})


def forget_ranks(tx: Tx, facts: Sequence[MemberForgotten]) -> None:
    """Ranks name nobody who is forgotten; follows MemberForgotten."""
    for fact in facts:
        tx.run(_FORGET_CONSENT, center=fact.center_id, member=fact.member_id)
