"""The rail of the panel as one data structure: a page stands here once it exists."""

from __future__ import annotations

import msgspec

from lanhouse.web.i18n import N_


class RailItem(msgspec.Struct, frozen=True):
    """A place in the rail. `label` is source text; the template translates it."""

    path: str
    label: str
    icon: str
    right: str
    """Right that a reader needs to see it."""


_RAIL = (
    RailItem("/panel/computers", N_("Computers"), "device-desktop", "pcs.view"),
    RailItem("/panel/members", N_("Members"), "users", "members.view"),
    RailItem("/panel/shop", N_("Shop"), "basket", "orders.sell"),
    RailItem("/panel/orders", N_("Orders"), "bell", "orders.view"),
    RailItem("/panel/bookings", N_("Bookings"), "calendar-clock", "bookings.view"),
    RailItem("/panel/shift", N_("Shift"), "cash-register", "shifts.work"),
    RailItem("/panel/payments", N_("QR payments"), "qrcode", "payments.confirm"),
    RailItem("/panel/products", N_("Goods"), "package", "products.view"),
    RailItem("/panel/packages", N_("Packages"), "ticket", "offers.view"),
    RailItem("/panel/prices", N_("Prices"), "tags", "prices.view"),
    RailItem("/panel/events", N_("Events"), "trophy", "events.view"),
    RailItem("/panel/reports", N_("Reports"), "chart-bar", "reports.view"),
    RailItem("/panel/log", N_("Log"), "receipt", "logs.view"),
    RailItem("/panel/jobs", N_("Jobs"), "refresh", "jobs.manage"),
    RailItem("/panel/settings", N_("Settings"), "settings", "staff.view"),
)

_SETTINGS = (
    RailItem("/panel/settings/center", N_("Centre"), "home", "settings.view"),
    RailItem("/panel/settings/pcs", N_("PCs"), "device-desktop", "pcs.edit"),
    RailItem("/panel/settings/map", N_("Map"), "map-2", "pcs.edit"),
    RailItem("/panel/settings/groups", N_("Groups"), "users", "groups.view"),
    RailItem("/panel/settings/promos", N_("Promo codes"), "ticket", "promos.view"),
    RailItem("/panel/settings/news", N_("News"), "news", "news.view"),
    RailItem("/panel/settings/payment", N_("Payment"), "cash", "settings.view"),
    RailItem("/panel/settings/loyalty", N_("Loyalty"), "gift", "settings.view"),
    RailItem("/panel/settings/member", N_("Members"), "users", "settings.view"),
    RailItem("/panel/settings/minors", N_("Minors"), "clock", "settings.view"),
    RailItem("/panel/settings/client", N_("Seats"), "device-desktop", "settings.view"),
    RailItem("/panel/settings/game", N_("Games"), "player-play", "settings.view"),
    RailItem("/panel/settings/protection", N_("Protection"), "alert-triangle", "settings.view"),
    RailItem("/panel/settings/shop", N_("Shop"), "wallet", "settings.view"),
    RailItem("/panel/settings/sms_provider", N_("Text messages"), "receipt", "settings.view"),
    RailItem("/panel/settings/printers", N_("Printers"), "printer", "settings.view"),
    RailItem("/panel/settings/logo", N_("Pictures"), "photo", "settings.edit"),
    RailItem("/panel/settings/api", N_("API"), "key", "api_keys.manage"),
    RailItem("/panel/settings/staff", N_("Staff"), "user-circle", "staff.view"),
    RailItem("/panel/settings/audit", N_("Audit"), "ticket", "audit.view"),
)


def settings_for(rights: frozenset[str]) -> list[RailItem]:
    """The pages of the settings that a reader with these rights may open."""
    return [item for item in _SETTINGS if item.right in rights]


def rail_for(rights: frozenset[str]) -> list[RailItem]:
    """The rail's places that a reader with these rights may open."""
    return [item for item in _RAIL if item.right in rights]
