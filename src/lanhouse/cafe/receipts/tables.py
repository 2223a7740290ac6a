"""What stood on receipts since when, and which of them were handed out."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, UtcTime

# Append only: a receipt of last year is printed again as it was, with the tax of last year.
receipt_heads = sa.Table(
    "receipt_heads",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    # No foreign key: every change of settings would lock the centre's row in one more way.
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("from_at", UtcTime, nullable=False),
    # schemas.Head as JSON.
    sa.Column("head", sa.Text, nullable=False),
    sa.Index("receipt_heads_from_ix", "center_id", "from_at", "id"),
)

receipt_issues = sa.Table(
    "receipt_issues",
    metadata,
    # The row of the log or the shift, which is of one centre.
    sa.Column("subject_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # schemas.Kind; of tickets there is no row, they are nobody's proof of anything.
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("first_at", UtcTime, nullable=False),
    # 0: a program, or by itself.
    sa.Column("first_by_id", sa.BigInteger, nullable=False),
    # How often it was printed; all but the first are copies.
    sa.Column("number", sa.Integer, nullable=False),
)

# A head is the house's own text, which it has to keep with its receipts; only a hash is sealed.
digested(receipt_heads, 481, "center_id", "from_at", "head")
digested(receipt_issues, 482, "center_id", "first_at", "first_by_id", "number")
