"""Where the wallets of seamless agents are called."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.tables import metadata
from lanhouse.db.types import UtcTime

agent_callbacks = sa.Table(
    "agent_callbacks",
    metadata,
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), primary_key=True),
    # Without a slash at its end; "/balance", "/transaction" and "/status" follow.
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("timeout_ms", sa.Integer, nullable=False),
    # Identifies us in the body of each message; no secret.
    sa.Column("callback_key", sa.Text, nullable=False),
    # The signing secret under the server secret (kit.vault), the fingerprint of that, and the
    # signing secret that will follow: shown already, so that the operator can await it.
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("sealed_under", sa.Text, nullable=False),
    sa.Column("next_sealed", sa.LargeBinary),
    # A demo's operator may be on this machine.
    sa.Column("is_demo", sa.Boolean, nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
)
