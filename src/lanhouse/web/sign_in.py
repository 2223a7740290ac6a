"""What the pages and calls that sign people in share: cookies, and who tries from where."""

from __future__ import annotations

from lanhouse.auth import browsers
from lanhouse.auth.lockout import Attempt
from lanhouse.web.call import Call
from lanhouse.web.replies import Reply

PANEL_COOKIE = "lanhouse_staff"
PORTAL_COOKIE = "lanhouse_member"
# Who checks other people's passwords in a place of many: the count is per account only.
_VOUCHERS = frozenset(("api_key", "pc", "staff"))


def attempt_of(call: Call, center_id: int, account: str) -> Attempt:
    """What counts a try to sign `account` (`kind:account`) in by this call."""
    browser = ""
    # No interface for programs knows anybody by a cookie.
    if call.route.surface in ("panel", "portal"):
        cookie = call.request.cookies.get(browsers.COOKIE, "")
        browser = browsers.remembered(cookie, call.vault, center_id, account)
    return Attempt(center_id, account, call.address, call.actor.kind in _VOUCHERS, browser)


def with_browser(reply: Reply, call: Call, center_id: int, account: str) -> Reply:
    """Remember in the browser that `account` has signed in there."""
    cookie = call.request.cookies.get(browsers.COOKIE, "")
    value = browsers.remember(cookie, call.vault, center_id, account)
    if not value:
        return reply
    seconds, secure = browsers.COOKIE_SECONDS, call.settings.secure_cookies
    return reply.with_cookie(browsers.COOKIE, value, seconds=seconds, secure=secure)
