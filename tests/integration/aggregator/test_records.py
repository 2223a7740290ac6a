"""Reads of rounds and records, on both databases."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import msgspec

from lanhouse.aggregator.launch.commands import begin_session, launch_game
from lanhouse.aggregator.launch.queries import active_players, session_by_secret
from lanhouse.aggregator.launch.schemas import GameSession, Launch
from lanhouse.aggregator.players.commands import create_player
from lanhouse.aggregator.players.schemas import NewPlayer
from lanhouse.aggregator.providers.house.provider import HOUSE
from lanhouse.aggregator.providers.port import Ask
from lanhouse.aggregator.rounds.commands import begin
from lanhouse.aggregator.rounds.queries import history_page, outstanding_micros
from lanhouse.aggregator.rounds.schemas import HistoryQuery, TxType
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.queries import player_balance_micros
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move
from lanhouse.db.store import Store
from lanhouse.kit import clock, ids
from tests.builders.agents import Operator, open_operator
from tests.builders.secrets import VAULT
from tests.builders.seeds import send_seed
from tests.builders.spins import SpinCmd, spin

EURO = 1_000_000


def play_rounds(store: Store, count: int) -> tuple[Operator, GameSession]:
    operator = open_operator(store)
    agent = operator.agent
    store.run_sync(create_player, NewPlayer(agent, "player0001"))
    move = Move(
        agent=agent, kind=DEPOSIT, username="player0001", currency="EUR", amount_micros=100 * EURO
    )
    store.run_sync(move_money, move)
    launch = Launch(
        agent=agent,
        username="player0001",
        game_id="house_00001",
        currency="EUR",
        language="en",
        is_mobile=False,
        player_address="::1",
        lobby_url=None,
        cashier_url=None,
    )
    started = store.run_sync(begin_session, store.run_sync(launch_game, launch).token)
    secret_hash = ids.secret_hash(started.secret)
    session = store.read_sync(session_by_secret, started.code, secret_hash)
    send_seed(store, session)
    for number in range(count):
        cmd = SpinCmd(
            session=session, vault=VAULT, client_key=f"spin-{number:04d}", bet_micros=EURO
        )
        store.run_sync(spin, cmd)
    return operator, session


def query(operator: Operator, **changes: Any) -> HistoryQuery:
    now = clock.now()
    asked = HistoryQuery(
        agent=operator.agent,
        username="player0001",
        game_id=None,
        round_code=None,
        from_at=now - timedelta(days=7),
        to_at=now,
        page=1,
        per_page=4,
        after=None,
    )
    return msgspec.structs.replace(asked, **changes)


def test_pages_and_cursors_cover_every_record_once(store: Store) -> None:
    operator, _ = play_rounds(store, 5)
    paged: list[str] = []
    for page in (1, 2, 3):
        rows, has_next = store.read_sync(history_page, query(operator, page=page))
        paged += [row.code for row in rows]
        assert has_next is (page < 3)
    assert len(set(paged)) == 10
    followed: list[str] = []
    has_next, after = True, None
    while has_next:
        rows, has_next = store.read_sync(history_page, query(operator, after=after))
        followed += [row.code for row in rows]
        after = rows[-1].code
    assert followed == paged
    rows, _ = store.read_sync(history_page, query(operator, per_page=100))
    for newer, older in itertools.pairwise(rows):
        assert newer.before_micros == older.after_micros


def test_open_bets_are_outstanding_and_out_of_the_balance(store: Store) -> None:
    operator, session = play_rounds(store, 0)
    bet = Ask(
        session_id=session.id,
        tx_type=TxType.BET,
        provider_tx_id="open-1",
        round_code="round-1",
        amount_micros=3 * EURO,
    )
    store.run_sync(begin, bet)

    def held(read: Any) -> tuple[int, int]:
        asked = (operator.agent.id, "player0001", "EUR")
        return player_balance_micros(read, *asked), outstanding_micros(read, *asked)

    assert store.read_sync(held) == (97 * EURO, 3 * EURO)


def test_players_seen_since(store: Store) -> None:
    play_rounds(store, 1)
    for seconds, expected in ((60, {"house_00001": 1}), (-60, {})):
        since = clock.real_now() - timedelta(seconds=seconds)
        found = store.read_sync(active_players, ["house_00001", "house_00002"], since)
        assert found == expected


def test_a_log_tells_the_server_seed_only_after_it_was_revealed(store: Store) -> None:
    operator, session = play_rounds(store, 1)
    rows, _ = store.read_sync(history_page, query(operator))

    def log(read: Any) -> dict[str, str]:
        found = HOUSE.round_log(read, rows[0].round_id)
        assert found is not None
        return dict(found.rows)

    assert store.read_sync(log)["server seed"] == "not revealed yet"
    seeds = send_seed(store, session)
    assert store.read_sync(log)["server seed"] == seeds.revealed_seed
    assert HOUSE.bet_limits("live", "EUR") == []
    assert store.read_sync(lambda read: HOUSE.round_log(read, 999)) is None
