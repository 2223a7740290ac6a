"""One message to the PCs that are selected on the Computers page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from lanhouse.app import create_app
from lanhouse.cafe.messages.tables import admin_messages
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.limits import MESSAGES_WAITING_MAX
from lanhouse.settings import AppSettings
from tests.builders.client import Client
from tests.builders.floor import Floor, open_floor
from tests.contract.pages.test_batch import form_of, pcs
from tests.contract.pages.test_pages import Desk, text_of

DIALOG = "/panel/computers/message"


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    assert freeze is not None
    return open_floor(store, pcs_count=3)


@pytest.fixture
def desk(floor: Floor, tmp_path: Path) -> Iterator[Desk]:
    app = create_app(AppSettings(data_dir=tmp_path), floor.store, with_ticker=False)
    with Client(app) as client:
        yield Desk(client, floor.hall.staff["staff"])


def waiting(floor: Floor) -> list[tuple[int, str]]:
    statement = sa.select(admin_messages.c.pc_id, admin_messages.c.text).order_by(
        admin_messages.c.id
    )
    return [tuple(row) for row in floor.store.read_sync(lambda read: read.all(statement))]


def test_one_message_waits_for_each_selected_pc(desk: Desk, floor: Floor) -> None:
    floor.guest("postpaid", "PC01")
    selected = desk.get(f"/panel/computers/selection?{pcs('PC01', 'PC03')}").text
    assert f"{DIALOG}?pc=PC01&amp;pc=PC03" in selected
    shown = desk.get(f"{DIALOG}?{pcs('PC01', 'PC03')}")
    assert "Message to 2 PCs" in text_of(shown)
    form = form_of(shown, text=" We close at ten. ")
    told = text_of(desk.post(DIALOG, form))
    assert told == "The message waits for 2 PCs."
    ids = [floor.pc_ids["PC01"], floor.pc_ids["PC03"]]
    assert waiting(floor) == [(pc_id, "We close at ten.") for pc_id in ids]
    # A second press is the same message.
    assert text_of(desk.post(DIALOG, form)) == told
    assert len(waiting(floor)) == 2
    assert "We close at ten." in text_of(desk.get("/panel/computers/panel?pc=PC03"))


def test_what_is_refused_is_sent_to_none(desk: Desk, floor: Floor) -> None:
    form = form_of(desk.get(f"{DIALOG}?{pcs('PC01', 'PC02')}"), text="  ")
    empty = desk.post(DIALOG, form)
    assert (empty.status_code, "is required" in text_of(empty)) == (400, True)
    for number in range(MESSAGES_WAITING_MAX):
        sent = form_of(desk.get(f"{DIALOG}?pc=PC02"), text=f"message {number}")
        desk.post(DIALOG, sent)
    before = waiting(floor)
    full = desk.post(DIALOG, {**form, "text": "One more"})
    assert "PC02: " in text_of(full)
    assert "messages wait for this PC already" in text_of(full)
    assert "One more" in full.text
    assert waiting(floor) == before
    unknown = desk.post(DIALOG, {**form, "pc": ["PC01", "PC99"], "text": "Hello"})
    assert unknown.status_code >= 400
    assert waiting(floor) == before
