"""Rules for minors over the APIs and in the panel."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.cafe.minors.rules.presets import PRESETS
from lanhouse.kit import clock
from tests.builders.centers import open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.people import bearer_of
from tests.contract.pages.test_pages import Desk, hidden_fields, text_of

BANDS = (
    '[{"name":"Night","age":"","under":"16","days":"","on":"","start":"14:00","end":"18:00",'
    '"consent":"1"}]'
)
CONSENT = {"guardian": "Ana Costa", "reason": "stays with his brother", "until": "2026-03-05"}
BIG = "x" * 1_000_000


@pytest.fixture
def kid(client: Client, floor: Floor, freeze: clock.frozen) -> int:
    """Noon; who is under 16 does not play from 14 to 18. A member who is 11."""
    assert freeze is not None
    client.ok("PUT", "/configs/memberSettings", json={"minors_bands": BANDS})
    return floor.add_member("kid", balance=10 * EURO, birthday="2014-05-01")


def ask(client: Client, method: str, path: str, **options: Any) -> tuple[int, Any]:
    answer = client.raw(method, f"/api/native/v1/members/{path}", **options)
    return answer.status_code, answer.json()


def test_limits_are_told(client: Client, kid: int, freeze: clock.frozen) -> None:
    assert ask(client, "GET", f"{kid}/limits") == (
        200,
        {
            "may_play": True,
            "until": "2026-03-04T14:00:00.000000Z",
            "again_at": None,
            "consent_until": None,
            "rules": [
                {
                    "name": "Night",
                    "from_age": 0,
                    "under_age": 16,
                    "weekdays": [1, 2, 3, 4, 5, 6, 7],
                    "day": "any",
                    "start": "14:00",
                    "end": "18:00",
                    "is_lifted_by_consent": True,
                }
            ],
            "consents": [],
            "proofs": [],
        },
    )
    freeze.advance(3 * 3600)
    _, told = ask(client, "GET", f"{kid}/limits")
    assert (told["may_play"], told["until"]) == (False, None)
    assert told["again_at"] == "2026-03-04T18:00:00.000000Z"


def test_a_consent_is_given_once_a_key_and_withdrawn(
    client: Client, floor: Floor, kid: int
) -> None:
    path, key = f"{kid}/guardian-consents", {"Idempotency-Key": "k1"}
    status, made = ask(client, "POST", path, json=CONSENT, headers=key)
    assert status == 200
    assert ask(client, "POST", path, json=CONSENT, headers=key) == (200, made)
    _, told = ask(client, "GET", f"{kid}/limits")
    (given,) = told["consents"]
    assert (given["id"], given["guardian"], given["reason"]) == (
        made["id"],
        "Ana Costa",
        "stays with his brother",
    )
    # The whole day counts.
    assert given["until"] == told["consent_until"] == "2026-03-06T00:00:00.000000Z"
    assert told["until"] == "2026-03-06T14:00:00.000000Z"
    assert ask(client, "POST", f"{path}/{made['id']}/withdraw") == (200, made)
    _, told = ask(client, "GET", f"{kid}/limits")
    assert told["consents"][0]["withdrawn_at"] == "2026-03-04T12:00:00.000000Z"
    assert told["until"] == "2026-03-04T14:00:00.000000Z"
    floor.verify()


def test_a_proof_is_noted(client: Client, floor: Floor, kid: int) -> None:
    body = {"birthday": "2014-05-01", "document": "student"}
    status, made = ask(client, "POST", f"{kid}/age-proofs", json=body)
    assert status == 200
    _, told = ask(client, "GET", f"{kid}/limits")
    (seen,) = told["proofs"]
    assert (seen["id"], seen["document"]) == (made["id"], "student")
    floor.verify()


@pytest.mark.parametrize(
    ("call", "change", "status", "words"),
    [
        ("guardian-consents", {"guardian": ""}, 400, "guardian: is required"),
        ("guardian-consents", {"guardian": BIG}, 400, "guardian: "),
        ("guardian-consents", {"guardian": {"a": 1}}, 400, "guardian: "),
        ("guardian-consents", {"reason": None}, 400, "reason: "),
        ("guardian-consents", {"until": "tomorrow"}, 400, "until: must be a date"),
        ("guardian-consents", {"until": "2026-03-03"}, 400, "until: must lie ahead"),
        ("guardian-consents", {"until": "9999-12-31"}, 400, "until: must be"),
        ("guardian-consents", {"until": "2028-01-01"}, 400, "until: must be within"),
        ("age-proofs", {"birthday": "2014-05-02"}, 400, "birthday: is another one"),
        ("age-proofs", {"birthday": "x"}, 400, "birthday: "),
        ("age-proofs", {"document": "' OR 1=1 --"}, 400, "document: must be one of"),
        ("guardian-consents/99/withdraw", {}, 404, "Consent not found"),
        ("guardian-consents/x/withdraw", {}, 404, "Consent not found"),
    ],
)
def test_bad_input_is_kept_nowhere(
    client: Client, kid: int, call: str, change: dict[str, Any], status: int, words: str
) -> None:
    body = CONSENT | {"birthday": "2014-05-01", "document": "student"} | change
    code, answer = ask(client, "POST", f"{kid}/{call}", json=body)
    assert (code, answer["error"]["message"].startswith(words)) == (status, True), answer
    _, told = ask(client, "GET", f"{kid}/limits")
    assert (told["consents"], told["proofs"]) == ([], [])


def test_another_centre_finds_nobody(client: Client, floor: Floor, kid: int) -> None:
    _, made = ask(client, "POST", f"{kid}/guardian-consents", json=CONSENT)
    key = open_hall(floor.store, 8888).api_key
    for method, path, body in (
        ("GET", f"{kid}/limits", None),
        ("POST", f"{kid}/guardian-consents", CONSENT),
        ("POST", f"{kid}/guardian-consents/{made['id']}/withdraw", {}),
        ("POST", f"{kid}/age-proofs", {"birthday": "2014-05-01", "document": "student"}),
    ):
        code, answer = ask(client, method, path, json=body, key=key)
        assert (code, answer["error"]["message"]) == (404, "Member not found")
    _, told = ask(client, "GET", f"{kid}/limits")
    assert len(told["consents"]) == 1
    assert told["consents"][0]["withdrawn_at"] is None


def test_the_cafe_api_refuses_with_the_reason(
    client: Client, floor: Floor, kid: int, freeze: clock.frozen
) -> None:
    client.ok("PUT", "/configs/memberSettings", json={"minors_guests": "minor"})
    words = "PC01: the rules for minors allow play until 14:00"
    asked = {"pc_name": "PC01", "pc_add_value": "121"}
    assert client.refused("POST", "/pcSessions/initAddTimeMoney", json=asked) == (400, words)
    paid = {"pc_name": "PC01", "pc_cost": "4.04"}
    assert client.refused("POST", "/pcSessions/addTimeMoney", json=paid) == (400, words)
    asked = {"pc_name": "PC01", "pc_add_value": "120"}
    client.ok("POST", "/pcSessions/initAddTimeMoney", json=asked)
    client.ok("POST", "/pcSessions/addTimeMoney", json=paid | {"pc_cost": "4.00"})
    freeze.advance(2 * 3600)
    words = "PC02: the rules for minors allow no play before 18:00"
    for path, more in (
        ("memberSession", {"member_id": kid}),
        ("postpaidSession", {}),
        ("freeSession", {}),
        ("addTimeMoney", {"pc_cost": "1.00"}),
    ):
        body = {"pc_name": "PC02"} | more
        assert client.refused("POST", f"/pcSessions/{path}", json=body) == (400, words)
    assert len(floor.session_ids()) == 1
    assert floor.till() == (10 + 4) * EURO  # the member brought 10


def test_the_cafe_api_tells_whose_paper_was_seen(
    client: Client, floor: Floor, kid: int, freeze: clock.frozen
) -> None:
    assert kid
    client.ok("PUT", "/configs/memberSettings", json={"minors_guests": "minor"})
    freeze.advance(2 * 3600)
    both = {"pc_name": ["PC01", "PC02"]}
    paper = {"pc_name": "pc01", "birthday": "1990-01-01", "document": "passport"}
    body = {**both, "age_proofs": [paper]}
    words = "PC02: the rules for minors allow no play before 18:00"
    assert client.refused("POST", "/pcSessions/postpaidSession", json=body) == (400, words)
    assert floor.session_ids() == []
    for path, more in (
        ("postpaidSession", {}),
        ("freeSession", {}),
        ("addTimeMoney", {"pc_cost": "1.00"}),
    ):
        papers = [paper, {**paper, "pc_name": "PC02", "document": "licence"}]
        client.ok("POST", f"/pcSessions/{path}", json={**both, **more, "age_proofs": papers})
        client.ok("POST", "/pcSessions/checkout", json={"pc_name": ["PC01", "PC02"]})
    assert len(floor.session_ids()) == 6
    for wrong in (
        [paper, paper],
        [{**paper, "birthday": "x"}],
        [{**paper, "document": "tattoo"}],
        [{**paper, "pc_name": "PC03"}],
        [{"pc_name": "PC01"}],
        "x",
    ):
        body = {"pc_name": "PC01", "age_proofs": wrong}
        assert client.refused("POST", "/pcSessions/postpaidSession", json=body)[0] == 400, wrong
    assert len(floor.session_ids()) == 6
    floor.verify()


def test_a_guest_who_books_shows_his_paper_and_again_at_the_seat(
    client: Client, owner: Desk, floor: Floor, kid: int, freeze: clock.frozen
) -> None:
    assert kid
    client.ok("PUT", "/configs/memberSettings", json={"minors_guests": "minor"})
    native, key = "/api/native/v1/bookings", floor.hall.api_key
    wanted = {"pc_names": ["PC01"], "date": "2026-03-04", "time": "15:00", "minutes": 60}
    refused = client.raw("POST", native, key=key, json=wanted)
    assert refused.status_code == 422
    assert "the rules for minors" in refused.text
    page = text_of(owner.get("/panel/bookings/new"))
    assert "Birthday on the guest’s proof of age" in page
    booked = client.raw("POST", native, key=key, json={**wanted, "birthday": "1990-01-01"})
    number = booked.json()["bookings"][0]["booking"]["booking_id"]
    freeze.advance(3 * 3600)
    path = f"{native}/{number}/seat"
    for wrong in ({}, {"birthday": "1990-01-01", "document": "tattoo"}, {"birthday": "x"}):
        assert client.raw("POST", path, key=key, json=wrong).status_code in (400, 422), wrong
    card = owner.get(f"/panel/bookings/one?booking={number}")
    assert "Proof of age of this guest" in text_of(card)
    form = {"booking": number, "key": "seat"}
    asked = owner.post("/panel/bookings/seat", form)
    assert "the rules for minors allow no play before 18:00" in text_of(asked)
    assert not floor.is_busy("PC01")
    owner.post("/panel/bookings/seat", {**form, "document": "passport", "birthday": "1990-01-01"})
    assert floor.is_busy("PC01")
    floor.verify()


@pytest.mark.parametrize(
    ("bands", "words"),
    [
        ('[{"under":"16","start":"22:00"}]', "end"),
        ('[{"under":"16","start":"25:00","end":"06:00"}]', "start"),
        ('[{"under":"","start":"22:00","end":"06:00"}]', "under"),
        ('[{"age":"16","under":"16","start":"22:00","end":"06:00"}]', "must be above the age"),
        ('[{"under":"99","start":"22:00","end":"06:00"}]', "under"),
        ('[{"under":"16","days":"08","start":"22:00","end":"06:00"}]', "days"),
        ('[{"under":"16","on":"sometimes","start":"22:00","end":"06:00"}]', "on"),
        ("[" + ",".join(['{"under":"16","start":"22:00","end":"06:00"}'] * 21) + "]", "20 rows"),
        ("{}", "minors_bands"),
        ("x", "minors_bands"),
        (BIG, "minors_bands"),
    ],
)
def test_wrong_hours_are_refused(client: Client, kid: int, bands: str, words: str) -> None:
    body = {"minors_bands": bands}
    code, message = client.refused("PUT", "/configs/memberSettings", json=body)
    assert code == 400
    assert "minors_bands" in message
    assert words in message, message
    assert client.ok("GET", "/configs")["minors_bands"] == BANDS


# --- the panel -----------------------------------------------------------------------------------


@pytest.fixture
def owner(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["admin"])


def test_hours_of_a_country_are_taken_and_switched_off(
    client: Client, owner: Desk, kid: int, floor: Floor
) -> None:
    page = text_of(owner.get("/panel/settings/minors"))
    assert "check locally" in page
    assert "under 16 years, 14:00 to 18:00" in page
    session = floor.member(kid, "PC01")
    for preset in PRESETS:
        owner.post("/panel/settings/minors", {"preset": preset.code})
        assert client.ok("GET", "/configs")["minors_bands"] == preset.text
        assert preset.country in text_of(owner.get("/panel/settings/minors"))
    owner.post("/panel/settings/minors", {"preset": "off"})
    assert client.ok("GET", "/configs")["minors_bands"] == "[]"
    # Brazil's let nobody of 11 play alone: it ended then, and money or rules do not wake it.
    assert floor.session(session.id).expires_at == session.started_at
    assert owner.post("/panel/settings/minors", {"preset": "XX"}).status_code == 400


def test_the_settings_form_edits_hours(client: Client, owner: Desk, kid: int) -> None:
    row = {"name": "Day", "under": "14", "start": "08:00", "end": "12:00"}
    sent = {f"minors_bands[0][{name}]": value for name, value in row.items()}
    owner.post("/panel/settings/member", sent)
    assert '"under":"14"' in client.ok("GET", "/configs")["minors_bands"]


def test_the_card_tells_and_notes(owner: Desk, floor: Floor, kid: int) -> None:
    path = f"/panel/members/{kid}"
    assert "May play until" in text_of(owner.get(path))
    sent = {"guardian": "<b>Ana</b>", "guardian_reason": "r", "guardian_until": "2026-03-05"}
    owner.post(f"{path}/guardians", sent)
    owner.post(f"{path}/proofs", {"proof_birthday": "2014-05-01", "proof_document": "passport"})
    page = owner.get(path).text
    assert "&lt;b&gt;Ana&lt;/b&gt;" in page
    assert "<b>Ana</b>" not in page
    assert "Passport, seen by" in text_of(owner.get(path))
    owner.post(f"{path}/guardians/1/withdraw", {})
    assert "withdrawn" in text_of(owner.get(path))
    wrong = owner.post(f"{path}/guardians", sent | {"guardian_until": "x"})
    assert wrong.status_code == 400
    assert "must be a date" in text_of(wrong)
    wrong = owner.post(f"{path}/proofs", {"proof_birthday": "2000-01-01"})
    assert wrong.status_code == 400
    floor.verify()


def test_the_desk_says_why_and_when(
    owner: Desk, floor: Floor, kid: int, freeze: clock.frozen
) -> None:
    floor.member(kid, "PC01")
    panel = "/panel/computers/panel?pc=PC01"
    assert "Minor:" not in text_of(owner.get(panel))
    freeze.advance(6300)
    assert "Minor: may play until 14:00" in text_of(owner.get(panel))
    quote = "/panel/computers/start?pc=PC02&kind=member&member=kid"
    freeze.advance(900)
    assert "The rules for minors allow no play before" in text_of(owner.get(quote))


def test_a_guest_shows_his_age_in_the_start_dialog(
    client: Client, owner: Desk, floor: Floor, kid: int, freeze: clock.frozen
) -> None:
    assert kid
    start = "/panel/computers/start"
    url, on = "/api/native/v1/settings/member", {"minors_guests": "minor"}
    assert client.raw("PUT", url, key=floor.hall.api_key, json=on).status_code == 200
    freeze.advance(2 * 3600)
    quote = "/panel/computers/quote?pc=PC02&kind=postpaid"
    assert "allow no play before" in text_of(owner.get(quote))
    shown = "&document=passport&birthday=1990-01-01"
    assert "Time counts up from now" in text_of(owner.get(quote + shown))
    page = owner.get(f"{start}?pc=PC02&kind=postpaid")
    assert "Proof of age of this guest" in text_of(page)
    assert "Guest with a proof of age…" in text_of(owner.get("/panel/computers/panel?pc=PC02"))
    form = {**hidden_fields(page), "kind": "postpaid", "document": "passport"}
    wrong = owner.post(start, {**form, "birthday": "x"})
    assert "must be a date such as" in text_of(wrong)
    assert not floor.is_busy("PC02")
    owner.post(start, {**form, "birthday": "1990-01-01"})
    assert floor.is_busy("PC02")
    floor.verify()


def test_staff_may_note_and_the_owner_chooses(client: Client, floor: Floor, kid: int) -> None:
    staff = bearer_of(floor.hall, "staff")
    status, _ = ask(client, "POST", f"{kid}/guardian-consents", json=CONSENT, key=staff)
    assert status == 200
    desk = Desk(client, floor.hall.staff["staff"])
    assert desk.post("/panel/settings/minors", {"preset": "DE"}).status_code == 403
