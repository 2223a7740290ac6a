"""Taxes, receipts and what is switched with a session."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.payment.tenders import SaleKeys
from lanhouse.cafe.centers.schemas.values import Address, JsonText, Moments, Rate, Seconds, Text
from lanhouse.kit.texts import N_

ReceiptText = Annotated[str, Meta(max_length=500)]
NOT_FISCAL = N_("Not a fiscal receipt")
"""The owner's line where the owner has written none; receipts say it in their language."""


class TaxKeys(SaleKeys, frozen=True, kw_only=True):
    """Taxes of goods and time."""

    part: ClassVar[str] = N_("Taxes")

    tax1_name: Annotated[
        Text,
        key(
            N_("Tax 1: name"),
            N_("What receipts call tax 1. Empty = there is none."),
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
            N_("What bills call the tax on PC time. Empty = “Tax”."),
        ),
    ] = ""
    tax4_percentage_micros: Annotated[
        Rate,
        key(
            N_("Tax 4: rate"),
            N_("How many percent the tax on PC time is, with up to 2 decimals. 0 = none."),
            wire="tax4_percentage",
            form="decimal",
            unit="%",
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
            N_(
                "On: what is paid in cash goes to the device that signs receipts, as every other"
                " receipt does, where one is connected."
            ),
        ),
    ] = False


class ReceiptKeys(TaxKeys, frozen=True, kw_only=True):
    """What is printed."""

    part: ClassVar[str] = N_("Receipts")

    print_order_after_topup: Annotated[
        bool,
        key(
            N_("Receipt of a top-up"),
            N_("On: a top-up at the desk prints a receipt by itself, where a printer is set up."),
        ),
    ] = False
    print_receipts: Annotated[
        bool,
        key(
            N_("Receipt of everything"),
            N_(
                "On: every sale, top-up and check-out at the desk prints a receipt by itself, where"
                " a printer is set up."
            ),
            is_ours=True,
        ),
    ] = False
    open_drawer_on_cash: Annotated[
        bool,
        key(
            N_("Drawer opens by itself"),
            N_("On: the cash drawer opens whenever cash is taken or given at the desk."),
            is_ours=True,
        ),
    ] = False
    receipt_language: Annotated[
        Literal["en", "de", "es", "pt", "ru", "vi"],
        key(
            N_("Language of receipts"),
            N_("In which language receipts and tickets are printed."),
            words={
                "en": N_("English"),
                "de": N_("German"),
                "es": N_("Spanish"),
                "pt": N_("Brazilian Portuguese"),
                "ru": N_("Russian"),
                "vi": N_("Vietnamese"),
            },
            is_ours=True,
        ),
    ] = "en"
    receipt_address: Annotated[
        ReceiptText,
        key(
            N_("Address on receipts"),
            N_("Some lines below the name: street, town, telephone."),
            form="long",
            is_ours=True,
        ),
    ] = ""
    receipt_tax_number: Annotated[
        Text,
        key(
            N_("Tax number on receipts"),
            N_("As the tax office wants it to be written. Empty = there is none."),
            is_ours=True,
        ),
    ] = ""
    receipt_note: Annotated[
        ReceiptText,
        key(
            N_("Last lines of receipts"),
            N_(
                "What stands at their end: that it is no fiscal receipt, where the law knows those,"
                " a greeting, the hours."
            ),
            form="long",
            is_ours=True,
        ),
    ] = NOT_FISCAL
    receipt_link: Annotated[
        Address,
        key(
            N_("Code on receipts"),
            N_("The page to which a code at the end leads. Empty = there is no code."),
            is_ours=True,
        ),
    ] = ""
    allow_print_logo: Annotated[
        bool,
        key(N_("Logo on receipts"), N_("On: receipts begin with the logo.")),
    ] = False
    print_additional_info: Annotated[
        bool,
        key(
            N_("More on receipts"),
            N_("On: receipts end with the hours of the centre and its page for who wants to join."),
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
            N_(
                "So many minutes before the end of a session on a console, one number a line: from"
                " the first of them on, the desk shows it as ending."
            ),
            json=Moments,
            form="lines",
        ),
    ] = '["5","10"]'
    notification_before_closing: Annotated[
        JsonText,
        key(
            N_("Notices before closing time"),
            N_(
                "So many minutes before the centre closes, one number a line: from the first of"
                " them on, who plays and the desk see when sessions end."
            ),
            json=Moments,
            form="lines",
        ),
    ] = '["5","10"]'
