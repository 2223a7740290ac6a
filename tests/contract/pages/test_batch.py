"""One act on several PCs: what is done, what is refused, and that nothing is done twice."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lanhouse.app import create_app
from lanhouse.auth.passwords import make_hash
from lanhouse.cafe.members.commands import guest_secret
from lanhouse.db.store import Store
from lanhouse.settings import AppSettings
from tests.builders.centers import open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.secrets import VAULT
from tests.contract.pages.test_pages import Desk, hidden_fields, text_of

BATCH = "/panel/computers/batch"


@pytest.fixture
def floor(store: Store, freeze: Any) -> Floor:
    assert freeze is not None
    return open_floor(store, pcs_count=4, price_cents=300)


@pytest.fixture
def client(floor: Floor, tmp_path: Path) -> Iterator[Client]:
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0)
    with Client(create_app(settings, floor.store, vault=VAULT, with_ticker=False)) as opened:
        yield opened


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["admin"])


def pcs(*names: str) -> str:
    return "&".join(f"pc={name}" for name in names)


def form_of(response: httpx.Response, **chosen: str) -> dict[str, Any]:
    """What the dialog would send: its hidden fields, each with all its values, and choices."""
    found: dict[str, Any] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', response.text):
        found.setdefault(name, []).append(html.unescape(value))
    return {**found, **chosen}


def test_several_are_checked_out_and_a_second_press_does_nothing(
    desk: Desk, floor: Floor, freeze: Any
) -> None:
    floor.guest("postpaid", "PC01")
    floor.guest("prepaid", "PC02", paid_micros=6 * EURO)
    freeze.advance(3600)
    dialog = desk.get(f"{BATCH}/check-out?{pcs('PC01', 'PC02', 'PC03')}")
    words = text_of(dialog)
    assert "Check 2 PCs out" in words
    assert "To take €3.00 Give back in cash €3.00" in words
    assert "PC03 : the PC is not in use" in words
    form = form_of(dialog, payment="card")
    done = text_of(desk.post(f"{BATCH}/check-out", form))
    assert done == "2 PCs are free. €3.00 taken. €3.00 given back in cash."
    assert (floor.till(), floor.till("card")) == (3 * EURO, 3 * EURO)
    assert text_of(desk.post(f"{BATCH}/check-out", form)) == done
    assert (floor.till(), floor.till("card")) == (3 * EURO, 3 * EURO)
    floor.verify()


def test_what_is_refused_on_one_leaves_the_others_done(
    desk: Desk, floor: Floor, freeze: Any
) -> None:
    floor.guest("postpaid", "PC01")
    floor.guest("postpaid", "PC02")
    freeze.advance(3600)
    form = form_of(desk.get(f"{BATCH}/check-out?{pcs('PC01', 'PC02')}"), payment="cash")
    # At another desk the guest of PC02 leaves, and somebody else sits down.
    floor.check_out("PC02")
    other = floor.guest("postpaid", "PC02")
    before = floor.till()
    answer = desk.post(f"{BATCH}/check-out", form)
    words = text_of(answer)
    assert "1 PC is free. €3.00 taken." in words
    assert "1 PC was refused and stays as it was: PC02" in words
    assert "data-left='[\"PC02\"]'" in answer.text
    assert floor.till() - before == 3 * EURO
    assert not floor.is_busy("PC01")
    assert floor.session_ids()[-1] == other.id
    assert floor.is_busy("PC02")
    floor.verify()


def test_guests_start_on_each_at_the_price_of_its_group(desk: Desk, floor: Floor) -> None:
    floor.guest("postpaid", "PC02")
    dialog = desk.get(f"{BATCH}/start?{pcs('PC01', 'PC02', 'PC03')}&minutes=120")
    assert "PC02 : the PC is in use" in text_of(dialog)
    assert "Take €12.00 for 2 PCs" in text_of(dialog)
    form = form_of(dialog, kind="guest", minutes="120", payment="cash")
    answer = desk.post(f"{BATCH}/sale", form)
    assert "2 PCs run. €12.00 taken." in text_of(answer)
    # Whoever plays gets the log-in from the desk.
    assert len(re.findall(r"G_\w+ · \w+", text_of(answer))) == 2
    assert floor.till() == 12 * EURO
    again = desk.post(f"{BATCH}/sale", form)
    assert "2 PCs run. €12.00 taken." in text_of(again)
    assert floor.till() == 12 * EURO
    assert len(floor.session_ids()) == 3
    floor.verify()


def test_what_was_chosen_since_is_shown_before_it_is_sold(desk: Desk, floor: Floor) -> None:
    form = form_of(desk.get(f"{BATCH}/start?{pcs('PC01')}&minutes=60"))
    answer = desk.post(f"{BATCH}/sale", {**form, "kind": "guest", "minutes": "300"})
    assert answer.status_code == 409
    assert "Take €15.00 for 1 PC" in text_of(answer)
    assert floor.till() == 0
    assert floor.session_ids() == []
    part = desk.get(f"{BATCH}/lines?{pcs('PC01')}&act=start&kind=postpaid&minutes=60")
    assert 'value="postpaid 60"' in part.text
    assert "Start 1 PC" in text_of(part)


def test_time_goes_only_to_the_session_that_was_shown(desk: Desk, floor: Floor) -> None:
    first = floor.guest("prepaid", "PC01", paid_micros=3 * EURO)
    floor.guest("postpaid", "PC02")
    dialog = desk.get(f"{BATCH}/time?{pcs('PC01', 'PC02')}&minutes=30")
    assert "PC02 : this session has no account for money" in text_of(dialog)
    form = form_of(dialog, kind="guest", minutes="30", payment="card")
    floor.check_out("PC01")
    second = floor.guest("prepaid", "PC01", paid_micros=3 * EURO)
    assert first.id != second.id
    answer = desk.post(f"{BATCH}/sale", form)
    assert "1 PC was refused and stays as it was: PC01" in text_of(answer)
    assert floor.till("card") == 0
    fresh = form_of(
        desk.get(f"{BATCH}/time?{pcs('PC01')}&minutes=30"),
        kind="guest",
        minutes="30",
        payment="card",
    )
    assert "Time added on 1 PC. €1.50 taken." in text_of(desk.post(f"{BATCH}/sale", fresh))
    assert floor.till("card") == 3 * EURO // 2
    floor.verify()


def test_pcs_go_out_of_order_and_back(desk: Desk, floor: Floor) -> None:
    floor.guest("postpaid", "PC02")
    dialog = desk.get(f"{BATCH}/order?{pcs('PC01', 'PC02', 'PC03')}&act=break")
    form = form_of(dialog, reason="Fan <b>noise")
    done = desk.post(f"{BATCH}/order", form)
    assert "2 PCs are out of order." in text_of(done)
    assert "Fan &lt;b&gt;noise" in desk.get("/panel/computers").text
    back = form_of(desk.get(f"{BATCH}/order?{pcs('PC01', 'PC03')}&act=mend"))
    assert "2 PCs are in order again." in text_of(desk.post(f"{BATCH}/order", back))
    assert "noise" not in desk.get("/panel/computers").text


@pytest.mark.parametrize(
    "line",
    ["", "1", "1 2 3 4", "x 0 0 0 ", "1 0 9999999999999999999 0 s", "1 0 1.5 0 s", "<b> 0 0 0 s"],
)
def test_a_line_that_is_none_is_refused(desk: Desk, floor: Floor, line: str) -> None:
    form = {"each": [line], "shown": "guest 60", "kind": "guest", "minutes": "60", "key": "k1"}
    answer = desk.post(f"{BATCH}/sale", form)
    assert answer.status_code in (400, 422)
    assert floor.session_ids() == []


def test_too_little_cash_is_refused_before_anything_is_done(desk: Desk, floor: Floor) -> None:
    form = form_of(desk.get(f"{BATCH}/start?{pcs('PC01', 'PC03')}&minutes=60"))
    chosen = {"kind": "guest", "minutes": "60", "payment": "cash"}
    short = desk.post(f"{BATCH}/sale", {**form, **chosen, "received": "5.99"})
    assert "is less than what is to be paid" in text_of(short)
    assert floor.session_ids() == []
    assert floor.till() == 0
    done = desk.post(f"{BATCH}/sale", {**form, **chosen, "received": "10"})
    assert "2 PCs run. €6.00 taken. Give back €4.00." in text_of(done)


def test_another_centres_pc_and_session_are_not_reached(
    client: Client, desk: Desk, floor: Floor
) -> None:
    floor.guest("postpaid", "PC01")
    form = form_of(desk.get(f"{BATCH}/check-out?{pcs('PC01')}"), payment="cash")
    hall = open_hall(floor.store, 8888)
    stranger = Desk(client, hall.staff["admin"], "8888")
    answer = stranger.post(f"{BATCH}/check-out", form)
    assert "There is no PC with this name." in text_of(answer)
    assert floor.is_busy("PC01")
    assert "PC01" not in text_of(stranger.get(f"{BATCH}/check-out?{pcs('PC01')}"))
    assert stranger.get(f"/panel/computers/selection?{pcs('PC01')}").text == ""


def test_the_selection_counts_and_sums(desk: Desk, floor: Floor, freeze: Any) -> None:
    floor.guest("postpaid", "PC01")
    floor.guest("postpaid", "PC02")
    floor.break_pc("PC04", "Fan")
    freeze.advance(3600)
    names = pcs("PC01", "PC02", "pc03", "PC04", "nothing")
    words = text_of(desk.get(f"/panel/computers/selection?{names}"))
    assert words.startswith("4 PCs 1 Free 2 Playing 1 Out of order Bills so far €6.00")
    assert "Check 2 PCs out" in words


def test_the_timeline_tells_what_was(desk: Desk, floor: Floor, freeze: Any) -> None:
    floor.guest("postpaid", "PC01")
    freeze.advance(1800)
    floor.check_out("PC01")
    ((name, begin, end, state),) = desk.get("/panel/computers/past").json()
    assert (name, end - begin, state) == ("PC01", 1_800_000, "postpaid")
    freeze.advance(4 * 3600)
    assert desk.get("/panel/computers/past").json() == []


def test_takings_are_the_days_and_only_for_who_reads_reports(
    client: Client, desk: Desk, floor: Floor, freeze: Any
) -> None:
    floor.pay(5 * EURO, "PC01")
    floor.pay(2 * EURO, "PC02", payment="card")
    words = text_of(desk.get("/panel/computers/takings"))
    assert words == "Taken today €7.00 Cash €5.00 Card €2.00"
    cashier = Desk(client, floor.hall.staff["staff"])
    assert cashier.get("/panel/computers/takings").status_code == 403
    assert "panel/computers/takings" not in cashier.get("/panel/computers").text
    freeze.advance(24 * 3600)
    assert "Taken today €0.00" in text_of(desk.get("/panel/computers/takings"))


def test_what_was_done_is_told_again_without_new_passwords(
    desk: Desk, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashing is slow: a form that is sent again as its answer was lost is answered at once."""
    hashed: list[str] = []

    async def counted(password: str) -> str:
        hashed.append(password)
        return await make_hash(password)

    monkeypatch.setattr(guest_secret, "make_hash", counted)
    form = form_of(desk.get(f"{BATCH}/start?{pcs('PC01', 'PC02')}"), kind="guest", minutes="60")
    first = desk.post(f"{BATCH}/sale", form)
    assert "2 PCs run" in text_of(first)
    assert len(hashed) == 2
    assert desk.post(f"{BATCH}/sale", form).text == first.text
    assert len(hashed) == 2
    # Time is added to who has a password already.
    more = form_of(desk.get(f"{BATCH}/time?{pcs('PC01', 'PC02')}"), minutes="60")
    assert desk.post(f"{BATCH}/sale", more).status_code == 200
    one = {**hidden_fields(desk.get("/panel/computers/start?pc=PC01")), "kind": "guest"}
    assert "data-done" in desk.post("/panel/computers/start", {**one, "amount": "3"}).text
    assert len(hashed) == 2
    assert floor.till() == 15 * EURO
