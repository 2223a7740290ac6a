"""The first page tells an Admin that the API key ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lanhouse.kit import clock
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.contract.pages.test_pages import Desk, text_of


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (330, ""),
        (336, "The API key ends in 29 days"),
        (364.5, "The API key ends tomorrow"),
        (366, "The API key has ended"),
    ],
)
def test_the_computers_page_tells_who_may_make_a_key(
    client: Client, hall: Hall, monkeypatch: pytest.MonkeyPatch, days: float, words: str
) -> None:
    then = clock.real_now() + timedelta(days=days)
    monkeypatch.setattr(clock, "real_now", lambda: then)
    told = text_of(Desk(client, "admin7777").get("/panel/computers"))
    assert ("The API key" in told) is bool(words)
    assert words in told
    assert "API key" not in text_of(Desk(client, "manager7777").get("/panel/computers"))
