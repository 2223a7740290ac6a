"""A digest of each stored answer, so that verification sees a changed one.

Revision: 0006, after: 0005.
"""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import UtcTime
from lanhouse.kit import clock

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_PAGE = 1_000


def upgrade() -> None:
    """Add the column and fill it in for the answers that there are."""
    op.add_column(
        "idempotent_answers", sa.Column("digest", sa.Text(), server_default="", nullable=False)
    )
    answers = sa.table(
        "idempotent_answers",
        sa.column("book_id", sa.BigInteger()),
        sa.column("key", sa.Text()),
        sa.column("input_hash", sa.Text()),
        sa.column("answer", sa.LargeBinary()),
        sa.column("at", UtcTime()),
        sa.column("digest", sa.Text()),
    )
    connection = op.get_bind()
    last: tuple[int, str] = (0, "")
    while True:
        rows = connection.execute(
            sa.select(answers)
            .where(sa.tuple_(answers.c.book_id, answers.c.key) > sa.tuple_(*last))
            .order_by(answers.c.book_id, answers.c.key)
            .limit(_PAGE)
        ).all()
        for row in rows:
            its = (answers.c.book_id == row.book_id) & (answers.c.key == row.key)
            connection.execute(sa.update(answers).where(its).values(digest=_digest(row)))
        if len(rows) < _PAGE:
            break
        last = (rows[-1].book_id, rows[-1].key)


def _digest(row: sa.Row[tuple[object, ...]]) -> str:
    """The rule of this revision, written out: it must not follow later changes of the program."""
    name = f"{row.book_id}|{row.key}|{row.input_hash}|{clock.to_micros(row.at)}|"
    return hashlib.sha256(name.encode() + row.answer).hexdigest()


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("idempotent_answers", "digest")
