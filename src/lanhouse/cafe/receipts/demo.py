"""What stands on the receipts of the demo centre."""

from __future__ import annotations

from lanhouse.cafe.centers.demo import demo_center
from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.db.store import Tx


def opening(tx: Tx) -> None:
    """Its address, as guests read it, unless it has one."""
    center = demo_center(tx)
    if center.settings.payment.receipt_address:
        return
    said = {"receipt_address": "12 Harbour Street\nLisbon"}
    save_settings(tx, SettingsInput(center=center, values={"payment": said}))
