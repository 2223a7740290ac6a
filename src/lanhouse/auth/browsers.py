"""Browsers that signed in before: a signed cookie says for which accounts (decision 0015).

It opens nothing. It only gives its browser a count of wrong passwords of its own, so that nobody
who guesses at an account from elsewhere keeps its owner out.
"""

from __future__ import annotations

import re
import secrets

from lanhouse.kit import ids
from lanhouse.kit.vault import Vault

COOKIE = "lanhouse_browser"
COOKIE_SECONDS = 400 * 24 * 3600
_ACCOUNTS_MAX = 16
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


def remembered(cookie: str, vault: Vault, center_id: int, account: str) -> str:
    """The id of the browser when the cookie proves that `account` (as in Attempt) signed in there,
    else an empty text; a locked vault remembers nobody."""
    browser, *marks = cookie.split(".")[: _ACCOUNTS_MAX + 1]
    if not _ID.fullmatch(browser):
        return ""
    wanted = _mark(browser, vault, center_id, account)
    return browser if wanted and any(ids.same(mark, wanted) for mark in marks) else ""


def remember(cookie: str, vault: Vault, center_id: int, account: str) -> str:
    """The cookie's new value after a sign-in; the accounts of the last 16 are kept.

    Empty when the vault is locked.
    """
    browser, *marks = cookie.split(".")[: _ACCOUNTS_MAX + 1]
    if not _ID.fullmatch(browser):
        browser, marks = secrets.token_hex(16), []
    mine = _mark(browser, vault, center_id, account)
    if not mine:
        return ""
    others = [mark for mark in marks if _ID.fullmatch(mark) and mark != mine]
    return ".".join([browser, mine, *others[: _ACCOUNTS_MAX - 1]])


def _mark(browser: str, vault: Vault, center_id: int, account: str) -> str:
    return vault.mark("remembered browser", f"{browser}|{center_id}|{account}")
