"""The paging object: the documented samples, and what must hold on every page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanhouse.kit.pages import PAGE_WINDOW, PagingInfo, paging_info


def test_the_documented_first_page() -> None:
    assert paging_info(3080, 1, 50, sent=True) == PagingInfo(
        total_records=3080,
        pages=62,
        page="1",
        page_prev=1,
        page_next=2,
        page_start=1,
        page_end=6,
        start_from="0",
        end_from="50",
    )


def test_an_empty_list() -> None:
    assert paging_info(0, 1, 50, sent=False) == PagingInfo(
        total_records=0,
        pages=0,
        page=1,
        page_prev=1,
        page_next=0,
        page_start=1,
        page_end=0,
        start_from="0",
        end_from="0",
    )


@pytest.mark.parametrize(
    ("page", "window"), [(1, (1, 6)), (4, (2, 7)), (30, (28, 33)), (61, (57, 62)), (62, (57, 62))]
)
def test_the_window_moves_with_the_page(page: int, window: tuple[int, int]) -> None:
    info = paging_info(3080, page, 50, sent=False)
    assert (info.page_start, info.page_end) == window


@given(st.integers(0, 5000), st.integers(1, 200), st.sampled_from([30, 50]))
def test_every_page_is_inside_its_window(total: int, page: int, per_page: int) -> None:
    info = paging_info(total, page, per_page, sent=False)
    assert info.page_end - info.page_start < PAGE_WINDOW
    assert 1 <= info.page_prev <= page
    if page <= info.pages:
        assert info.page_start <= page <= info.page_end <= info.pages
        assert int(info.start_from) < int(info.end_from) <= total
    else:
        assert info.start_from == info.end_from == str(total)
