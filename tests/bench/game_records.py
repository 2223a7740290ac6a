"""History and report of the External API: `python -m tests.bench.game_records [records]`.

A million records (half of them one player's, the rest a hundred others') over 31 days, filled by
bulk SQL. Wall times of the server's whole answer, made in this process: SQLite, and PostgreSQL when
LANHOUSE_TEST_POSTGRES_URL is set (LANHOUSE_BENCH_ONLY leaves one). Printed, never asserted.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from lanhouse.aggregator.players.commands import create_player
from lanhouse.aggregator.players.schemas import NewPlayer
from lanhouse.app import create_app
from lanhouse.db.migrate import analyze, migrate
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from tests.bench.reports import stores
from tests.bench.timed import settle
from tests.builders.agents import Operator, open_operator
from tests.builders.client import Client
from tests.builders.rounds import NAME, sit_down

DAYS = 31
OTHERS = 99
ASKED = 200
_ROUNDS = """
    WITH RECURSIVE g(n) AS (
        SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM g WHERE n < :rounds
    ),
    r AS (SELECT n, :busy + CASE WHEN n % 2 = 0 THEN 0 ELSE n % 100 END AS who,
        CASE WHEN n % 50000 = 0 THEN 'rare' ELSE 'house_0000' || (1 + n % 8) END AS game,
        :begin + n * :step AS micros FROM g)
"""
_FILL = (
    """
    INSERT INTO game_rounds (id, agent_id, player_id, session_id, code, provider_id, game_id,
        provider_tx_id, currency, bet_micros, win_micros, opened_at, closed_at)
    SELECT n + 1000, :agent, who, :session, 'round' || n, 'house', game, 'tx' || n, 'EUR', 1000000,
        0, {at}, {at} FROM r
    """,
    *(
        f"""
        INSERT INTO game_transactions (id, agent_id, player_id, round_id, code, provider_id,
            game_id, round_code, wallet_tx_id, provider_tx_id, tx_type, player_currency,
            settle_currency, settle_rate, player_amount_micros, provider_amount_micros,
            settle_amount, before_micros, after_micros, received_at, state, session_id,
            closes_round, share, commission, contribution, provider_currency, scale, created_at,
            attempts)
        SELECT n * 2 + {kind} + 1000, :agent, who, n + 1000, '{kind}code' || n, 'house', game,
            'round' || n, 'w' || n, 'tx' || n, {kind}, 'EUR', 'EUR', '1', {amount}, {amount},
            '{amount // 1_000_000}', 5000000, 5000000 + {amount}, {{at}}, 'committed', :session,
            {closes}, '0.5', '0', '0.005', 'EUR', '1', {{at}}, 0 FROM r
        """
        for kind, amount, closes in ((1, -1_000_000, "FALSE"), (2, 0, "TRUE"))
    ),
    """
    INSERT INTO report_hours (agent_id, player_id, hour, game_id, provider_id, rounds, free_rounds,
        win_loss_units, win_loss_rest, turnover_units, turnover_rest, agent_win_loss_units,
        agent_win_loss_rest, commission_units, commission_rest, contribution_units,
        contribution_rest, free_win_units, free_win_rest)
    SELECT :agent, who, micros / 3600000000, game, 'house', COUNT(*), 0, -COUNT(*), 0, COUNT(*), 0,
        COUNT(*) / 2, COUNT(*) % 2 * 5000000000, 0, 0, 0, -COUNT(*) * 50000000, 0, 0 FROM r
    GROUP BY who, micros / 3600000000, game
    """,
)


def fill(store: Store, operator: Operator, records: int, end: datetime) -> None:
    """Rounds of one lost bet each; ids, players and hours follow from the number of the round."""
    session = sit_down(operator)
    for number in range(OTHERS):
        store.run_sync(create_player, NewPlayer(operator.agent, f"p{number:05d}"))
    begin = clock.to_micros(end - timedelta(days=DAYS))
    rounds = records // 2
    given = {
        "rounds": rounds, "busy": session.player_id, "begin": begin, "agent": operator.agent.id,
        "step": (clock.to_micros(end) - begin) // rounds, "session": session.id,
    }  # fmt: skip
    with store.engine.connect() as connection, connection.begin():
        is_sqlite = connection.dialect.name == "sqlite"
        at = "micros" if is_sqlite else "to_timestamp(micros / 1000000.0)"
        for statement in _FILL:
            text = sa.text(_ROUNDS + statement.format(at=at))
            used = {name: given[name] for name in given if f":{name}" in text.text}
            connection.execute(text, used)
    analyze(store)


def _measure(name: str, store: Store, records: int, folder: Path) -> None:
    migrate(store)
    operator = open_operator(store)
    end = clock.now()
    fill(store, operator, records, end)
    rounds, chance = records // 2, random.Random(1)
    window = {"from": (end - timedelta(days=DAYS)).isoformat(), "to": end.isoformat()}

    def after() -> dict[str, Any]:
        return {**window, "paginate": {"after": f"1code{chance.randrange(1, rounds)}"}}

    busy, seldom = {"username": NAME}, {"username": "p00006"}
    asks: dict[str, Callable[[], tuple[str, dict[str, Any]]]] = {
        "history": lambda: ("history", window),
        "history, anywhere": lambda: ("history", after()),
        "history of a player, anywhere": lambda: ("history", {**after(), **busy}),
        "history of a rare player, anywhere": lambda: ("history", {**after(), **seldom}),
        "history of a game, anywhere": lambda: ("history", {**after(), "gameId": "house_00003"}),
        "history of both, anywhere": lambda: (
            "history", {**after(), **busy, "gameId": "house_00003"},
        ),
        "history of a busy player's rare game": lambda: (
            "history", {**window, **busy, "gameId": "rare"},
        ),
        "history of a round": lambda: (
            "history", {"roundId": f"round{chance.randrange(1, rounds)}"},
        ),
        "report of 31 days": lambda: ("playerDailyReport", {**window, **busy}),
        "report of 31 days, one page": lambda: (
            "playerDailyReport", {**window, **busy, "paginate": {"perPage": 1000}},
        ),
        "report of 31 days by day": lambda: (
            "playerDailyReport",
            {**window, **busy, "granularity": "day", "timezone": "Asia/Tokyo"},
        ),
    }  # fmt: skip
    settings = AppSettings(data_dir=folder, api_rate_per_minute=0)
    settle()
    with Client(create_app(settings, store, with_ticker=False), key=operator.key) as client:
        for label, ask in asks.items():
            times: list[float] = []
            for _ in range(ASKED):
                call, body = ask()
                begun = time.perf_counter()
                answer = client.raw("POST", f"/external/{call}", json=body)
                times.append((time.perf_counter() - begun) * 1000)
                assert answer.json()["ok"], answer.text
            times.sort()
            p50, p99 = times[ASKED // 2], times[-1 - ASKED // 100]
            print(f"{name:<11} {label:<38} p50 {p50:6.1f} ms  p99 {p99:6.1f} ms", flush=True)


def main(records: int) -> None:
    """Fill both databases and print what a page costs."""
    with tempfile.TemporaryDirectory() as folder, stores(Path(folder)) as made:
        for name, store in made:
            _measure(name, store, records, Path(folder))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
