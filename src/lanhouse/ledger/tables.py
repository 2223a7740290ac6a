"""Accounts, transfers, entries and the seals that chain the entries."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Hash, Money, UtcTime

_IS_LOAN = (sa.column("kind") == sa.literal_column("'loan'")) & (
    sa.column("balance_micros") < sa.literal_column("0")
)

accounts = sa.Table(
    "ledger_accounts",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    # The tenant: one centre or one agent, see accounts.book_of_center.
    sa.Column("book_id", sa.BigInteger, nullable=False),
    sa.Column("owner_kind", sa.Text, nullable=False),
    sa.Column("owner_id", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    # ISO 4217 code, or COIN and POINT for what is not money.
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("balance_micros", Money, nullable=False, server_default="0"),
    sa.Column("may_go_negative", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("book_id", "owner_kind", "owner_id", "kind", "currency"),
    sa.CheckConstraint("may_go_negative OR balance_micros >= 0", name="floor"),
    # SQLite turns an overflowing sum into a float, so the range is guarded in the table too.
    sa.CheckConstraint(
        "balance_micros BETWEEN -9000000000000000000 AND 9000000000000000000", name="range"
    ),
    # Who owes: few among all accounts.
    sa.Index(
        "ledger_accounts_loan_ix",
        *("book_id", "owner_id"),
        sqlite_where=_IS_LOAN,
        postgresql_where=_IS_LOAN,
    ),
)

transfers = sa.Table(
    "ledger_transfers",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("book_id", sa.BigInteger, nullable=False),
    # What happened, in the closed set of the nouns: topup, refund, checkout, bet, settle, …
    sa.Column("kind", sa.Text, nullable=False),
    # Names this movement for ever; a second transfer with the same key cannot exist.
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("actor_kind", sa.Text, nullable=False),
    sa.Column("actor_id", sa.BigInteger, nullable=False),
    sa.Column("reverses_id", sa.BigInteger, sa.ForeignKey("ledger_transfers.id")),
    sa.Column("at", UtcTime, nullable=False),
    sa.UniqueConstraint("book_id", "key"),
)

entries = sa.Table(
    "ledger_entries",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("book_id", sa.BigInteger, nullable=False),
    sa.Column("transfer_id", sa.BigInteger, sa.ForeignKey("ledger_transfers.id"), nullable=False),
    sa.Column("account_id", sa.BigInteger, sa.ForeignKey("ledger_accounts.id"), nullable=False),
    sa.Column("amount_micros", Money, nullable=False),
    sa.Column("before_micros", Money, nullable=False),
    sa.Column("after_micros", Money, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.CheckConstraint("before_micros + amount_micros = after_micros", name="step"),
    sa.CheckConstraint("amount_micros <> 0", name="moves"),
    sa.Index("ledger_entries_account_id_ix", "account_id", "id"),
    sa.Index("ledger_entries_transfer_id_ix", "transfer_id"),
)

# One row per sealed row, in the order of the chain: hash = SHA-256(previous hash + what it stands
# for). No foreign key: a row that was deleted with its seal left is for verification to name.
seals = sa.Table(
    "ledger_seals",
    metadata,
    sa.Column("sequence", BigId, primary_key=True),
    # sealing.ENTRY and its like: of which table the row is that it stands for.
    sa.Column("kind", sa.SmallInteger, nullable=False),
    sa.Column("row_id", sa.BigInteger, nullable=False),
    sa.Column("hash", Hash, nullable=False),
    sa.UniqueConstraint("kind", "row_id"),
)

# One row, from the first seal on: where the chain ends. Without it, a chain that was cut off at
# its end would look whole.
seal_head = sa.Table(
    "ledger_seal_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("hash", Hash, nullable=False),
    sa.CheckConstraint("id = 1", name="single"),
)

# The stored answer of every keyed write: same key and same input get the same bytes for ever.
answers = sa.Table(
    "idempotent_answers",
    metadata,
    sa.Column("book_id", sa.BigInteger, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("input_hash", Hash, nullable=False),
    # Without its secrets: in their place stands answers.HIDDEN.
    sa.Column("answer", sa.LargeBinary, nullable=False),
    # The whole answer under the server secret and the key (kit.vault); empty = it had no secret.
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("at", UtcTime, nullable=False),
    # SHA-256 over all of the above (answers.digest_of), for verification.
    sa.Column("digest", Hash, nullable=False),
    # The key is random: one tree on SQLite instead of a table and an index.
    sqlite_with_rowid=False,
)
