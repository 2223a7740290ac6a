"""The port of fiscal devices: what signs a receipt where the law wants that."""

from __future__ import annotations

from typing import Protocol

from lanhouse.cafe.printing.schemas import Line
from lanhouse.cafe.receipts.schemas import Head, Receipt


class Fiscal(Protocol):
    """Signs receipts: the lines that it answers stand at the end of each, before the owner's."""

    def sign(self, receipt: Receipt) -> list[Line]:
        """The signature of a receipt; the same again for one that was signed before."""
        ...


class NoFiscal:
    """Where no law asks for one: nothing is signed."""

    def sign(self, receipt: Receipt) -> list[Line]:
        """No lines."""
        return []


NONE = NoFiscal()


def is_signed(head: Head, receipt: Receipt) -> bool:
    """Whether a receipt goes to the device: one that cash has a part in only where the centre wants
    that (setting tax_printer_for_cash), any other one always (decision 0134)."""
    return head.signs_cash or not receipt.paid.get("cash")
