"""Events: who takes part, what is recorded, which coins that gives, and who wins."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.events.commands import (
    Closing,
    EventChange,
    EventClosed,
    EventNotFound,
    Joining,
    change_event,
    close_event,
    create_event,
    delete_event,
    join_event,
)
from lanhouse.cafe.events.commands.records import (
    NewRecord,
    RecordGone,
    record_match,
    void_record,
)
from lanhouse.cafe.events.queries import (
    RankWanted,
    event_by_id,
    games_played,
    next_events,
    ranking,
    standings,
)
from lanhouse.cafe.events.schemas import EventStatus, GameEvent
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import Forbidden, InvalidInput, Refused
from tests.builders.floor import DESK, EURO, Floor, later, open_floor
from tests.builders.nouns.orders import at_once


def add(floor: Floor, **more: Any) -> GameEvent:
    values = {
        "name": "Cup",
        "game_code": "CS",
        "starts_at": later(-60),
        "ends_at": later(3600),
        "prizes": (50 * EURO, 20 * EURO),
        **more,
    }
    return floor.run(create_event, EventChange(floor.center, None, values))


def joining(floor: Floor, event: GameEvent, member_id: int, **more: Any) -> Joining:
    return Joining(center=floor.center, actor=DESK, event_id=event.id, member_id=member_id, **more)


def record(floor: Floor, event: GameEvent, member_id: int, **counts: int) -> NewRecord:
    counts = counts or {"wins": 1, "kills": 2}
    return NewRecord(
        center=floor.center, actor=DESK, event_id=event.id, member_id=member_id, **counts
    )


def closing(floor: Floor, event: GameEvent, places: dict[int, int]) -> Closing:
    return Closing(center=floor.center, actor=DESK, event_id=event.id, places=places)


def coins(floor: Floor, member_id: int) -> int:
    return floor._balances("member", member_id).get(("coin", "COIN"), 0)


def told(floor: Floor) -> list[tuple[str, int, str]]:
    query = sa.select(billing_logs).where(billing_logs.c.event == "REWARD")
    rows = floor.store.read_sync(lambda read: read.all(query.order_by(billing_logs.c.id)))
    return [(row.member_account, row.coin_micros, row.details) for row in rows]


def test_a_match_gives_coins_once_and_the_log_tells_it(store: Store) -> None:
    floor = open_floor(store)
    floor.set(reward_coin_from_games=True)
    ada, event = floor.add_member("ada"), add(floor)
    made = floor.run(record_match, record(floor, event, ada, wins=1, kills=2))
    # 3 for the win, 0.5 for each kill.
    assert (made.score_micros, made.coin_micros) == (4 * EURO, 4 * EURO)
    assert coins(floor, ada) == 4 * EURO
    assert told(floor) == [("ada", 4 * EURO, f"Coins for a game: cs, event {event.id}")]
    found = store.read_sync(standings, 7777, event.id)
    assert [(each.account, each.tally.score_micros) for each in found] == [("ada", 4 * EURO)]
    gone = RecordGone(center=floor.center, actor=DESK, event_id=event.id, record_id=made.id)
    for _ in range(2):
        assert floor.run(void_record, gone).voided_at is not None
        assert coins(floor, ada) == 0
    assert len(told(floor)) == 2
    assert store.read_sync(standings, 7777, event.id)[0].tally.matches == 0
    floor.verify()


@pytest.mark.parametrize(
    ("settings", "given"),
    [
        ({}, 0),
        ({"reward_coin_from_games": True}, 4 * EURO),
        ({"reward_coin_from_games": True, "supported_games": '["lol"]'}, 0),
        ({"reward_coin_from_games": True, "supported_games": '["CS",7]'}, 4 * EURO),
    ],
)
def test_coins_by_the_settings(sqlite_store: Store, settings: dict[str, Any], given: int) -> None:
    floor = open_floor(sqlite_store)
    floor.set(**settings)
    ada, event = floor.add_member("ada"), add(floor)
    made = floor.run(record_match, record(floor, event, ada))
    assert (made.coin_micros, made.score_micros, coins(floor, ada)) == (given, 4 * EURO, given)
    # A game without a formula counts in the ranks by wins and kills, and gives nothing.
    chess = add(floor, game_code="chess")
    assert floor.run(record_match, record(floor, chess, ada)).coin_micros == 0
    floor.verify()


def test_spent_coins_are_not_taken_back(sqlite_store: Store) -> None:
    floor = open_floor(sqlite_store)
    floor.set(reward_coin_from_games=True)
    ada, event = floor.add_member("ada"), add(floor)
    made = floor.run(record_match, record(floor, event, ada))
    floor.give(ada, -EURO, "coin", "coin_issued")
    gone = RecordGone(center=floor.center, actor=DESK, event_id=event.id, record_id=made.id)
    with pytest.raises(Refused, match="spent already"):
        floor.run(void_record, gone)
    assert coins(floor, ada) == 3 * EURO


def test_the_places_get_their_prizes_and_then_nothing_changes(store: Store) -> None:
    floor = open_floor(store)
    floor.set(reward_coin_from_events=True)
    ada, bob, cyd = (floor.add_member(name) for name in ("ada", "bob", "cyd"))
    event = add(floor)
    for member_id in (ada, bob, cyd):
        floor.run(join_event, joining(floor, event, member_id))
    for wrong in ({ada: 1, bob: 1}, {ada: 0}, {999: 1}):
        with pytest.raises(InvalidInput, match="places"):
            floor.run(close_event, closing(floor, event, wrong))
    final = floor.run(close_event, closing(floor, event, {bob: 1, ada: 2, cyd: 3}))
    assert {each.account: (each.place, each.prize_micros) for each in final} == {
        "ada": (2, 20 * EURO),
        "bob": (1, 50 * EURO),
        "cyd": (3, 0),
    }
    assert [coins(floor, each) for each in (ada, bob, cyd)] == [20 * EURO, 50 * EURO, 0]
    again = (
        (close_event, closing(floor, event, {ada: 1})),
        (record_match, record(floor, event, ada)),
        (join_event, joining(floor, event, ada)),
        (change_event, EventChange(floor.center, event.id, {"name": "x"})),
    )
    for command, cmd in again:
        with pytest.raises(EventClosed):
            floor.run(command, cmd)
    shown = store.read_sync(event_by_id, 7777, event.id)
    assert shown is not None
    assert shown.status(clock.now()) == EventStatus.ENDED
    floor.verify()


def test_without_the_setting_places_give_nothing(sqlite_store: Store) -> None:
    floor = open_floor(sqlite_store)
    ada, event = floor.add_member("ada"), add(floor)
    floor.run(join_event, joining(floor, event, ada))
    final = floor.run(close_event, closing(floor, event, {ada: 1}))
    assert (final[0].place, final[0].prize_micros, coins(floor, ada)) == (1, 0, 0)


def test_who_may_take_part(sqlite_store: Store) -> None:
    floor = open_floor(sqlite_store)
    ada, bob, event = floor.add_member("ada"), floor.add_member("bob"), add(floor, places=1)
    guest = floor.add_member("guest", group_id=-1)
    assert floor.run(join_event, joining(floor, event, ada)).is_new
    assert not floor.run(join_event, joining(floor, event, ada)).is_new
    with pytest.raises(Refused, match="All places of the event are taken"):
        floor.run(join_event, joining(floor, event, bob))
    with pytest.raises(Refused, match="All places of the event are taken"):
        floor.run(record_match, record(floor, event, bob))
    with pytest.raises(Refused, match="Only members"):
        floor.run(join_event, joining(floor, event, guest))
    with pytest.raises(MemberNotFound):
        floor.run(join_event, joining(floor, event, 1))
    over = add(floor, starts_at=later(-60), ends_at=later(-1))
    with pytest.raises(Refused, match="The event is over"):
        floor.run(join_event, joining(floor, over, ada))
    coming = add(floor, starts_at=later(60))
    assert floor.run(join_event, joining(floor, coming, bob)).is_new
    for command, cmd in (
        (record_match, record(floor, coming, bob)),
        (close_event, closing(floor, coming, {})),
    ):
        with pytest.raises(Refused, match="has not begun"):
            floor.run(command, cmd)
    gone = EventChange(floor.center, coming.id)
    floor.run(delete_event, gone)
    with pytest.raises(EventNotFound):
        floor.run(join_event, joining(floor, coming, ada))
    found = sqlite_store.read_sync(next_events, 7777, clock.now(), 5)
    assert [each.id for each in found] == [event.id]


def test_what_cannot_be_changed(sqlite_store: Store) -> None:
    floor = open_floor(sqlite_store)
    ada, event = floor.add_member("ada"), add(floor)
    for wrong, field in (
        ({"ends_at": event.starts_at}, "ends_at"),
        ({"prizes": (1,) * 21}, "prizes"),
    ):
        with pytest.raises(InvalidInput) as refused:
            floor.run(change_event, EventChange(floor.center, event.id, wrong))
        assert list(refused.value.fields) == [field]
    floor.run(record_match, record(floor, event, ada))
    floor.run(join_event, joining(floor, event, floor.add_member("bob")))
    for wrong in ({"places": 1}, {"game_code": "lol"}):
        with pytest.raises(InvalidInput) as refused:
            floor.run(change_event, EventChange(floor.center, event.id, wrong))
        assert list(refused.value.fields) == list(wrong)
    with pytest.raises(InvalidInput, match="wins: must not all be 0"):
        floor.run(record_match, record(floor, event, ada, deaths=0))
    nobody = NewRecord(
        center=floor.center,
        actor=type(DESK)(kind="member", center_id=7777, member_id=ada),
        event_id=event.id,
        member_id=ada,
        wins=100,
    )
    with pytest.raises(Forbidden):
        floor.run(record_match, nobody)


def test_no_more_open_events_than_there_may_be(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lanhouse.cafe.events.commands.MAX_EVENT", 2)
    floor = open_floor(sqlite_store)
    first = add(floor)
    add(floor)
    with pytest.raises(Refused, match="at most 2 open events"):
        add(floor)
    floor.run(close_event, closing(floor, first, {}))
    add(floor)


def test_ranks_count_the_last_days(store: Store) -> None:
    floor = open_floor(store)
    ada, bob, cyd = (floor.add_member(name) for name in ("ada", "bob", "cyd"))
    shooter, arena = add(floor), add(floor, game_code="lol")
    floor.run(record_match, record(floor, shooter, ada, wins=1))
    floor.run(record_match, record(floor, shooter, ada, wins=1))
    floor.run(record_match, record(floor, shooter, bob, wins=2))
    floor.run(record_match, record(floor, arena, cyd, wins=1))
    floor.run(join_event, joining(floor, arena, cyd, shows_account=True))
    now = clock.now() + timedelta(seconds=1)
    wanted = RankWanted(7777, "cs", 1, now)
    found = store.read_sync(ranking, wanted)
    assert [(each.rank, each.account, each.tally.matches) for each in found] == [
        (1, "ada", 2),
        (1, "bob", 1),
    ]
    every = store.read_sync(ranking, RankWanted(7777, "", 1, now))
    assert [(each.rank, each.account, each.is_shown) for each in every] == [
        (1, "ada", False),
        (1, "bob", False),
        (3, "cyd", True),
    ]
    assert store.read_sync(games_played, wanted) == ["cs", "lol"]
    assert store.read_sync(ranking, RankWanted(7777, "", 1, now + timedelta(days=2))) == []
    assert store.read_sync(ranking, RankWanted(7778, "", 1, now)) == []


def test_the_last_place_is_taken_once(store: Store) -> None:
    floor = open_floor(store)
    people = [floor.add_member(name) for name in ("ada", "bob", "cyd", "dee")]
    event = add(floor, places=2)
    calls = [(join_event, joining(floor, event, each)) for each in (*people, *people)]
    outcomes = asyncio.run(at_once(store, calls))
    found = store.read_sync(standings, 7777, event.id)
    assert len(found) == 2
    assert sum(getattr(each, "is_new", False) for each in outcomes) == 2
    assert {type(each) for each in outcomes if isinstance(each, Exception)} == {Refused}


def test_two_records_and_a_close_at_once(store: Store) -> None:
    floor = open_floor(store)
    floor.set(reward_coin_from_games=True, reward_coin_from_events=True)
    ada, event = floor.add_member("ada"), add(floor)
    floor.run(join_event, joining(floor, event, ada))
    calls = [
        *((record_match, record(floor, event, ada)),) * 4,
        *((close_event, closing(floor, event, {ada: 1})),) * 2,
    ]
    outcomes = asyncio.run(at_once(store, calls))
    refused = [each for each in outcomes if isinstance(each, Exception)]
    assert {type(each) for each in refused} == {EventClosed}
    played = sum(getattr(each, "coin_micros", 0) for each in outcomes)
    assert coins(floor, ada) == played + 50 * EURO
    assert sum(isinstance(each, list) for each in outcomes) == 1
    floor.verify()
