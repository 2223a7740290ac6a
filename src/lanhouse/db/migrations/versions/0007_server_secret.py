"""The server secret's fingerprint, and stored answers without the secrets in them.

Passwords of guests and launch tokens in answers of an older version are replaced by "no longer
shown": they stood there for everybody who has the file. Revision: 0007, after: 0006.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import UtcTime
from lanhouse.kit import clock

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_PAGE = 1_000
_HIDDEN = "no longer shown"
_LAUNCH = "/play/launch/"
_CAFE = "POST /api/v2/cafe/{cafe_id}"
# The calls whose answers could hold a secret.
_CALLS = (
    f"{_CAFE}/pcSessions/addTimeMoney:",
    f"{_CAFE}/pcSessions/addOffer:",
    f"{_CAFE}/members/action/addGuest:",
    "POST /panel/computers/start:",
    "POST /external/launchGame:",
)

_answers = sa.table(
    "idempotent_answers",
    sa.column("book_id", sa.BigInteger()),
    sa.column("key", sa.Text()),
    sa.column("input_hash", sa.Text()),
    sa.column("answer", sa.LargeBinary()),
    sa.column("sealed", sa.LargeBinary()),
    sa.column("at", UtcTime()),
    sa.column("digest", sa.Text()),
)


def upgrade() -> None:
    """Create the table, add the column, and take the secrets out of the answers that there are."""
    op.create_table(
        "server_secret",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("server_secret_single_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("server_secret_pkey")),
    )
    op.add_column("idempotent_answers", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    for call in _CALLS:
        # ";" follows ":", so this is every key that begins with the call.
        _each(_answers.c.key.between(call, f"{call[:-1]};"), _without_secrets)


def _each(condition: sa.ColumnElement[bool], change: Any) -> None:
    """Put `change(row)`, new values or None, into each answer of the condition, page by page."""
    connection = op.get_bind()
    place = sa.tuple_(_answers.c.book_id, _answers.c.key)
    last: tuple[int, str] = (0, "")
    while True:
        rows = connection.execute(
            sa.select(_answers)
            .where(condition, place > sa.tuple_(*last))
            .order_by(_answers.c.book_id, _answers.c.key)
            .limit(_PAGE)
        ).all()
        for row in rows:
            values = change(row)
            if values is not None:
                its = (_answers.c.book_id == row.book_id) & (_answers.c.key == row.key)
                connection.execute(sa.update(_answers).where(its).values(**values))
        if len(rows) < _PAGE:
            break
        last = (rows[-1].book_id, rows[-1].key)


def _without_secrets(row: Any) -> dict[str, Any] | None:
    try:
        told = msgspec.json.decode(row.answer)
    except msgspec.DecodeError:  # somebody changed it; verification says so
        return None
    hidden = _hidden(told)
    if hidden == told:
        return None
    answer = msgspec.json.encode(hidden)
    # A row that did not match its digest before must not match it afterwards.
    is_sound = row.digest == _digest(row, bytes(row.answer))
    return {"answer": answer, "digest": _digest(row, answer) if is_sound else row.digest}


def _hidden(value: Any) -> Any:
    if isinstance(value, list):
        return [_hidden(each) for each in value]
    if isinstance(value, dict):
        return {name: _hidden_field(name, each) for name, each in value.items()}
    return value


def _hidden_field(name: str, value: Any) -> Any:
    if name in ("member_password", "password") and value:
        return _HIDDEN
    if name == "url" and isinstance(value, str) and _LAUNCH in value:
        return value[: value.index(_LAUNCH)] + _LAUNCH + _HIDDEN
    return _hidden(value)


def _digest(row: Any, answer: bytes) -> str:
    """The rule of revision 0006, which still holds for answers that have no secret."""
    name = f"{row.book_id}|{row.key}|{row.input_hash}|{clock.to_micros(row.at)}|"
    return hashlib.sha256(name.encode() + answer).hexdigest()


def downgrade() -> None:
    """Drop both; what was sealed stays hidden."""
    _each(_answers.c.sealed.is_not(None), lambda row: {"digest": _digest(row, bytes(row.answer))})
    op.drop_column("idempotent_answers", "sealed")
    op.drop_table("server_secret")
