"""What reports add up stands beside the log: quarters of an hour, seats, tariffs, names.

Revision: 0036, after: 0035.
kind "": which price they were made of is computed by no statement.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import StoredMicros, UtcTime

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_QUARTER = 900_000_000
_SECOND = 1_000_000
_ROWS = 5_000
_TABLES = {
    "report_quarters": (["center_id", "quarter"], ["cash_micros", "card_micros", "qr_micros"]),
    "report_seats": (["center_id", "quarter"], ["seconds"]),
    "report_tariffs": (
        ["center_id", "quarter", "kind", "name"],
        ["number", "seconds", "micros", "discount_micros"],
    ),
    "report_names": (
        ["center_id", "day", "member_id", "pc_id", "pc_name"],
        ["sessions", "used_seconds", "cost_micros", "topup_micros"],
    ),
}
_TEXTS = ("kind", "name", "pc_name")
_MONEY = "(cash_micros + card_micros + qr_micros)"
_QUARTERS = """
    INSERT INTO report_quarters (center_id, quarter, cash_micros, card_micros, qr_micros)
    SELECT center_id, {at} / 900000000, SUM(cash_micros), SUM(card_micros), SUM(qr_micros)
    FROM billing_logs WHERE cash_micros <> 0 OR card_micros <> 0 OR qr_micros <> 0 GROUP BY 1, 2
"""
_NAMES = """
    INSERT INTO report_names (center_id, day, member_id, pc_id, pc_name,
        sessions, used_seconds, cost_micros, topup_micros)
    SELECT center_id, {at} / 86400000000, {keys},
        SUM(CASE WHEN event = 'CHECKOUT' THEN 1 ELSE 0 END),
        SUM(CASE WHEN event = 'CHECKOUT' THEN used_seconds ELSE 0 END), SUM(cost_micros),
        SUM(CASE WHEN event = 'TOPUP' THEN cash_micros + card_micros + qr_micros ELSE 0 END)
    FROM billing_logs WHERE {where} GROUP BY 1, 2, 3, 4, 5
"""
_IS_TOPUP = f"event = 'TOPUP' AND {_MONEY} <> 0"
_COUNTS = "event = 'CHECKOUT' OR cost_micros <> 0"
_OF_NAMES = (
    ("0, COALESCE(pc_id, 0), pc_name", f"pc_name <> '' AND ({_COUNTS})"),
    (
        "member_id, 0, ''",
        f"member_id <> 0 AND member_group_id >= 0 AND ({_COUNTS} OR {_IS_TOPUP})",
    ),
)
_TARIFFS = """
    INSERT INTO report_tariffs
        (center_id, quarter, kind, name, number, seconds, micros, discount_micros)
    SELECT center_id, {ended_at} / 900000000, '', '', COUNT(*), SUM(COALESCE(played_seconds, 0)),
        SUM(COALESCE(cost_micros, 0)), 0
    FROM pc_sessions WHERE ended_at IS NOT NULL GROUP BY 1, 2
"""


def upgrade() -> None:
    """Make the tables and add up what is there."""
    for name, (keys, amounts) in _TABLES.items():
        op.create_table(
            name,
            *(
                sa.Column(key, sa.Text() if key in _TEXTS else sa.BigInteger(), nullable=False)
                for key in keys
            ),
            *(sa.Column(amount, sa.BigInteger(), nullable=False) for amount in amounts),
            sa.PrimaryKeyConstraint(*keys, name=op.f(f"{name}_pkey")),
            sqlite_with_rowid=False,
        )
    op.execute(_QUARTERS.format(at=_micros("at")))
    for keys, where in _OF_NAMES:
        op.execute(_NAMES.format(at=_micros("at"), keys=keys, where=where))
    op.execute(_TARIFFS.format(ended_at=_micros("ended_at")))
    _add_seats()


def downgrade() -> None:
    """Sums alone are lost."""
    for name in _TABLES:
        op.drop_table(name)


def _micros(column: str) -> str:
    """Microseconds since 1970, as SQLite keeps them."""
    if op.get_bind().dialect.name == "sqlite":
        return column
    return f"CAST(EXTRACT(epoch FROM {column}) * 1000000 AS BIGINT)"


def _add_seats() -> None:
    """Every ended session in the quarters that it lasted in."""
    sessions = sa.table(
        "pc_sessions",
        sa.column("center_id", sa.BigInteger),
        sa.column("started_at", UtcTime),
        sa.column("billed_to_at", UtcTime),
    )
    seats = sa.table(
        "report_seats", *(sa.column(name) for name in ("center_id", "quarter", "seconds"))
    )
    found: dict[tuple[int, int], int] = {}
    bind = op.get_bind()
    for center_id, begin, end in bind.execute(
        sa.select(
            sessions.c.center_id,
            StoredMicros(sessions.c.started_at),
            StoredMicros(sessions.c.billed_to_at),
        ).where(sessions.c.billed_to_at.is_not(None))
    ):
        at = begin
        while at < end:
            quarter = at // _QUARTER
            until = min((quarter + 1) * _QUARTER, end)
            place = (center_id, quarter)
            found[place] = found.get(place, 0) + (until - at) // _SECOND
            at = until
    rows = [
        {"center_id": center_id, "quarter": quarter, "seconds": seconds}
        for (center_id, quarter), seconds in sorted(found.items())
    ]
    for first in range(0, len(rows), _ROWS):
        bind.execute(sa.insert(seats), rows[first : first + _ROWS])
