"""Which way money goes back, as the desk sees and chooses it (decision 0078)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lanhouse.app import create_app
from lanhouse.db.store import Store
from lanhouse.settings import AppSettings
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.contract.pages.test_pages import Desk, hidden_fields, text_of

CHECK_OUT = "/panel/computers/check-out"
TOP_UP = "/panel/members/top-up"
PAY_OUT = "/panel/members/pay-out"


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=2, price_cents=300)


@pytest.fixture
def client(floor: Floor, tmp_path: Path) -> Iterator[Client]:
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0)
    with Client(create_app(settings, floor.store, with_ticker=False)) as opened:
        yield opened


def test_a_cashier_gives_back_what_the_dialog_shows(
    client: Client, floor: Floor, freeze: Any
) -> None:
    session = floor.guest("prepaid", "PC01", paid_micros=4 * EURO)
    floor.pay(2 * EURO, "PC01", payment="card")
    freeze.advance(3600)
    cashier = Desk(client, floor.hall.staff["staff"])
    dialog = cashier.get(f"{CHECK_OUT}?pc=PC01")
    assert "Give back on the card €2.00 Give back in cash €1.00" in text_of(dialog)
    assert 'name="back"' not in dialog.text
    form = hidden_fields(dialog)
    refused = cashier.post(CHECK_OUT, {**form, "back": "cash", "comment": "he asked"})
    assert "You do not have the right for this." in text_of(refused)
    assert floor.is_busy("PC01")
    done = cashier.post(CHECK_OUT, form)
    assert "PC01 is free. €2.00 given back on the card. €1.00 given back in cash." in text_of(done)
    receipt = text_of(cashier.get(f"/panel/receipts/{session.id}"))
    assert "Given back in cash €1.00 Given back on the card €2.00" in receipt
    assert (floor.till(), floor.till("card")) == (3 * EURO, 0)
    floor.verify()


def test_a_manager_chooses_another_way_with_a_reason(
    client: Client, floor: Floor, freeze: Any
) -> None:
    floor.guest("prepaid", "PC01", paid_micros=5 * EURO, payment="card")
    freeze.advance(3600)
    manager = Desk(client, floor.hall.staff["manager"])
    dialog = manager.get(f"{CHECK_OUT}?pc=PC01")
    assert "As it came 1 Cash 2 Card 3" in text_of(dialog)
    form = {**hidden_fields(dialog), "back": "cash"}
    refused = manager.post(CHECK_OUT, form)
    assert "is required when money goes back another way than it came" in text_of(refused)
    assert 'id="comment-more"' in refused.text
    assert floor.is_busy("PC01")
    done = manager.post(CHECK_OUT, {**form, "comment": "the card is blocked"})
    assert "€2.00 given back in cash." in text_of(done)
    assert (floor.till(), floor.till("card")) == (-2 * EURO, 5 * EURO)
    (told,) = floor.logs("OTHERTENDER")
    assert told.details.endswith("Comment: the card is blocked")


def test_the_pay_out_dialog_gives_money_back_the_way_it_came(client: Client, floor: Floor) -> None:
    floor.add_member("rui_s")
    cashier = Desk(client, floor.hall.staff["staff"])
    cashier.post(TOP_UP, {"member": "rui_s", "amount": "10", "payment": "card", "key": "k1"})
    form = {"member": "rui_s", "amount": "4", "comment": "typing error"}
    preview = cashier.get(f"{PAY_OUT}/quote?member=rui_s&amount=4")
    assert "Give back on the card: €4.00" in text_of(preview)
    assert 'name="back"' not in cashier.get(f"{PAY_OUT}?member=rui_s").text
    refused = cashier.post(PAY_OUT, {**form, "back": "cash", "key": "k2"})
    assert "You do not have the right for this." in text_of(refused)
    # How money would come in says nothing about how it goes back.
    done = cashier.post(PAY_OUT, {**form, "payment": "cash", "key": "k3"})
    assert "€4.00 given back on the card." in text_of(done)
    assert (floor.till(), floor.till("card")) == (0, 6 * EURO)
    manager = Desk(client, floor.hall.staff["manager"])
    assert 'name="back"' in manager.get(f"{PAY_OUT}?member=rui_s").text
    manager.post(PAY_OUT, {**form, "back": "cash", "key": "k4"})
    assert (floor.till(), floor.till("card")) == (-4 * EURO, 6 * EURO)
    floor.verify()
