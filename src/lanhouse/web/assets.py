"""Addresses of static files, with their content's hash so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from markupsafe import Markup

STATIC_DIR = Path(__file__).parent / "static"
ICON_SPRITE = "icons.svg"

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
    "minimum_charge": "arrow-bar-to-up",
    "balance": "wallet",
    "bonus": "gift",
    "paid": "cash",
}
TENDER_ICONS = {"cash": "cash", "card": "credit-card", "qr": "qrcode", "balance": "wallet"}
DYNAMIC_ICONS = frozenset(
    {*STATE_ICONS.values(), *NOTE_ICONS.values(), *BILL_ICONS.values(), *TENDER_ICONS.values()}
    | {"device-desktop", "users", "settings", "hourglass-high", "user", "receipt", "ticket", "gift"}
)


@cache
def asset_url(path: str) -> str:
    """The address of a file below static/, e.g. "css/base.css" becomes
    "/static/css/base.css?v=1a2b3c4d5e".

    A file that is not built yet gets an address without a version; the browser then asks each time.
    """
    file = STATIC_DIR / path
    if not file.is_file():
        return f"/static/{path}"
    return f"/static/{path}?v={hashlib.sha256(file.read_bytes()).hexdigest()[:10]}"


@cache
def icon(name: str) -> Markup:
    """An icon of the sprite as decoration: it has no name of its own for a screen reader."""
    address = f"{asset_url(ICON_SPRITE)}#{name}"
    return Markup('<svg class="lh-icon" aria-hidden="true"><use href="{}"/></svg>').format(address)
