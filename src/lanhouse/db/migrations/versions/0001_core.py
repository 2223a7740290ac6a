"""The tables of the core: ledger, access, jobs, events.

Revision: 0001, after: nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import Json, UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those that others refer to first."""
    _api_keys()
    _auth_tokens()
    _idempotent_answers()
    _leases()
    _ledger_accounts()
    _ledger_transfers()
    _login_failures()
    _outbox()
    _queued_jobs()
    _ledger_entries()
    _ledger_seals()


def downgrade() -> None:
    """Drop the tables."""
    for name in (
        "ledger_seals",
        "ledger_entries",
        "queued_jobs",
        "outbox",
        "login_failures",
        "ledger_transfers",
        "ledger_accounts",
        "leases",
        "idempotent_answers",
        "auth_tokens",
        "api_keys",
    ):
        op.drop_table(name)


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
    op.create_index(
        "auth_tokens_subject_ix", "auth_tokens", ["center_id", "kind", "subject_id"], unique=False
    )


def _idempotent_answers() -> None:
    op.create_table(
        "idempotent_answers",
        sa.Column("book_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("input_hash", sa.Text(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
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
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
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
            "may_go_negative OR balance_micros >= 0", name=op.f("ledger_accounts_floor_check")
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


def _ledger_transfers() -> None:
    op.create_table(
        "ledger_transfers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("book_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["ledger_transfers.id"], name=op.f("ledger_transfers_reverses_id_fkey")
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
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("outbox_pkey")),
    )


def _queued_jobs() -> None:
    op.create_table(
        "queued_jobs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("run_at", UtcTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("queued_jobs_pkey")),
        sa.UniqueConstraint("key", name=op.f("queued_jobs_key_key")),
    )
    op.create_index("queued_jobs_run_at_ix", "queued_jobs", ["run_at"], unique=False)


def _ledger_entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("book_id", sa.BigInteger(), nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("before_micros", sa.BigInteger(), nullable=False),
        sa.Column("after_micros", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint("amount_micros <> 0", name=op.f("ledger_entries_moves_check")),
        sa.CheckConstraint(
            "before_micros + amount_micros = after_micros", name=op.f("ledger_entries_step_check")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ledger_accounts.id"], name=op.f("ledger_entries_account_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["ledger_transfers.id"], name=op.f("ledger_entries_transfer_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_entries_pkey")),
    )
    op.create_index(
        "ledger_entries_account_id_ix", "ledger_entries", ["account_id", "id"], unique=False
    )
    op.create_index(
        "ledger_entries_transfer_id_ix", "ledger_entries", ["transfer_id"], unique=False
    )


def _ledger_seals() -> None:
    op.create_table(
        "ledger_seals",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entries.id"], name=op.f("ledger_seals_entry_id_fkey")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("ledger_seals_pkey")),
        sa.UniqueConstraint("entry_id", name=op.f("ledger_seals_entry_id_key")),
    )
