"""Taxes, receipts and what is switched with a session."""

from __future__ import annotations

from typing import Annotated, ClassVar

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.payment.tenders import SaleKeys
from lanhouse.cafe.centers.schemas.values import JsonText, Moments, Rate, Seconds, Text
from lanhouse.kit.texts import N_


class TaxKeys(SaleKeys, frozen=True, kw_only=True):
    """Taxes of goods and time."""

    part: ClassVar[str] = N_("Taxes")

    tax1_name: Annotated[
        Text,
        key(
            N_("Tax 1: name"),
            N_("What receipts call tax 1. Empty = there is none."),
            is_honoured=False,
        ),
    ] = ""
    tax1_percentage_micros: Annotated[
        Rate,
        key(
            N_("Tax 1: rate"),
            N_("How many percent tax 1 is, with up to 2 decimals."),
            wire="tax1_percentage",
            form="decimal",
            unit="%",
        ),
    ] = 0
    tax2_name: Annotated[
        Text,
        key(
            N_("Tax 2: name"),
            N_("What receipts call tax 2. Empty = there is none."),
            is_honoured=False,
        ),
    ] = ""
    tax2_percentage_micros: Annotated[
        Rate,
        key(
            N_("Tax 2: rate"),
            N_("How many percent tax 2 is, with up to 2 decimals."),
            wire="tax2_percentage",
            form="decimal",
            unit="%",
        ),
    ] = 0
    tax3_name: Annotated[
        Text,
        key(
            N_("Tax 3: name"),
            N_("What receipts call tax 3. Empty = there is none."),
            is_honoured=False,
        ),
    ] = ""
    tax3_percentage_micros: Annotated[
        Rate,
        key(
            N_("Tax 3: rate"),
            N_("How many percent tax 3 is, with up to 2 decimals."),
            wire="tax3_percentage",
            form="decimal",
            unit="%",
        ),
    ] = 0
    tax4_name: Annotated[
        Text,
        key(
            N_("Tax 4: name"),
            N_("What receipts call tax 4. Empty = there is none."),
            is_honoured=False,
        ),
    ] = ""
    tax4_percentage_micros: Annotated[
        Rate,
        key(
            N_("Tax 4: rate"),
            N_("How many percent tax 4 is, with up to 2 decimals."),
            wire="tax4_percentage",
            form="decimal",
            unit="%",
            is_honoured=False,
        ),
    ] = 0
    tax_included_in_price: Annotated[
        bool,
        key(
            N_("Prices include tax"),
            N_("On: a price holds its tax. Off: tax comes on top."),
        ),
    ] = False
    tax_printer_for_cash: Annotated[
        bool,
        key(
            N_("Tax printer for cash"),
            N_("On: cash payments go to the tax printer."),
            is_honoured=False,
        ),
    ] = False


class ReceiptKeys(TaxKeys, frozen=True, kw_only=True):
    """What is printed."""

    part: ClassVar[str] = N_("Receipts")

    print_order_after_topup: Annotated[
        bool,
        key(N_("Receipt of a top-up"), N_("On: a top-up prints a receipt."), is_honoured=False),
    ] = False
    allow_print_logo: Annotated[
        bool,
        key(N_("Logo on receipts"), N_("On: receipts begin with the logo."), is_honoured=False),
    ] = False
    print_additional_info: Annotated[
        bool,
        key(
            N_("More on receipts"),
            N_("On: receipts tell more about the centre."),
            is_honoured=False,
        ),
    ] = False


class DeskKeys(ReceiptKeys, frozen=True, kw_only=True):
    """Power of consoles and rooms, and notices before an end."""

    part: ClassVar[str] = N_("Power and notices")

    auto_shutdown_idle_sonoff: Annotated[
        bool,
        key(
            N_("Switch idle sockets off"),
            N_("On: the socket of a console that nobody plays on is switched off."),
            is_honoured=False,
        ),
    ] = False
    power_on_interval_seconds: Annotated[
        Seconds,
        key(
            N_("Pause between two PCs that are switched on"),
            N_("So that a whole row does not start at once."),
            unit=N_("s"),
            is_honoured=False,
        ),
    ] = 0
    power_off_interval_seconds: Annotated[
        Seconds,
        key(
            N_("Pause between two PCs that are switched off"),
            N_("So that a whole row does not stop at once."),
            unit=N_("s"),
            is_honoured=False,
        ),
    ] = 0
    notification_before_console_end: Annotated[
        JsonText,
        key(
            N_("Notices before a console ends"),
            N_("So many minutes before the end of a session on a console, one number a line."),
            json=Moments,
            form="lines",
            is_honoured=False,
        ),
    ] = '["5","10"]'
    notification_before_closing: Annotated[
        JsonText,
        key(
            N_("Notices before closing time"),
            N_("So many minutes before the centre closes, one number a line."),
            json=Moments,
            form="lines",
            is_honoured=False,
        ),
    ] = '["5","10"]'
