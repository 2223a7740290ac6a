"""Recording matches that were played at an event, with the coins that they earn."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.centers.schemas.loyalty.games import Stats, coins_for_game, earns_coins
from lanhouse.cafe.events.commands import coins_for, lock_event, locked_member, take_part
from lanhouse.cafe.events.queries import record_by_id
from lanhouse.cafe.events.schemas import GameRecord
from lanhouse.cafe.events.tables import game_records
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.members.queries import purse_of
from lanhouse.cafe.money.movements import move
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.said import say

_r = game_records.c
_INSERT = static(sa.insert(game_records).returning(_r.id))
_VOID = static(
    sa.update(game_records)
    .where(_r.id == sa.bindparam("record"))
    .values(
        voided_at=sa.bindparam("at", type_=_r.voided_at.type),
        void_transfer_id=sa.bindparam("transfer"),
    )
)


class NewRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a member played at an event, as the house saw it."""

    center: Center
    actor: Actor
    event_id: int
    member_id: int
    wins: int = 0
    kills: int = 0
    assists: int = 0
    deaths: int = 0


class RecordGone(msgspec.Struct, frozen=True, kw_only=True):
    """A record that was wrong."""

    center: Center
    actor: Actor
    event_id: int
    record_id: int


def record_match(tx: Tx, new: NewRecord) -> GameRecord:
    """Record what a member played; who has not joined takes part from now on. Gives the coins of
    the game's formula where the setting reward_coin_from_games is on and supported_games lets it.

    Without an idempotency key two equal records are two matches (decision 0166). Raises NotFound,
    EventClosed, Refused before the start, InvalidInput of `wins` where nothing was played.
    """
    new.actor.require("events.record")
    event = lock_event(tx, new.center, new.event_id, is_open=True)
    if tx.now < event.starts_at:
        raise Refused(say("The event has not begun."))
    counts = {"wins": new.wins, "kills": new.kills, "assists": new.assists, "deaths": new.deaths}
    if not any(counts.values()):
        raise InvalidInput({"wins": say("must not all be 0")})
    member = locked_member(tx, new.center, new.member_id)
    take_part(tx, new.center, event, member.id)
    score = coins_for_game(
        event.game_code,
        Stats(
            wins=new.wins,
            kills=new.kills,
            assists=new.assists,
            deaths=new.deaths,
            is_lost=not new.wins,
        ),
    )
    loyalty = new.center.settings.loyalty
    is_paid = loyalty.reward_coin_from_games and earns_coins(
        loyalty.supported_games, event.game_code
    )
    transfer_id: int | None = None
    if score and is_paid:
        holder = (member.id, member.account, member.group_id)
        details = f"Coins for a game: {event.game_code}, event {event.id}"
        transfer_id = move(tx, coins_for(new.center, new.actor, holder, score, details)).transfer_id
    record_id: int = tx.scalar(
        _INSERT,
        center_id=new.center.id,
        event_id=event.id,
        member_id=member.id,
        game_code=event.game_code,
        at=tx.now,
        score_micros=score,
        coin_micros=score if is_paid else 0,
        transfer_id=transfer_id,
        staff_id=new.actor.staff_id,
        staff_name=new.actor.staff_name,
        voided_at=None,
        void_transfer_id=None,
        **counts,
    )
    tx.audit("event", event.id, record=record_id, member=member.id)
    return _there(tx, new.center.id, event.id, record_id)


def void_record(tx: Tx, gone: RecordGone) -> GameRecord:
    """Take a wrong record back, with its coins; once more changes nothing. Raises NotFound,
    EventClosed, and Refused when the coins are spent already."""
    gone.actor.require("events.record")
    event = lock_event(tx, gone.center, gone.event_id, is_open=True)
    record = record_by_id(tx, gone.center.id, event.id, gone.record_id)
    if record is None:
        raise NotFound(say("Record not found"))
    if record.voided_at is not None:
        return record
    member = lock_member(tx, gone.center.id, record.member_id)
    if member is None:
        raise MemberNotFound
    transfer_id: int | None = None
    if record.coin_micros:
        if purse_of(tx, gone.center, member.id).coin_micros < record.coin_micros:
            raise Refused(say("The coins of this match are spent already."))
        back = coins_for(
            gone.center,
            gone.actor,
            (member.id, member.account, member.group_id),
            -record.coin_micros,
            f"Coins of a game taken back: event {event.id}",
        )
        back = msgspec.structs.replace(back, reverses_id=record.transfer_id)
        transfer_id = move(tx, back).transfer_id
    at: datetime = tx.now
    tx.run(_VOID, record=record.id, at=at, transfer=transfer_id)
    tx.audit("event", event.id, record=record.id, is_taken_back=True)
    return _there(tx, gone.center.id, event.id, record.id)


def _there(tx: Tx, center_id: int, event_id: int, record_id: int) -> GameRecord:
    found = record_by_id(tx, center_id, event_id, record_id)
    assert found is not None
    return found
