"""Tables of the game platform, as of revision 0017."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Json, UtcTime


def _agents() -> None:
    op.create_table(
        "agents",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("base_currency", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("allowed_ips", sa.Text(), nullable=False),
        sa.Column("provider_ids", Json(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.CheckConstraint("kind IN ('transfer', 'seamless')", name=op.f("agents_kind_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("agents_pkey")),
        sa.UniqueConstraint("prefix", name=op.f("agents_prefix_key")),
    )


def _agent_currencies() -> None:
    op.create_table(
        "agent_currencies",
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("settle_rate", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("agent_currencies_agent_id_fkey")
        ),
        sa.PrimaryKeyConstraint("agent_id", "currency", name=op.f("agent_currencies_pkey")),
    )


def _agent_keys() -> None:
    op.create_table(
        "agent_keys",
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("shown_prefix", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("agent_keys_agent_id_fkey")),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("agent_keys_pkey")),
    )
    op.create_index("agent_keys_agent_id_ix", "agent_keys", ["agent_id"])


def _players() -> None:
    op.create_table(
        "players",
        sa.Column("id", BigId, nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("players_agent_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("players_pkey")),
        sa.UniqueConstraint("agent_id", "username", name=op.f("players_agent_id_username_key")),
        sa.UniqueConstraint("code", name=op.f("players_code_key")),
    )


def _game_sessions() -> None:
    op.create_table(
        "game_sessions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("player_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("game_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("settle_currency", sa.Text(), nullable=False),
        sa.Column("settle_rate", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("is_mobile", sa.Boolean(), nullable=False),
        sa.Column("player_address", sa.Text(), nullable=False),
        sa.Column("lobby_url", sa.Text(), nullable=True),
        sa.Column("cashier_url", sa.Text(), nullable=True),
        sa.Column("token_hash", sa.Text(), nullable=True),
        sa.Column("token_ends_at", UtcTime(), nullable=False),
        sa.Column("cookie_hash", sa.Text(), nullable=True),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("launched_at", UtcTime(), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=True),
        sa.Column("last_seen_at", UtcTime(), nullable=True),
        sa.Column("ends_at", UtcTime(), nullable=False),
        sa.Column("staked_micros", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("won_micros", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("round_count", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("game_sessions_agent_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["player_id"], ["players.id"], name=op.f("game_sessions_player_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("game_sessions_pkey")),
        sa.UniqueConstraint("code", name=op.f("game_sessions_code_key")),
        sa.UniqueConstraint("token_hash", name=op.f("game_sessions_token_hash_key")),
    )
    op.create_index("game_sessions_agent_player_ix", "game_sessions", ["agent_id", "player_id"])
    op.create_index("game_sessions_seen_ix", "game_sessions", ["last_seen_at"])


def _house_seeds() -> None:
    op.create_table(
        "house_seeds",
        sa.Column("id", BigId, nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("player_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("server_seed", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("client_seed", sa.Text(), nullable=False),
        sa.Column("last_nonce", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("revealed_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('next', 'active', 'revealed')",
            name=op.f("house_seeds_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("house_seeds_agent_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["player_id"], ["players.id"], name=op.f("house_seeds_player_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("house_seeds_pkey")),
    )
    op.create_index(
        "house_seeds_open_key",
        "house_seeds",
        ["agent_id", "player_id", "state"],
        unique=True,
        sqlite_where=sa.text("state != 'revealed'"),
        postgresql_where=sa.text("state != 'revealed'"),
    )


def _player_wallets() -> None:
    op.create_table(
        "player_wallets",
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("player_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("player_wallets_agent_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["player_id"], ["players.id"], name=op.f("player_wallets_player_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "agent_id", "player_id", "currency", name=op.f("player_wallets_pkey")
        ),
    )


def _wallet_moves() -> None:
    op.create_table(
        "wallet_moves",
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("tx_id", sa.Text(), nullable=False),
        sa.Column("agent_tx_id", sa.Text(), nullable=False),
        sa.Column("player_tx_id", sa.Text(), nullable=False),
        sa.Column("client_tx_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("player_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("agent_before_micros", sa.BigInteger(), nullable=False),
        sa.Column("agent_after_micros", sa.BigInteger(), nullable=False),
        sa.Column("player_before_micros", sa.BigInteger(), nullable=False),
        sa.Column("player_after_micros", sa.BigInteger(), nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint("kind IN ('deposit', 'withdraw')", name=op.f("wallet_moves_kind_check")),
        sa.CheckConstraint("amount_micros > 0", name=op.f("wallet_moves_amount_check")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("wallet_moves_agent_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["player_id"], ["players.id"], name=op.f("wallet_moves_player_id_fkey")
        ),
        sa.PrimaryKeyConstraint("agent_id", "tx_id", name=op.f("wallet_moves_pkey")),
        sa.UniqueConstraint(
            "agent_id",
            "client_tx_id",
            name=op.f("wallet_moves_agent_id_client_tx_id_key"),
        ),
    )


def _game_rounds() -> None:
    op.create_table(
        "game_rounds",
        sa.Column("id", BigId, nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("player_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("game_id", sa.Text(), nullable=False),
        sa.Column("provider_tx_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("bet_micros", sa.BigInteger(), nullable=False),
        sa.Column("win_micros", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", UtcTime(), nullable=False),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "bet_micros > 0 AND (win_micros IS NULL OR win_micros >= 0)",
            name=op.f("game_rounds_sums_check"),
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("game_rounds_agent_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["player_id"], ["players.id"], name=op.f("game_rounds_player_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["game_sessions.id"],
            name=op.f("game_rounds_session_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("game_rounds_pkey")),
        sa.UniqueConstraint("code", name=op.f("game_rounds_code_key")),
        sa.UniqueConstraint(
            "provider_id",
            "provider_tx_id",
            name=op.f("game_rounds_provider_id_provider_tx_id_key"),
        ),
    )
    op.create_index(
        "game_rounds_open_ix",
        "game_rounds",
        ["agent_id", "player_id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("game_rounds_session_id_ix", "game_rounds", ["session_id"])


def _game_transactions() -> None:
    op.create_table(
        "game_transactions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("player_id", sa.BigInteger(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("game_id", sa.Text(), nullable=False),
        sa.Column("round_code", sa.Text(), nullable=False),
        sa.Column("wallet_tx_id", sa.Text(), nullable=False),
        sa.Column("provider_tx_id", sa.Text(), nullable=False),
        sa.Column("tx_type", sa.SmallInteger(), nullable=False),
        sa.Column("player_currency", sa.Text(), nullable=False),
        sa.Column("settle_currency", sa.Text(), nullable=False),
        sa.Column("settle_rate", sa.Text(), nullable=False),
        sa.Column("player_amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("provider_amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("settle_amount", sa.Text(), nullable=False),
        sa.Column("before_micros", sa.BigInteger(), nullable=False),
        sa.Column("after_micros", sa.BigInteger(), nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), nullable=True),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "before_micros + player_amount_micros = after_micros",
            name=op.f("game_transactions_step_check"),
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("game_transactions_agent_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["player_id"], ["players.id"], name=op.f("game_transactions_player_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["game_rounds.id"],
            name=op.f("game_transactions_round_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("game_transactions_pkey")),
        sa.UniqueConstraint("code", name=op.f("game_transactions_code_key")),
        sa.UniqueConstraint(
            "provider_id",
            "provider_tx_id",
            "tx_type",
            name=op.f("game_transactions_provider_id_provider_tx_id_tx_type_key"),
        ),
    )
    op.create_index(
        "game_transactions_agent_time_ix",
        "game_transactions",
        ["agent_id", "received_at", "id"],
    )
    op.create_index(
        "game_transactions_player_time_ix",
        "game_transactions",
        ["agent_id", "player_id", "received_at", "id"],
    )
    op.create_index("game_transactions_round_id_ix", "game_transactions", ["round_id"])


def _house_spins() -> None:
    op.create_table(
        "house_spins",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("seed_id", sa.BigInteger(), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("bet_micros", sa.BigInteger(), nullable=False),
        sa.Column("win_micros", sa.BigInteger(), nullable=True),
        sa.Column("stops", Json(), nullable=True),
        sa.Column("game_version", sa.Text(), nullable=False),
        sa.Column("pay_table_hash", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("house_spins_agent_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["game_rounds.id"], name=op.f("house_spins_round_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["seed_id"], ["house_seeds.id"], name=op.f("house_spins_seed_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["game_sessions.id"],
            name=op.f("house_spins_session_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("house_spins_pkey")),
        sa.UniqueConstraint("seed_id", "nonce", name=op.f("house_spins_seed_id_nonce_key")),
        sa.UniqueConstraint(
            "session_id",
            "client_key",
            name=op.f("house_spins_session_id_client_key_key"),
        ),
    )


def create() -> None:
    """Make them, each after those that it refers to."""
    for table in (
        _agents,
        _agent_currencies,
        _agent_keys,
        _players,
        _game_sessions,
        _house_seeds,
        _player_wallets,
        _wallet_moves,
        _game_rounds,
        _game_transactions,
        _house_spins,
    ):
        table()
