"""Consents of guardians and proofs of age. Who plays until when is computed, never stored."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, UtcTime

minor_consents = sa.Table(
    "minor_consents",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    # Who has consented, and why; emptied with the member's own fields.
    sa.Column("guardian", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("given_at", UtcTime, nullable=False),
    # The first moment at which it does not hold any more.
    sa.Column("until_at", UtcTime, nullable=False),
    # Who has noted it; 0: by an API key.
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("staff_name", sa.Text, nullable=False),
    # Empty while nobody has withdrawn it.
    sa.Column("withdrawn_at", UtcTime),
    sa.Column("withdrawn_by_id", sa.BigInteger),
    sa.Index("minor_consents_member_ix", "center_id", "member_id", "id"),
    sa.CheckConstraint("until_at > given_at", name="time"),
)

age_proofs = sa.Table(
    "age_proofs",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    # YYYY-MM-DD as the paper has it: another birthday of the member needs another proof. Emptied
    # with the member's own fields.
    sa.Column("birthday", sa.Text, nullable=False),
    # The kind of paper (rules.DOCUMENTS); neither its number nor a copy is kept.
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("staff_name", sa.Text, nullable=False),
    sa.Index("age_proofs_member_ix", "center_id", "member_id", "id"),
)

# Names, reasons and birthdays are somebody's own and can be taken out: they are not digested.
digested(
    minor_consents,
    660,
    "center_id",
    "member_id",
    "given_at",
    "until_at",
    "staff_id",
    "withdrawn_at",
    "withdrawn_by_id",
)
digested(age_proofs, 661, "center_id", "member_id", "document", "seen_at", "staff_id")
