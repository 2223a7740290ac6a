"""The sale that the side panel of a free PC holds."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import datetime

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.queries.computers import Selected, tender_shown
from lanhouse.cafe.desk.queries.quotes import (
    Quote,
    QuoteWanted,
    StartForm,
    StartOptions,
    quote,
    start_options,
)
from lanhouse.cafe.money.tenders import taken_at_desk
from lanhouse.db.store import Read


class PanelSale(msgspec.Struct, frozen=True, kw_only=True):
    """A form that begins with an hour for a guest, or only its name when the page has it.

    A page keeps the form of a name as it stands, whatever is typed in it; another price makes
    another name, so that nobody sells by one that holds no more.
    """

    name: str
    form: StartForm | None = None
    start: StartOptions | None = None
    quote: Quote | None = None
    tenders: list[str] = []


def panel_sale(
    read: Read,
    center: Center,
    actor: Actor,
    selected: Selected | None,
    at: datetime,
    *,
    write: Callable[[int], str],
    held: str = "",
) -> PanelSale | None:
    """The sale of a free PC for who may start sessions; None where none can be started.

    `write` says micros as the reader types them; `held` is the name of the form that the page has.
    """
    if selected is None or selected.rate is None or not actor.may("sessions.start"):
        return None
    if selected.seat.state != "free":
        return None
    shown = (selected.rate, selected.chips)
    name = f"sale-{selected.pc_id}-{zlib.crc32(repr(shown).encode()):08x}"
    if name == held:
        return PanelSale(name=name)
    payment = tender_shown(center)
    form = StartForm(pc=selected.seat.name, payment=payment, place="panel")
    wanted = QuoteWanted(center, form, at, actor.may("sessions.free"))
    options = start_options(read, wanted, selected)
    if not options.kinds:
        return None
    form.kind = options.kinds[0]
    form.amount = "" if options.asked_micros is None else write(options.asked_micros)
    return PanelSale(
        name=name,
        form=form,
        start=options,
        quote=quote(read, wanted, options),
        tenders=list(taken_at_desk(center)),
    )
