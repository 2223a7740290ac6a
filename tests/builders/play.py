"""Launching a game, and the page that a browser gets."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import httpx

from tests.builders.agents import External

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def launch_body(username: str, currency: str = "EUR", **more: Any) -> dict[str, Any]:
    """The documented body of launchGame."""
    return {
        "username": username,
        "isMobile": False,
        "gameId": "house_00001",
        "lang": "en",
        "playerIp": "203.0.113.7",
        "currency": currency,
        **more,
    }


def launch(external: External, username: str, currency: str = "EUR", **more: Any) -> str:
    """Launch the slot; answers the path of the one-time address."""
    url = external.ok("launchGame", launch_body(username, currency, **more))["url"]
    assert url.startswith("http://testserver/play/launch/")
    return url.removeprefix("http://testserver")


def open_page(external: External, username: str, **more: Any) -> httpx.Response:
    """Launch a game and open it as a browser does; the page must come."""
    answer = external.client.raw("GET", launch(external, username, **more), headers=HTML, key="")
    assert answer.status_code == 200, answer.text
    return answer


def start_of(page: str) -> dict[str, Any]:
    """What the script of a page starts from."""
    found = re.search(r"data-start='([^']*)'", page)
    assert found is not None, page[:2000]
    return json.loads(html.unescape(found[1]))
