"""The symbols of the reels in the player's language."""

from __future__ import annotations

from lanhouse.web.i18n import translations


def symbol_names(language: str) -> dict[str, str]:
    """The symbols' names by id."""
    _ = translations(language).gettext
    return {
        "lamp": _("Lamp, wild"),
        "keyboard": _("Keyboard"),
        "headset": _("Headset"),
        "key": _("Key"),
        "pizza": _("Pizza"),
        "mug": _("Mug"),
        "mouse": _("Mouse"),
        "house": _("House, scatter"),
    }
