"""Lists and constants reach PostgreSQL as they are, through texts of ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lanhouse.db.arrays import ListOf, literal
from lanhouse.db.statements import among, static
from lanhouse.db.store import Read, Store
from lanhouse.db.types import UtcTime
from lanhouse.ledger.tables import transfers


class _Kind(StrEnum):
    TOPUP = "top, up"


# What PostgreSQL keeps of a text: all but NUL and lone surrogates.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
SPECIAL = st.sampled_from(["", "NULL", "null", "{}", '"', "\\", '\\"', ",", " a ", "'", "%s", "$1"])
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=-11, minutes=-30))])
MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=ZONES)  # noqa: DTZ001
COLUMNS = {
    "integers": (sa.BigInteger(), st.integers(-(2**63), 2**63 - 1)),
    "truths": (sa.Boolean(), st.booleans()),
    "texts": (sa.Text(), TEXT | SPECIAL),
    "bytes": (sa.LargeBinary(), st.binary(max_size=20)),
    "moments": (UtcTime(), MOMENTS),
}


@pytest.mark.parametrize("column", COLUMNS)
@given(data=st.data())
@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_list_comes_back(postgres_store: Store, column: str, data: st.DataObject) -> None:
    kind, values = COLUMNS[column]
    sent = data.draw(st.lists(st.none() | values, max_size=6))
    rows: Any = sa.func.unnest(sa.bindparam("sent", type_=ListOf(kind)))
    listed = rows.table_valued(sa.column("value", kind), with_ordinality="place", name="listed")
    listed = listed.render_derived()
    back = static(sa.select(listed.c.value).order_by(listed.c.place))

    def ask(read: Read) -> list[Any]:
        return [row.value for row in read.all(back, sent=sent)]

    assert postgres_store.read_sync(ask) == sent


def test_one_of_an_enumeration_is_its_text() -> None:
    assert literal([_Kind.TOPUP, "x", None]) == '{"top, up","x",NULL}'


@pytest.mark.parametrize("values", [[1, "1"], [1.5], [object()]])
def test_what_an_array_cannot_hold_is_refused(values: list[Any]) -> None:
    with pytest.raises(TypeError, match="no array holds"):
        literal(values)


@pytest.mark.parametrize("text", ["it's", "50%", "%(x)s", "$1", "\\", "plain", ""])
def test_constants_of_a_statement_are_what_they_were(store: Store, text: str) -> None:
    """Some stand in the text of the statement, others go out as parameters."""
    constant = static(
        sa.select(
            sa.literal(text).label("text"),
            sa.literal(-3).label("number"),
            (sa.literal(10) - sa.literal(-3)).label("sum"),
            sa.literal(True).label("truth"),
            sa.bindparam("given", type_=sa.Integer).label("given"),
        ).limit(1)
    )
    row = store.read_sync(lambda read: read.one(constant, given=7))
    assert tuple(row) == (text, -3, 13, True, 7)


def test_a_limit_stands_in_the_text(postgres_store: Store) -> None:
    """As a parameter it would be a tenth of the table to the planner (a constant is not)."""
    page = static(
        sa.select(transfers.c.id).where(among(transfers.c.key, "keys")).order_by("id").limit(50)
    )

    def text(read: Read) -> str:
        return page.compiled(read._dialect, {"keys": []}).sql

    assert "LIMIT 50" in postgres_store.read_sync(text)
