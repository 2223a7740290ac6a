"""Cash that is handed over at the desk: a sale takes no less than its price."""

from __future__ import annotations

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.sessions.errors import ShortCash
from lanhouse.kit.amounts import read_amount


def must_cover(center: Center, received: str, payment: str, due_micros: int) -> None:
    """Raise ShortCash for cash, as it was typed, that is less than what is due.

    Nothing typed means the exact sum; another tender than cash has no change.
    """
    if payment != "cash" or not received.strip() or due_micros <= 0:
        return
    if read_amount(received, center.currency, field="received") < due_micros:
        raise ShortCash
