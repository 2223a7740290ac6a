"""What the start dialog asks for, as it was typed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from lanhouse.cafe.minors.schemas import SeenProof
from lanhouse.cafe.shifts.queries.shift_first import ShiftFirst
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say


def typed_proof(document: str, birthday: str) -> SeenProof | None:
    """What a new guest has shown of his age, as typed; None where nothing is. Raises InvalidInput
    of `birthday`."""
    if not document and not birthday.strip():
        return None
    try:
        return SeenProof(date.fromisoformat(birthday.strip()), document)
    except ValueError:
        raise InvalidInput({"birthday": say("must be a date such as 2026-12-31")}) from None


class StartForm(ShiftFirst):
    """The start dialog's fields as they were typed. `kind` is one of StartOptions.kinds."""

    pc: str = ""
    kind: str = ""
    amount: str = ""
    member: str = ""
    offer: str = ""
    payment: str = "cash"
    players: int = 1
    priced_players: int = 0
    """For how many the sum that stands there was priced; 0 = not told."""
    minutes: int = 0
    """A length that was asked for by a time chip; becomes an amount when the dialog opens."""
    session: int = 0
    """The session that ran on the PC when the dialog was opened; 0 = the PC was free."""
    shown: int = 0
    """The id of the member whom the quote showed; 0 = none yet."""
    confirmed: int = 0
    """The sum in micros that the desk was asked about once more; 0 = none."""
    received: str = ""
    """The cash that was handed over, as it was typed; empty = exactly the sum."""
    priced: str = ""
    """The tender by which the buttons for lengths of time are priced, as they stand there."""
    document: Annotated[str, Meta(max_length=20)] = ""
    """Which paper a new guest has shown; empty = none."""
    birthday: Annotated[str, Meta(max_length=40)] = ""
    place: Literal["", "panel"] = ""
    """Where the form stands: in a dialog, or beside the map."""
    key: str = ""

    @property
    def shown_birthday(self) -> date | None:
        """The birthday on the paper that was shown; None while none is typed whole."""
        try:
            return date.fromisoformat(self.birthday) if self.document else None
        except ValueError:
            return None

    @property
    def proofs(self) -> dict[str, SeenProof]:
        """PC -> what a new guest there has shown of his age, if anything. Raises InvalidInput."""
        proof = typed_proof(self.document, self.birthday)
        return {} if proof is None else {self.pc.casefold(): proof}

    @property
    def offer_id(self) -> int:
        """The chosen offer; 0 when none is, or what stands there is no id."""
        is_id = self.offer.isascii() and self.offer.isdigit() and len(self.offer) < 18
        return int(self.offer) if is_id else 0
