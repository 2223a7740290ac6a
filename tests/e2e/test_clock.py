"""The note of a clock in doubt, in a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from lanhouse.db.clock_row import agree
from lanhouse.kit import clock
from tests.e2e.conftest import Site, sign_in

_HOUR_MICROS = 3_600_000_000
# A step is no news: a page that hears the channel asks again by itself after 10 s, on a 2 s tick.
_TOLD_MS = 30_000


@pytest.fixture(autouse=True)
def kept_clock() -> Iterator[None]:
    """The clock of the other tests."""
    kept = (clock._guard, clock._anchor)
    yield
    clock._guard, clock._anchor = kept


def _step_the_server(site: Site) -> None:
    """The time of the house goes on an hour behind the server's clock, as after a step of it."""
    clock.resume_at(clock.steered().stepped(-_HOUR_MICROS), -_HOUR_MICROS, 0)
    site.floor.run(lambda tx, _: agree(tx, -_HOUR_MICROS, 0), None)


def test_a_manager_accepts_the_servers_clock(site: Site, page: Page) -> None:
    """The note comes while the page is open, and its button is one of a page that stays open."""
    sign_in(page, site, "manager")
    _step_the_server(site)
    page.get_by_role("button", name="Accept the server’s clock").click(timeout=_TOLD_MS)
    expect(page.get_by_text("time of the house")).to_be_hidden()
    assert clock.doubt_micros() == 0
