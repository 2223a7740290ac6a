"""Addresses of static files, with their content's hash so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from markupsafe import Markup

STATIC_DIR = Path(__file__).parent / "static"
COMPRESSED_DIR = Path(__file__).parent / "compressed"
"""Built: each static file compressed, under the hash of what it holds."""
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""Content codings of the built files, the smallest first, and how their names end."""
ICON_SPRITE = "icons.svg"
_hashes: dict[Path, tuple[tuple[int, int], str]] = {}

# Icons whose name a template gets from data instead of writing it out; the sprite builder adds
# them to those it finds in the templates.
STATE_ICONS = {
    "free": "armchair",
    "prepaid": "hourglass-high",
    "postpaid": "receipt",
    "member": "user",
    "package": "ticket",
    "nocharge": "gift",
    "booked": "calendar-clock",
    "paused": "player-pause",
    "ended": "clock-exclamation",
    "noclient": "plug-connected-x",
    "off": "power",
    "broken": "tool",
}
NOTE_ICONS = {
    "info": "info-circle",
    "good": "circle-check",
    "warn": "alert-triangle",
    "bad": "alert-circle",
}
BILL_ICONS = {
    "time": "clock",
    "package": "ticket",
    "free_minutes": "gift",
    "free_session": "gift",
    "paused": "player-pause",
    "least_time": "hourglass-high",
    "block": "clock-plus",
    "start_fee": "login-2",
    "minimum_charge": "arrow-bar-to-up",
    "daily_cap": "arrow-down",
    "tax": "receipt",
    "tax_included": "receipt",
    "card_price": "credit-card",
    "rounding": "cash-banknote",
    "balance": "wallet",
    "bonus": "gift",
    "owed": "hourglass-high",
    "paid": "cash",
}
TENDER_ICONS = {"cash": "cash", "card": "credit-card", "qr": "qrcode", "balance": "wallet"}
JOB_ICONS = {
    "waiting": "clock",
    "running": "player-play",
    "done": "circle-check",
    "failed": "alert-circle",
    "canceled": "x",
}
TREND_ICONS = {"up": "arrow-up", "down": "arrow-down", "same": "arrow-right"}
ORDER_ICONS = {"ascending": "arrow-up", "descending": "arrow-down"}
_BY_DATA = (STATE_ICONS, NOTE_ICONS, BILL_ICONS, TENDER_ICONS, JOB_ICONS, TREND_ICONS, ORDER_ICONS)
DYNAMIC_ICONS = frozenset(
    {name for icons in _BY_DATA for name in icons.values()}
    | {"device-desktop", "users", "refresh", "settings", "hourglass-high", "user", "receipt"}
    | {"ticket", "gift", "trash", "home", "key", "photo", "tags", "chart-bar"}
    | {"basket", "package", "rating-18-plus", "star", "printer", "trophy", "news"}
)


TURNING_ICONS = frozenset(
    {"arrow-left", "arrow-right", "arrow-back-up", "chevron-left", "chevron-right"}
    | {"arrow-forward-up", "login", "login-2", "logout"}
)
"""Icons that point along the line: they are mirrored where lines run from right to left."""


def content_hash(file: Path) -> str:
    """Ten hex digits of what the file holds; it is read again only when it changed."""
    stat = file.stat()
    state = (stat.st_mtime_ns, stat.st_size)
    known = _hashes.get(file)
    if known is None or known[0] != state:
        known = _hashes[file] = (state, hashlib.sha256(file.read_bytes()).hexdigest()[:10])
    return known[1]


def compressed_file(digest: str, encoding: str) -> Path:
    """Where the content of that hash lies compressed, when it is built."""
    return COMPRESSED_DIR / (digest + ENCODINGS[encoding])


@cache
def asset_url(path: str) -> str:
    """The address of a file below static/, e.g. "css/base.css" becomes
    "/static/css/base.css?v=1a2b3c4d5e".

    A file that is not built yet gets an address without a version; the browser then asks each time.
    """
    file = STATIC_DIR / path
    if not file.is_file():
        return f"/static/{path}"
    return f"/static/{path}?v={content_hash(file)}"


@cache
def icon(name: str) -> Markup:
    """An icon of the sprite as decoration: it has no name of its own for a screen reader."""
    address = f"{asset_url(ICON_SPRITE)}#{name}"
    names = "lh-icon lh-turns" if name in TURNING_ICONS else "lh-icon"
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>').format(
        names, address
    )
