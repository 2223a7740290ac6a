"""One way for a player's money to move by a game: rounds of many bets, transactions with states,
providers as data, terms of agents, and House's rounds of many acts.

Revision: 0063, after: 0062.
Rows of before keep what their digests cover; what joins them is digested in the background.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import sqlalchemy as sa
from alembic import op

from lanhouse.db.migrations.games import FIRST, THERE, before_0063, from_0063
from lanhouse.db.types import Json
from lanhouse.kit import clock

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

_TRANSACTIONS, _HOUSE = 9, 10
_MOVED = ("house_spins", "house_seeds", "game_transactions", "game_rounds")
_backlog = sa.table(
    "digest_backlog",
    sa.column("table_number", sa.Integer),
    sa.column("after_id", sa.BigInteger),
    sa.column("after_part", sa.Text),
)
_ROUNDS = (
    "id, agent_id, player_id, session_id, code, provider_id, game_id, provider_tx_id, currency,"
    " bet_micros, win_micros, opened_at, closed_at"
)
_RECORDS = (
    "id, agent_id, player_id, round_id, code, provider_id, game_id, round_code, wallet_tx_id,"
    " provider_tx_id, tx_type, player_currency, settle_currency, settle_rate,"
    " player_amount_micros, provider_amount_micros, settle_amount, before_micros, after_micros,"
    " transfer_id, received_at"
)
_SEEDS = (
    "id, agent_id, player_id, state, server_seed, commitment, client_seed, last_nonce, created_at,"
    " revealed_at"
)
_SPINS = "round_id, agent_id, session_id, client_key, seed_id, nonce, bet_micros, win_micros"
_UP = (
    "INSERT INTO game_rounds ({rounds}) SELECT {rounds} FROM was_game_rounds",
    """
    INSERT INTO game_transactions ({records}, state, session_id, closes_round, share, commission,
        contribution, provider_currency, scale, created_at, attempts)
    SELECT {t_records}, 'committed', r.session_id, t.tx_type = 2, '0', '0', '0',
        t.player_currency, '1', t.received_at, 0
    FROM was_game_transactions t JOIN was_game_rounds r ON r.id = t.round_id
    """,
    "INSERT INTO house_seeds ({seeds}) SELECT {seeds} FROM was_house_seeds",
    """
    INSERT INTO house_rounds ({spins}, numbers, game_version, rules_hash, at, player_id, code,
        game_id, currency, state, actions)
    SELECT {s_spins}, s.stops, s.game_version, s.pay_table_hash, s.at,
        CASE WHEN EXISTS (
            SELECT 1 FROM was_house_spins o JOIN was_game_rounds p ON p.id = o.round_id
            WHERE o.agent_id = s.agent_id AND p.player_id = r.player_id
                AND o.client_key = s.client_key AND o.round_id <> s.round_id
        ) THEN NULL ELSE r.player_id END,
        r.code, r.game_id, r.currency, 'done', '[]'
    FROM was_house_spins s JOIN was_game_rounds r ON r.id = s.round_id
    """,
)
_DOWN = (
    """
    INSERT INTO game_rounds ({rounds}) SELECT {rounds} FROM was_game_rounds WHERE bet_micros > 0
    """,
    """
    INSERT INTO game_transactions ({records}) SELECT {records} FROM was_game_transactions
    WHERE received_at IS NOT NULL AND tx_type < 3
        AND round_id IN (SELECT id FROM was_game_rounds WHERE bet_micros > 0)
    """,
    "INSERT INTO house_seeds ({seeds}) SELECT {seeds} FROM was_house_seeds WHERE server_seed <> ''",
    """
    INSERT INTO house_spins ({spins}, stops, game_version, pay_table_hash, at)
    SELECT {spins}, numbers, game_version, rules_hash, at FROM was_house_rounds
    WHERE bet_micros > 0 AND seed_id IN (SELECT id FROM house_seeds)
    """,
)
_COLUMNS = {
    "rounds": _ROUNDS,
    "records": _RECORDS,
    "t_records": ", ".join("t." + name.strip() for name in _RECORDS.split(",")),
    "seeds": _SEEDS,
    "spins": _SPINS,
    "s_spins": ", ".join("s." + name.strip() for name in _SPINS.split(",")),
}
_KEEP = "CREATE TEMPORARY TABLE was_{name} AS SELECT * FROM {name}"
_NEXT_ID = (
    "SELECT setval(pg_get_serial_sequence('{name}', 'id'),"
    " (SELECT COALESCE(MAX(id), 0) + 1 FROM {name}), false)"
)


def upgrade() -> None:
    """Tables that refer to each other are made anew: SQLite changes no key and no check."""
    _agents()
    _sessions()
    _rebuild(_MOVED, from_0063, _UP)
    for number, table in ((_TRANSACTIONS, "game_transactions"), (_HOUSE, "house_rounds")):
        _digest_again(number, table)
    _sum_up()


def downgrade() -> None:
    """Rollbacks, rounds that are open and what was never committed are lost, and so is every seed
    that was sealed."""
    now = ("house_acts", "house_rounds", "house_seeds", "report_hours", "game_transactions")
    _rebuild((*now, "game_rounds"), before_0063, _DOWN)
    for number in (_TRANSACTIONS, _HOUSE):
        op.execute(sa.delete(_backlog).where(_backlog.c.table_number == number))
    op.drop_column("game_sessions", "scale")
    op.drop_column("game_sessions", "provider_currency")
    _agents_of_before()


def _rebuild(gone: tuple[str, ...], made: sa.MetaData, fill: tuple[str, ...]) -> None:
    connection = op.get_bind()
    for name in gone:
        op.execute(_KEEP.format(name=name))
    for name in gone:
        op.drop_table(name)
    for table in made.sorted_tables:
        if not (table.info.get(THERE) or table.info.get(FIRST)):
            table.create(connection)
    for statement in fill:
        op.execute(statement.format(**_COLUMNS))
    for name in gone:
        op.execute(f"DROP TABLE was_{name}")
    if connection.dialect.name == "postgresql":
        for name in ("game_rounds", "game_transactions", "house_seeds"):
            op.execute(_NEXT_ID.format(name=name))


def _digest_again(number: int, table: str) -> None:
    op.execute(sa.delete(_backlog).where(_backlog.c.table_number == number))
    has_rows = sa.exists(sa.select(sa.literal(1)).select_from(sa.table(table)))
    place = sa.select(sa.literal(number), sa.literal(0), sa.literal("")).where(has_rows)
    names = ["table_number", "after_id", "after_part"]
    op.execute(sa.insert(_backlog).from_select(names, place))


def _agents() -> None:
    """Every agent stands by itself and keeps its providers, on terms of 0."""
    op.add_column("agents", sa.Column("parent_id", sa.BigInteger()))
    op.create_index("agents_parent_id_ix", "agents", ["parent_id"])
    op.add_column(
        "agents", sa.Column("is_live", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.execute("UPDATE agents SET is_live = is_active")
    for table in from_0063.sorted_tables:
        if table.info.get(FIRST):
            table.create(op.get_bind())
    connection = op.get_bind()
    providers, listed = (from_0063.tables[name] for name in ("providers", "agent_providers"))
    house = {"id": "house", "name": "House", "logo_url": "/play/house/house.svg"}
    none: list[str] = []
    connection.execute(
        sa.insert(providers).values(
            **house,
            restricted_countries=none,
            prohibited_countries=none,
            created_at=clock.real_now(),
        )
    )
    agents = sa.table("agents", sa.column("id"), sa.column("provider_ids", Json))
    for agent in connection.execute(sa.select(agents)).all():
        # What is not House was never there to be played.
        if "house" in agent.provider_ids:
            terms = {"share": "0", "commission": "0", "contribution": "0"}
            row = {"agent_id": agent.id, "provider_id": "house", "place": 0, **terms}
            connection.execute(sa.insert(listed).values(row))
    op.drop_column("agents", "provider_ids")


def _sessions() -> None:
    for name, default in (("provider_currency", ""), ("scale", "1")):
        op.add_column(
            "game_sessions",
            sa.Column(name, sa.Text(), nullable=False, server_default=default),
        )
    op.execute("UPDATE game_sessions SET provider_currency = currency")


def _agents_of_before() -> None:
    op.add_column(
        "agents", sa.Column("provider_ids", sa.Text(), nullable=False, server_default='["house"]')
    )
    for table in ("agent_providers", "provider_currencies", "providers"):
        op.drop_table(table)
    op.drop_column("agents", "is_live")
    op.drop_index("agents_parent_id_ix", "agents")
    op.drop_column("agents", "parent_id")


def _sum_up() -> None:
    """The hours of rounds that are closed; on terms of 0 only what players won and staked."""
    connection = op.get_bind()
    rounds, records = (from_0063.tables[name] for name in ("game_rounds", "game_transactions"))
    found = connection.execute(
        sa.select(
            rounds.c.agent_id,
            rounds.c.player_id,
            rounds.c.game_id,
            rounds.c.provider_id,
            rounds.c.closed_at,
            records.c.tx_type,
            records.c.settle_amount,
        )
        .join(records, records.c.round_id == rounds.c.id)
        .where(rounds.c.closed_at.is_not(None))
    )
    sums: dict[tuple[int, int, int, str, str], list[Decimal]] = defaultdict(
        lambda: [Decimal(0), Decimal(0), Decimal(0)]
    )
    for row in found:
        hour = int(row.closed_at.timestamp()) // 3600
        held = sums[(row.agent_id, row.player_id, hour, row.game_id, row.provider_id)]
        amount = Decimal(row.settle_amount)
        held[0] += row.tx_type == 1
        held[1] += amount
        held[2] -= amount if row.tx_type == 1 else 0
    hours = from_0063.tables["report_hours"]
    amounts = [c.name for c in hours.columns if c.name.endswith(("_units", "_rest"))]
    for (agent, player, hour, game, provider), (count, won, staked) in sums.items():
        row = {
            "agent_id": agent,
            "player_id": player,
            "hour": hour,
            "game_id": game,
            "provider_id": provider,
            "rounds": int(count),
            "free_rounds": 0,
            **dict.fromkeys(amounts, 0),
        }
        for name, total in (("win_loss", won), ("turnover", staked)):
            row[f"{name}_units"] = int(total)
            row[f"{name}_rest"] = int((total - int(total)).scaleb(10))
        connection.execute(sa.insert(hours).values(row))
