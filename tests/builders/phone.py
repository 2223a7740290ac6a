"""A member's browser without a script: pages, forms as they stand in them, and posts."""

from __future__ import annotations

import re
from typing import Any

import httpx

from lanhouse.auth.tokens import NewToken, issue_token
from tests.builders.client import Client
from tests.builders.floor import Floor

HOME = "/portal/hall7777"
_FIELD = re.compile(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


class Phone:
    """A browser that a member is signed in with."""

    def __init__(self, client: Client, floor: Floor, member_id: int) -> None:
        self._client = client
        token = floor.run(issue_token, NewToken(7777, "member", "cookie", member_id))
        self.cookie = f"lanhouse_member={token}"

    def get(self, path: str) -> httpx.Response:
        """A page."""
        return self._client.raw("GET", path, headers={"Cookie": self.cookie}, key="")

    def post(self, path: str, data: dict[str, Any], **headers: str) -> httpx.Response:
        """A form, as our own page sends it."""
        sent = {"Cookie": self.cookie, "Origin": "http://testserver", **headers}
        return self._client.raw("POST", path, data=data, headers=sent, key="")


def fields_of(page: httpx.Response, action: str) -> dict[str, str]:
    """The hidden and filled fields of the form that goes to `action`."""
    form = page.text.partition(f'action="{action}"')[2].partition("</form>")[0]
    assert form, f"no form to {action}"
    return dict(_FIELD.findall(form))
