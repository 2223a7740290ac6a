"""A list is declared once: its columns, what each is searched and ordered by, and its rows.

API, page and export ask the same declaration. Where a row shows more than its own table, a page
is two statements in one: the inner one finds the keys of the page's rows with only the joins that
the order needs, the outer one adds to those few rows all that a row shows. Pages go by number, or
by cursor from the last row that was seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.db.cursors import Cursor, cursor_of, cursor_text
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.pages import offset_of

Condition = sa.ColumnElement[bool]

_DIGITS_MAX = 12

FEW_ROWS = 200
"""So many matches of a search are found first and sorted then. Measured with 50 000 members on
SQLite: twice as fast for 44 matches, a fifth slower for 464, where a walk soon has its page."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What of a list is asked for; each list adds its tenant and its filters.

    `search_field` and `sort_name` are names of columns. Without a field the text is looked for
    where the list says; without a sort the rows come in the list's own order, the other way round
    (newest first), whatever `is_descending` says.
    """

    search_text: str = ""
    search_field: str = ""
    sort_name: str = ""
    is_descending: bool = False
    phrase: str | None = None
    """What an index of pieces is asked for the text instead (db/pieces), if the list has one."""


W = TypeVar("W", bound=Wanted)


class Order(msgspec.Struct, Generic[W], frozen=True):
    """What to order by, never NULL; `join` adds to the list's table what that needs."""

    terms: tuple[sa.ColumnElement[Any], ...]
    join: Callable[[Any, W], Any] | None = None


class Column(msgspec.Struct, Generic[W], frozen=True):
    """A column: how to order by it and how to search in it; None where one cannot."""

    name: str
    order: Order[W] | None = None
    match: Callable[[W, str], Condition] | None = None


class Page(msgspec.Struct, frozen=True):
    """How many rows there are in all pages, and those of one."""

    total: int
    rows: list[Row]


class Part(msgspec.Struct, frozen=True):
    """Some rows, and where the next ones begin; None at the end."""

    rows: list[Row]
    after: Cursor | None


