"""The tables of games as revision 0063 found them and left them, for its way up and down."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Json, UtcTime

FIRST = "made first"
"""In the `info` of a table that others are filled from."""
THERE = "is there"
"""In the `info` of a table that is only referred to."""

_IS_OPEN = sa.column("closed_at").is_(None)
_IS_DUE = sa.column("next_attempt_at").is_not(None)
_IS_IN_USE = sa.column("state").in_(["next", "active"])
_IS_OPEN_AT_HOUSE = sa.column("state") == "open"

before_0063 = sa.MetaData(naming_convention=metadata.naming_convention)
from_0063 = sa.MetaData(naming_convention=metadata.naming_convention)
for _metadata in (before_0063, from_0063):
    for _name in ("agents", "players", "game_sessions"):
        sa.Table(_name, _metadata, sa.Column("id", BigId, primary_key=True), info={THERE: True})

sa.Table(
    "providers",
    from_0063,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("logo_url", sa.Text, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("is_online", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("maintenance_until", UtcTime),
    sa.Column("restricted_countries", Json, nullable=False),
    sa.Column("prohibited_countries", Json, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    info={FIRST: True},
)

sa.Table(
    "provider_currencies",
    from_0063,
    sa.Column("provider_id", sa.Text, sa.ForeignKey("providers.id"), primary_key=True),
    sa.Column("player_currency", sa.Text, primary_key=True),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("scale", sa.Text, nullable=False),
    info={FIRST: True},
)

sa.Table(
    "agent_providers",
    from_0063,
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), primary_key=True),
    sa.Column("provider_id", sa.Text, sa.ForeignKey("providers.id"), primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("share", sa.Text, nullable=False, server_default="0"),
    sa.Column("commission", sa.Text, nullable=False, server_default="0"),
    sa.Column("contribution", sa.Text, nullable=False, server_default="0"),
    info={FIRST: True},
)

sa.Table(
    "game_rounds",
    from_0063,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), nullable=False),
    sa.Column("session_id", sa.BigInteger, sa.ForeignKey("game_sessions.id"), nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("provider_id", sa.Text, nullable=False),
    sa.Column("game_id", sa.Text, nullable=False),
    sa.Column("provider_tx_id", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("bet_micros", sa.BigInteger, nullable=False),
    sa.Column("win_micros", sa.BigInteger),
    sa.Column("opened_at", UtcTime, nullable=False),
    sa.Column("closed_at", UtcTime),
    sa.UniqueConstraint("agent_id", "provider_id", "player_id", "currency", "code"),
    sa.CheckConstraint("bet_micros >= 0 AND (win_micros IS NULL OR win_micros >= 0)", name="sums"),
    sa.Index("game_rounds_session_id_ix", "session_id"),
    sa.Index(
        "game_rounds_open_ix",
        "agent_id",
        "player_id",
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
)

sa.Table(
    "game_transactions",
    from_0063,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), nullable=False),
    sa.Column("round_id", sa.BigInteger, sa.ForeignKey("game_rounds.id")),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("provider_id", sa.Text, nullable=False),
    sa.Column("game_id", sa.Text, nullable=False),
    sa.Column("round_code", sa.Text, nullable=False),
    sa.Column("wallet_tx_id", sa.Text, nullable=False),
    sa.Column("provider_tx_id", sa.Text, nullable=False),
    sa.Column("tx_type", sa.SmallInteger, nullable=False),
    sa.Column("player_currency", sa.Text, nullable=False),
    sa.Column("settle_currency", sa.Text, nullable=False),
    sa.Column("settle_rate", sa.Text, nullable=False),
    sa.Column("player_amount_micros", sa.BigInteger, nullable=False),
    sa.Column("provider_amount_micros", sa.BigInteger, nullable=False),
    sa.Column("settle_amount", sa.Text, nullable=False),
    sa.Column("before_micros", sa.BigInteger),
    sa.Column("after_micros", sa.BigInteger),
    sa.Column("transfer_id", sa.BigInteger),
    sa.Column("received_at", UtcTime),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("session_id", sa.BigInteger, sa.ForeignKey("game_sessions.id"), nullable=False),
    sa.Column("content_digest", sa.Text),
    sa.Column("closes_round", sa.Boolean, nullable=False),
    sa.Column("free_round_code", sa.Text),
    sa.Column("reverses_tx_id", sa.Text),
    sa.Column("reverses_id", sa.BigInteger),
    sa.Column("reversed_by_id", sa.BigInteger),
    sa.Column("share", sa.Text, nullable=False),
    sa.Column("commission", sa.Text, nullable=False),
    sa.Column("contribution", sa.Text, nullable=False),
    sa.Column("provider_currency", sa.Text, nullable=False),
    sa.Column("scale", sa.Text, nullable=False),
    sa.Column("refusal", sa.Text),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", UtcTime),
    sa.Column("parked_at", UtcTime),
    sa.UniqueConstraint("agent_id", "provider_id", "provider_tx_id", "tx_type"),
    sa.UniqueConstraint("agent_id", "code"),
    sa.CheckConstraint(
        "received_at IS NULL OR (before_micros + player_amount_micros = after_micros)", name="step"
    ),
    sa.CheckConstraint(
        "state IN ('pending', 'committed', 'rejected', 'rolled_back')", name="state"
    ),
    sa.Index("game_transactions_agent_time_ix", "agent_id", "received_at", "id"),
    sa.Index("game_transactions_player_time_ix", "agent_id", "player_id", "received_at", "id"),
    sa.Index("game_transactions_game_time_ix", "agent_id", "game_id", "received_at", "id"),
    sa.Index("game_transactions_round_ix", "agent_id", "round_code", "received_at", "id"),
    sa.Index("game_transactions_round_id_ix", "round_id"),
    sa.Index(
        "game_transactions_due_ix",
        "agent_id",
        "next_attempt_at",
        sqlite_where=_IS_DUE,
        postgresql_where=_IS_DUE,
    ),
)

sa.Table(
    "report_hours",
    from_0063,
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), primary_key=True),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), primary_key=True),
    sa.Column("hour", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("game_id", sa.Text, primary_key=True),
    sa.Column("provider_id", sa.Text, nullable=False),
    sa.Column("rounds", sa.BigInteger, nullable=False),
    sa.Column("free_rounds", sa.BigInteger, nullable=False),
    *(
        sa.Column(f"{name}_{part}", sa.BigInteger, nullable=False)
        for name in (
            "win_loss", "turnover", "agent_win_loss", "commission", "contribution", "free_win",
        )
        for part in ("units", "rest")
    ),
)  # fmt: skip

sa.Table(
    "house_seeds",
    from_0063,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("sealed_under", sa.Text, nullable=False, server_default=""),
    sa.Column("server_seed", sa.Text, nullable=False),
    sa.Column("commitment", sa.Text, nullable=False),
    sa.Column("client_seed", sa.Text, nullable=False),
    sa.Column("last_nonce", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("revealed_at", UtcTime),
    sa.CheckConstraint("state IN ('next', 'active', 'revealed', 'lost')", name="state"),
    sa.Index(
        "house_seeds_open_key",
        "agent_id",
        "player_id",
        "state",
        unique=True,
        sqlite_where=_IS_IN_USE,
        postgresql_where=_IS_IN_USE,
    ),
)

sa.Table(
    "house_rounds",
    from_0063,
    sa.Column("round_id", sa.BigInteger, sa.ForeignKey("game_rounds.id"), primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("session_id", sa.BigInteger, sa.ForeignKey("game_sessions.id"), nullable=False),
    sa.Column("client_key", sa.Text, nullable=False),
    sa.Column("seed_id", sa.BigInteger, sa.ForeignKey("house_seeds.id"), nullable=False),
    sa.Column("nonce", sa.BigInteger, nullable=False),
    sa.Column("bet_micros", sa.BigInteger, nullable=False),
    sa.Column("win_micros", sa.BigInteger),
    sa.Column("numbers", Json),
    sa.Column("game_version", sa.Text, nullable=False),
    sa.Column("rules_hash", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id")),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("game_id", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("game_state", Json),
    sa.Column("actions", Json, nullable=False),
    sa.UniqueConstraint("seed_id", "nonce"),
    sa.UniqueConstraint("agent_id", "player_id", "client_key"),
    sa.CheckConstraint("state IN ('open', 'done', 'void')", name="state"),
    sa.Index(
        "house_rounds_open_key",
        "agent_id",
        "player_id",
        "game_id",
        "currency",
        unique=True,
        sqlite_where=_IS_OPEN_AT_HOUSE,
        postgresql_where=_IS_OPEN_AT_HOUSE,
    ),
    sa.Index("house_rounds_session_ix", "session_id", "round_id"),
)

sa.Table(
    "house_acts",
    from_0063,
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), primary_key=True),
    sa.Column("client_key", sa.Text, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("round_id", sa.BigInteger, sa.ForeignKey("game_rounds.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("asked_digest", sa.Text, nullable=False),
    sa.Column("bet_micros", sa.BigInteger, nullable=False),
    sa.Column("win_micros", sa.BigInteger, nullable=False),
    sa.Column("actions", Json, nullable=False),
    sa.Column("game_state", Json, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.UniqueConstraint("round_id", "number"),
)

sa.Table(
    "game_rounds",
    before_0063,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), nullable=False),
    sa.Column("session_id", sa.BigInteger, sa.ForeignKey("game_sessions.id"), nullable=False),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("provider_id", sa.Text, nullable=False),
    sa.Column("game_id", sa.Text, nullable=False),
    sa.Column("provider_tx_id", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("bet_micros", sa.BigInteger, nullable=False),
    sa.Column("win_micros", sa.BigInteger),
    sa.Column("opened_at", UtcTime, nullable=False),
    sa.Column("closed_at", UtcTime),
    sa.UniqueConstraint("provider_id", "provider_tx_id"),
    sa.CheckConstraint("bet_micros > 0 AND (win_micros IS NULL OR win_micros >= 0)", name="sums"),
    sa.Index("game_rounds_session_id_ix", "session_id"),
    sa.Index(
        "game_rounds_open_ix",
        "agent_id",
        "player_id",
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
)

sa.Table(
    "game_transactions",
    before_0063,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), nullable=False),
    sa.Column("round_id", sa.BigInteger, sa.ForeignKey("game_rounds.id"), nullable=False),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    *(
        sa.Column(name, sa.Text, nullable=False)
        for name in ("provider_id", "game_id", "round_code", "wallet_tx_id", "provider_tx_id")
    ),
    sa.Column("tx_type", sa.SmallInteger, nullable=False),
    *(
        sa.Column(name, sa.Text, nullable=False)
        for name in ("player_currency", "settle_currency", "settle_rate")
    ),
    sa.Column("player_amount_micros", sa.BigInteger, nullable=False),
    sa.Column("provider_amount_micros", sa.BigInteger, nullable=False),
    sa.Column("settle_amount", sa.Text, nullable=False),
    sa.Column("before_micros", sa.BigInteger, nullable=False),
    sa.Column("after_micros", sa.BigInteger, nullable=False),
    sa.Column("transfer_id", sa.BigInteger),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.UniqueConstraint("provider_id", "provider_tx_id", "tx_type"),
    sa.CheckConstraint("before_micros + player_amount_micros = after_micros", name="step"),
    sa.Index("game_transactions_agent_time_ix", "agent_id", "received_at", "id"),
    sa.Index("game_transactions_player_time_ix", "agent_id", "player_id", "received_at", "id"),
    sa.Index("game_transactions_round_id_ix", "round_id"),
)

sa.Table(
    "house_seeds",
    before_0063,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("server_seed", sa.Text, nullable=False),
    sa.Column("commitment", sa.Text, nullable=False),
    sa.Column("client_seed", sa.Text, nullable=False),
    sa.Column("last_nonce", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("revealed_at", UtcTime),
    sa.CheckConstraint("state IN ('next', 'active', 'revealed')", name="state"),
    sa.Index(
        "house_seeds_open_key",
        "agent_id",
        "player_id",
        "state",
        unique=True,
        sqlite_where=sa.column("state") != "revealed",
        postgresql_where=sa.column("state") != "revealed",
    ),
)

sa.Table(
    "house_spins",
    before_0063,
    sa.Column("round_id", sa.BigInteger, sa.ForeignKey("game_rounds.id"), primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("session_id", sa.BigInteger, sa.ForeignKey("game_sessions.id"), nullable=False),
    sa.Column("client_key", sa.Text, nullable=False),
    sa.Column("seed_id", sa.BigInteger, sa.ForeignKey("house_seeds.id"), nullable=False),
    sa.Column("nonce", sa.BigInteger, nullable=False),
    sa.Column("bet_micros", sa.BigInteger, nullable=False),
    sa.Column("win_micros", sa.BigInteger),
    sa.Column("stops", Json),
    sa.Column("game_version", sa.Text, nullable=False),
    sa.Column("pay_table_hash", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.UniqueConstraint("seed_id", "nonce"),
    sa.UniqueConstraint("session_id", "client_key"),
)
