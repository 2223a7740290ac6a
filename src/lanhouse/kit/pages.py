"""Pages of a list: by number as the café API shows them (cafe-wire 0, rule on paging_info), by
cursor, and their addresses."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from msgspec import Meta, Struct, to_builtins
from msgspec.structs import replace

PAGE_WINDOW = 6
"""At most this many page numbers are offered at once."""

PageNumber = Annotated[int, Meta(ge=1, le=1_000_000)]
"""A page number of a request, from 1."""


CursorText = Annotated[str, Meta(max_length=1_000)]
"""`next_cursor` of the page before; empty for the first."""
RowsMax = Annotated[int, Meta(ge=1, le=200)]


class CursorIn(Struct, kw_only=True):
    """A page of a list without numbers."""

    cursor: CursorText = ""
    limit: RowsMax = 50


class PagingInfo(Struct, kw_only=True):
    """The `paging_info` object: which rows of how many a page shows, and where the others are."""

    total_records: int
    pages: int
    page: int | str
    """Text where the caller named the page."""
    page_prev: int
    page_next: int
    page_start: int
    """The first of the page numbers that are offered."""
    page_end: int
    start_from: str
    """How many rows stand before this page."""
    end_from: str


def offset_of(page: int, per_page: int) -> int:
    """How many rows stand before a page."""
    return (page - 1) * per_page


def paging_info(total: int, page: int, per_page: int, *, sent: bool) -> PagingInfo:
    """The `paging_info` object of `total` rows seen at `page`.

    `sent` tells that the caller named the page, which is then echoed as text. A page past the
    end keeps its number; its list is empty.
    """
    pages = -(-total // per_page)
    first = max(1, min(page - PAGE_WINDOW // 2 + 1, pages - PAGE_WINDOW + 1))
    start = min(offset_of(page, per_page), total)
    return PagingInfo(
        total_records=total,
        pages=pages,
        page=str(page) if sent else page,
        page_prev=max(1, page - 1),
        page_next=min(page + 1, pages),
        page_start=first,
        page_end=min(pages, first + PAGE_WINDOW - 1),
        start_from=str(start),
        end_from=str(min(start + per_page, total)),
    )


def address(path: str, choices: Struct, **changes: Any) -> str:
    """The address of a list that was chosen, so that back, share and reload work.

    It holds what of the choices, some of them changed, is not as it is by itself.
    """
    chosen = to_builtins(replace(choices, **changes))
    plain = to_builtins(type(choices)())
    kept = {
        name: int(value) if value is True else value
        for name, value in chosen.items()
        if value != plain[name] and value is not None
    }
    return f"{path}?{urlencode(kept)}" if kept else path
