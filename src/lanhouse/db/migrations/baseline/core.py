"""Tables of ledger, auth, jobs and the store, as of revision 0017."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Hash, Json, UtcTime


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("center_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("allowed_ips", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("last_used_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("center_id", name=op.f("api_keys_pkey")),
        sa.UniqueConstraint("key_hash", name=op.f("api_keys_key_hash_key")),
    )


def _audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", BigId, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("ids", Json(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_log_pkey")),
    )
    op.create_index("audit_log_center_ix", "audit_log", ["center_id", "id"])


def _auth_generations() -> None:
    op.create_table(
        "auth_generations",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "owner_id", name=op.f("auth_generations_pkey")),
    )


def _auth_tokens() -> None:
    op.create_table(
        "auth_tokens",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("auth_tokens_pkey")),
    )
    op.create_index("auth_tokens_subject_ix", "auth_tokens", ["center_id", "kind", "subject_id"])


def _clock_row() -> None:
    op.create_table(
        "clock_row",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("offset_micros", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("steps_micros", sa.BigInteger(), nullable=False),
        sa.Column("known_ahead_at", UtcTime(), nullable=True),
        sa.Column("wanted_by", sa.Text(), nullable=False),
        sa.Column("boot_id", sa.Text(), nullable=False),
        sa.Column("boot_micros", sa.BigInteger(), nullable=False),
        sa.Column("at_micros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("clock_row_pkey")),
    )


def _digest_backlog() -> None:
    op.create_table(
        "digest_backlog",
        sa.Column("table_number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("after_id", sa.BigInteger(), nullable=False),
        sa.Column("after_part", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("table_number", name=op.f("digest_backlog_pkey")),
    )


def _idempotent_answers() -> None:
    op.create_table(
        "idempotent_answers",
        sa.Column("book_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("input_hash", Hash(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("digest", Hash(), nullable=False),
        sa.PrimaryKeyConstraint("book_id", "key", name=op.f("idempotent_answers_pkey")),
        sqlite_with_rowid=False,
    )


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("leases_pkey")),
    )


def _ledger_accounts() -> None:
    op.create_table(
        "ledger_accounts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("book_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("balance_micros", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("may_go_negative", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "balance_micros BETWEEN -9000000000000000000 AND 9000000000000000000",
            name=op.f("ledger_accounts_range_check"),
        ),
        sa.CheckConstraint(
            "may_go_negative OR balance_micros >= 0",
            name=op.f("ledger_accounts_floor_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_accounts_pkey")),
        sa.UniqueConstraint(
            "book_id",
            "owner_kind",
            "owner_id",
            "kind",
            "currency",
            name=op.f("ledger_accounts_book_id_owner_kind_owner_id_kind_currency_key"),
        ),
    )


def _ledger_seal_head() -> None:
    op.create_table(
        "ledger_seal_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", Hash(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ledger_seal_head_single_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_seal_head_pkey")),
    )


def _ledger_seals() -> None:
    op.create_table(
        "ledger_seals",
        sa.Column("sequence", BigId, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", Hash(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("ledger_seals_pkey")),
        sa.UniqueConstraint("kind", "row_id", name=op.f("ledger_seals_kind_row_id_key")),
    )


def _ledger_transfers() -> None:
    op.create_table(
        "ledger_transfers",
        sa.Column("id", BigId, nullable=False),
        sa.Column("book_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reverses_id"],
            ["ledger_transfers.id"],
            name=op.f("ledger_transfers_reverses_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_transfers_pkey")),
        sa.UniqueConstraint("book_id", "key", name=op.f("ledger_transfers_book_id_key_key")),
    )


def _login_failures() -> None:
    op.create_table(
        "login_failures",
        sa.Column("center_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "center_id", "account", "address", name=op.f("login_failures_pkey")
        ),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", BigId, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("outbox_pkey")),
    )


def _queued_jobs() -> None:
    op.create_table(
        "queued_jobs",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("run_at", UtcTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("queued_jobs_pkey")),
        sa.UniqueConstraint("key", name=op.f("queued_jobs_key_key")),
    )
    op.create_index("queued_jobs_run_at_ix", "queued_jobs", ["run_at"])


def _row_digests() -> None:
    op.create_table(
        "row_digests",
        sa.Column("id", BigId, nullable=False),
        sa.Column("table_number", sa.SmallInteger(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("row_part", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", Hash(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("row_digests_pkey")),
        sa.UniqueConstraint(
            "table_number",
            "row_id",
            "row_part",
            "version",
            name=op.f("row_digests_table_number_row_id_row_part_version_key"),
        ),
    )


def _server_secret() -> None:
    op.create_table(
        "server_secret",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("server_secret_single_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("server_secret_pkey")),
    )


def _ledger_entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", BigId, nullable=False),
        sa.Column("book_id", sa.BigInteger(), nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("before_micros", sa.BigInteger(), nullable=False),
        sa.Column("after_micros", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint("amount_micros <> 0", name=op.f("ledger_entries_moves_check")),
        sa.CheckConstraint(
            "before_micros + amount_micros = after_micros",
            name=op.f("ledger_entries_step_check"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_accounts.id"],
            name=op.f("ledger_entries_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"],
            ["ledger_transfers.id"],
            name=op.f("ledger_entries_transfer_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_entries_pkey")),
    )
    op.create_index("ledger_entries_account_id_ix", "ledger_entries", ["account_id", "id"])
    op.create_index("ledger_entries_transfer_id_ix", "ledger_entries", ["transfer_id"])


def create() -> None:
    """Make them, each after those that it refers to."""
    for table in (
        _api_keys,
        _audit_log,
        _auth_generations,
        _auth_tokens,
        _clock_row,
        _digest_backlog,
        _idempotent_answers,
        _leases,
        _ledger_accounts,
        _ledger_seal_head,
        _ledger_seals,
        _ledger_transfers,
        _login_failures,
        _outbox,
        _queued_jobs,
        _row_digests,
        _server_secret,
        _ledger_entries,
    ):
        table()