class Listing(Generic[W]):
    """A list over the table of `key`, its unique column.

    `conditions` are tenant and filters, `anywhere` the search without a field, `usual` the order
    without a sort; `shown` selects the rows from a subquery of the keys that has the column of
    `key`, None where a row is one of the table. Pages are in order; rows of equal terms are in the
    order of their keys.
    """

    def __init__(
        self,
        key: sa.Column[Any],
        *columns: Column[W],
        conditions: Callable[[W], list[Condition]],
        usual: Order[W],
        anywhere: Callable[[W, str], Condition] | None = None,
        shown: Callable[[W, Any], sa.Select[Any]] | None = None,
    ) -> None:
        self.key = key
        self.columns = {column.name: column for column in columns}
        self._conditions = conditions
        self._anywhere = anywhere
        self._usual = usual
        self._shown = shown

    def page(self, read: Read, wanted: W, page: int, rows_max: int) -> Page:
        """A page (from 1) and how many rows there are; no rows when it lies past the end."""
        total = self._total(read, wanted)
        offset = offset_of(page, rows_max)
        if offset >= total:
            return Page(total, [])
        # An index of the order would be walked to its end for the last of few matches.
        is_few = bool(wanted.search_text) and total <= FEW_ROWS
        if not is_few:
            wanted = replace(wanted, phrase=None)
        return Page(total, self._rows(read, wanted, None, rows_max, offset, is_few=is_few))

    def part(
        self, read: Read, wanted: W, after: Cursor | None, rows_max: int, offset: int = 0
    ) -> Part:
        """The next rows behind a cursor, None at first, without a look at those before it;
        `offset` of them are left out.

        What is written between two parts neither doubles a row nor leaves one out, as long as the
        row's place in the order stays.
        """
        is_few = wanted.phrase is not None
        rows = self._rows(read, wanted, after, rows_max + 1, offset, is_few=is_few)
        if len(rows) <= rows_max:
            return Part(rows, None)
        rows = rows[:rows_max]
        terms = _with_key(self._order(wanted).terms, self.key)
        return Part(rows, tuple(getattr(rows[-1], f"order_{at}") for at in range(len(terms))))

    def cursor_text(self, wanted: W, after: Cursor | None) -> str | None:
        """A cursor as callers send it back, with the same order; None at the end."""
        return None if after is None else cursor_text(self._place(wanted), after)

    def cursor_sent(self, wanted: W, text: str) -> Cursor | None:
        """What cursor_text() wrote, None for an empty text. Raises InvalidInput (`cursor`)."""
        terms = _with_key(self._order(wanted).terms, self.key)
        return cursor_of(self._place(wanted), [term.type for term in terms], text) if text else None

    def _place(self, wanted: W) -> str:
        return f"{wanted.sort_name}{'-' if wanted.is_descending else ''}"

    def _total(self, read: Read, wanted: W) -> int:
        count = sa.select(sa.func.count()).select_from(self.key.table)
        return read.scalar(count.where(*self._where(wanted)))

    def _where(self, wanted: W) -> list[Condition]:
        found = self._conditions(wanted)
        text = wanted.search_text
        if not text:
            return found
        if not wanted.search_field:
            assert self._anywhere is not None, "is searched by field only"
            return [*found, self._anywhere(wanted, text)]
        match = self.columns[wanted.search_field].match
        assert match is not None, f"{wanted.search_field} is not searched"
        return [*found, match(wanted, text)]

    def _order(self, wanted: W) -> Order[W]:
        if not wanted.sort_name:
            return self._usual
        order = self.columns[wanted.sort_name].order
        assert order is not None, f"{wanted.sort_name} is not ordered by"
        return order

    def _rows(
        self,
        read: Read,
        wanted: W,
        after: Cursor | None,
        rows_max: int,
        offset: int = 0,
        *,
        is_few: bool = False,
    ) -> list[Row]:
        order = self._order(wanted)
        terms = _with_key(order.terms, self.key)
        names = [f"order_{number}" for number in range(len(terms))]
        is_descending = wanted.is_descending or not wanted.sort_name
        direction = sa.desc if is_descending else sa.asc
        source: Any = self.key.table
        if order.join is not None:
            source = order.join(source, wanted)
        labelled = [term.label(name) for term, name in zip(terms, names, strict=True)]
        picked = self.key.table if self._shown is None else self.key
        found = (
            sa.select(picked, *labelled)
            .select_from(source)
            .where(*self._where(wanted), *_behind(terms, after, is_descending))
        )
        if is_few:
            matches = found.cte("matches").prefix_with("MATERIALIZED")
            found, labelled = sa.select(matches), [matches.c[name] for name in names]
        page = found.order_by(*(direction(term) for term in labelled))
        page = page.limit(rows_max).offset(offset)
        if self._shown is None:
            return read.all(page)
        keys = page.subquery("page")
        placed = [keys.c[name] for name in names]
        shown = self._shown(wanted, keys).add_columns(*placed)
        return read.all(shown.order_by(*(direction(place) for place in placed)))


def _with_key(
    terms: tuple[sa.ColumnElement[Any], ...], key: sa.Column[Any]
) -> tuple[sa.ColumnElement[Any], ...]:
    return terms if terms[-1] is key else (*terms, key)


def _behind(
    terms: tuple[sa.ColumnElement[Any], ...], after: Cursor | None, is_descending: bool
) -> list[Condition]:
    if after is None:
        return []
    seen = (sa.literal(value, term.type) for value, term in zip(after, terms, strict=True))
    here, place = sa.tuple_(*terms), sa.tuple_(*seen)
    return [here < place if is_descending else here > place]


def by(*terms: sa.ColumnElement[Any]) -> Order[Any]:
    """Ordered by these terms of the list's own table."""
    return Order(terms)


def holds(column: sa.Column[Any]) -> Callable[[Any, str], Condition]:
    """Searched for a piece of its text, in any case."""
    return lambda _, text: column.icontains(text, autoescape=True)


def is_number(column: sa.Column[Any]) -> Callable[[Any, str], Condition]:
    """Searched for a whole number that it is; any other text finds nothing."""

    def match(_: Any, text: str) -> Condition:
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(text) <= _DIGITS_MAX):
            return sa.false()
        return column == int(text)

    return match
