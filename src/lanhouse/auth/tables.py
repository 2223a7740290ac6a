"""Tokens, API keys, log-in failures. Secrets are stored as hashes only."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.tables import metadata
from lanhouse.db.types import UtcTime

# One API key per centre (seed: API settings): a new one replaces the row and so ends the old.
api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key_hash", sa.Text, nullable=False, unique=True),
    # The first characters, so that people can tell keys apart on the settings page.
    sa.Column("prefix", sa.Text, nullable=False),
    # Addresses or networks, comma-separated, normalised.
    sa.Column("allowed_ips", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Column("last_used_at", UtcTime),
    # Of which notice of its end the house was told last: 30 or 7 (days before), 0 = none yet.
    sa.Column("told_days", sa.Integer, nullable=False, server_default="0"),
)

# Sign-ins of staff and members. `use` keeps cookies and bearer tokens apart: a cookie never
# authenticates an API (architecture section 5).
tokens = sa.Table(
    "auth_tokens",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("use", sa.Text, nullable=False),
    sa.Column("subject_id", sa.BigInteger, nullable=False),
    sa.Column("csrf", sa.Text, nullable=False),
    # From where somebody signed in, and with what: "Firefox, Windows". Empty where it is not known.
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("program", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    # The PC at whose program a member signed in; it ends with what he plays there. Empty elsewhere.
    sa.Column("pc_id", sa.BigInteger),
    sa.Index(
        "auth_tokens_seat_ix",
        *("center_id", "pc_id"),
        sqlite_where=sa.column("pc_id").is_not(None),
        postgresql_where=sa.column("pc_id").is_not(None),
    ),
    sa.Index("auth_tokens_subject_ix", "center_id", "kind", "subject_id"),
    sa.Index("auth_tokens_expires_ix", "expires_at"),
)

# How often a key or a sign-in of an owner was ended by somebody (generations.py): a backup that is
# brought back has a lower number than the file beside the database.
generations = sa.Table(
    "auth_generations",
    metadata,
    # center_key, agent_keys or sign_ins.
    sa.Column("kind", sa.Text, primary_key=True),
    # The centre, or the agent.
    sa.Column("owner_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, nullable=False),
)

login_failures = sa.Table(
    "login_failures",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # "staff:<account>" or "member:<account>", normalised.
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_at", UtcTime, nullable=False),
    sa.Index("login_failures_last_ix", "last_at"),
)

# One row, from the first start on: which server secret what is sealed here was sealed with.
server_secret = sa.Table(
    "server_secret",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    # Derived from the secret (kit.vault); the secret itself is never in the database.
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("since", UtcTime, nullable=False),
    sa.CheckConstraint("id = 1", name="single"),
)
