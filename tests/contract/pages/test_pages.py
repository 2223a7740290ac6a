"""The pages over HTTP: who may open them, what a form does once, what is never shown."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import sqlalchemy as sa

from lanhouse.app import all_routes, create_app
from lanhouse.auth.passwords import password_matches
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.pricing.rules import Window
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.db.audit import audit_log
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.sheets import csv_rows
from lanhouse.settings import AppSettings
from lanhouse.web.routes import Route
from tests.builders.centers import PASSWORD, open_hall, password_hash
from tests.builders.client import Client
from tests.builders.floor import CENT, EURO, Floor, open_floor
from tests.builders.secrets import VAULT

PANEL = [route for route in all_routes() if route.surface == "panel"]
GUARDED = [route for route in PANEL if not route.public]


class Desk:
    """A browser that is signed in to the panel."""

    def __init__(
        self, client: Client, account: str, center: str = "7777", *, password: str = PASSWORD
    ) -> None:
        self._client = client
        form = {"center": center, "account": account, "password": password}
        answer = client.raw("POST", "/panel/sign-in", data=form)
        assert answer.status_code == 303, answer.text
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        self.csrf = ""

    def get(self, path: str, **headers: str) -> httpx.Response:
        """A page or a part of one."""
        return self._client.raw("GET", path, headers={"Cookie": self.cookie, **headers})

    def post(self, path: str, data: dict[str, Any], **headers: str) -> httpx.Response:
        """A form as the page's script sends it."""
        if not self.csrf:
            page = self.get("/panel/computers").text
            found = re.search(r'name="csrf-token" content="([^"]+)"', page)
            assert found is not None
            self.csrf = found[1]
        sent = {"Cookie": self.cookie, "X-CSRF-Token": self.csrf, "HX-Request": "true", **headers}
        return self._client.raw("POST", path, data=data, headers=sent)


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=4, price_cents=300)


@pytest.fixture
def client(floor: Floor, tmp_path: Path) -> Iterator[Client]:
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0)
    with Client(create_app(settings, floor.store, vault=VAULT, with_ticker=False)) as opened:
        yield opened


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["admin"])


def text_of(response: httpx.Response) -> str:
    """The words of a page without its tags; what is set apart for its direction stays in line."""
    inline = re.sub(r"</?bdi>", "", response.text)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", inline)).split())


def hidden_fields(response: httpx.Response) -> dict[str, str]:
    """What a dialog's form carries unseen."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', response.text))


def _url(route: Route) -> str:
    return re.sub(r"\{[^}]+\}", "1", route.path)


class TestWhoMayOpen:
    @pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.id)
    def test_nobody_is_sent_to_the_sign_in(self, client: Client, route: Route) -> None:
        answer = client.raw(route.method, _url(route))
        back = f"?{urlencode({'next': _url(route)})}" if route.method == "GET" else ""
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/panel/sign-in{back}"
        assert answer.text == ""

    @pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.id)
    def test_an_api_key_opens_no_page(self, client: Client, floor: Floor, route: Route) -> None:
        answer = client.raw(route.method, _url(route), key=floor.hall.api_key)
        assert answer.status_code == 303

    def test_staff_without_the_right_get_a_clear_refusal(
        self, client: Client, floor: Floor
    ) -> None:
        for role in ("staff", "manager"):
            answer = Desk(client, floor.hall.staff[role]).get("/panel/settings/api")
            assert answer.status_code == 403
            assert "You do not have the right for this. Ask somebody" in text_of(answer)
            assert "api_keys" not in answer.text
            assert "lhk_" not in answer.text

    def test_the_bare_address_leads_to_the_computers(self, client: Client, desk: Desk) -> None:
        first = client.raw("GET", "/")
        assert (first.status_code, first.headers["location"]) == (303, "/panel")
        assert desk.get("/panel").headers["location"] == "/panel/computers"

    def test_the_rail_shows_only_what_the_role_may_open(self, client: Client, floor: Floor) -> None:
        admin = Desk(client, floor.hall.staff["admin"]).get("/panel/computers").text
        staff = Desk(client, floor.hall.staff["staff"]).get("/panel/computers").text
        assert 'href="/panel/settings"' in admin
        assert 'href="/panel/settings"' not in staff

    def test_a_signed_out_cookie_counts_no_longer(self, client: Client, desk: Desk) -> None:
        answer = client.raw("POST", "/panel/sign-out", headers={"Cookie": desk.cookie})
        assert answer.status_code == 303
        assert "Max-Age=0" in answer.headers["set-cookie"]
        assert desk.get("/panel/computers").status_code == 303

    def test_who_was_signed_out_is_told_and_comes_back(
        self, client: Client, floor: Floor, desk: Desk
    ) -> None:
        client.raw("POST", "/panel/sign-out", headers={"Cookie": desk.cookie})
        lost = desk.get("/panel/members?search=a%26b&page=2")
        place = lost.headers["location"]
        assert place == "/panel/sign-in?next=%2Fpanel%2Fmembers%3Fsearch%3Da%2526b%26page%3D2"
        shown = desk.get(place)
        assert "You were signed out; sign in to go on." in text_of(shown)
        assert "You were signed out" not in text_of(client.raw("GET", "/panel/sign-in"))
        form = {"center": "7777", "account": floor.hall.staff["admin"], "password": PASSWORD}
        answer = client.raw("POST", "/panel/sign-in", data={**form, **hidden_fields(shown)})
        assert html.unescape(answer.headers["location"]) == "/panel/members?search=a%26b&page=2"

    def test_an_open_page_comes_back_to_itself(self, client: Client) -> None:
        url = "http://testserver/panel/computers?pc=PC%2001"
        headers = {"HX-Request": "true", "HX-Current-URL": url}
        answer = client.raw("GET", "/panel/computers/map?seen=x", headers=headers)
        place = answer.headers["hx-redirect"]
        assert place == "/panel/sign-in?next=%2Fpanel%2Fcomputers%3Fpc%3DPC%252001&out=1"
        assert "You were signed out" in text_of(client.raw("GET", place))

    @pytest.mark.parametrize(
        "place",
        [
            "https://evil.example/panel/",
            "//evil.example/panel/",
            "/\\evil.example",
            "\\\\evil.example",
            "/panel\n/x",
            "javascript:alert(1)",
            "/portal",
            "/panel/sign-out",
            "/panel/sign-in",
            "/panel/ü",
            "",
        ],
    )
    def test_the_way_back_leads_nowhere_else(
        self, client: Client, floor: Floor, place: str
    ) -> None:
        form = {"center": "7777", "account": floor.hall.staff["admin"], "password": PASSWORD}
        answer = client.raw("POST", "/panel/sign-in", data={**form, "next": place})
        assert answer.headers["location"] == "/panel/computers"
        page = client.raw("GET", "/panel/sign-in", params={"next": place})
        assert hidden_fields(page)["next"] == "/panel/computers"

    def test_the_cookie_is_closed_to_scripts_and_other_sites(
        self, client: Client, floor: Floor
    ) -> None:
        form = {"center": "hall7777", "account": floor.hall.staff["staff"], "password": PASSWORD}
        answer = client.raw("POST", "/panel/sign-in", data=form)
        assert {"HttpOnly", "SameSite=Lax"} <= set(answer.headers["set-cookie"].split("; "))

    def test_a_wrong_password_tells_not_which_was_wrong(self, client: Client, floor: Floor) -> None:
        texts = set()
        for account, password in (
            (floor.hall.staff["staff"], "wrong"),
            ("nobody", PASSWORD),
        ):
            form = {"center": "7777", "account": account, "password": password}
            answer = client.raw("POST", "/panel/sign-in", data=form)
            assert answer.status_code == 401
            assert "set-cookie" not in answer.headers
            found = re.search(r'role="alert">.*?<span>(.*?)</span>', answer.text)
            texts.add(found and found[1])
        assert texts == {"The account or the password is wrong."}

    def test_an_unknown_centre_is_told_like_a_wrong_password(self, client: Client) -> None:
        form = {"center": "nowhere", "account": "a", "password": "b"}
        answer = client.raw("POST", "/panel/sign-in", data=form)
        assert answer.status_code == 401
        assert "The account or the password is wrong." in answer.text


class TestForgery:
    FORM = {"pc": "PC01", "kind": "guest", "amount": "3.00", "payment": "cash", "key": "k1"}  # noqa: RUF012

    def test_a_post_without_the_secret_does_nothing(
        self, client: Client, desk: Desk, floor: Floor
    ) -> None:
        answer = client.raw(
            "POST", "/panel/computers/start", data=self.FORM, headers={"Cookie": desk.cookie}
        )
        assert answer.status_code == 403
        assert not floor.is_busy("PC01")

    def test_a_post_from_another_site_does_nothing(self, desk: Desk, floor: Floor) -> None:
        answer = desk.post("/panel/computers/start", self.FORM, Origin="https://evil.example")
        assert answer.status_code == 403
        assert not floor.is_busy("PC01")

    def test_pages_forbid_inline_scripts_and_framing(self, desk: Desk) -> None:
        policy = desk.get("/panel/computers").headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


class TestMap:
    def test_it_shows_every_pc_with_its_state(self, desk: Desk, floor: Floor) -> None:
        floor.pay(3 * EURO, "PC01")
        floor.guest("postpaid", "PC02")
        floor.break_pc("PC03", "Fan noise")
        page = desk.get("/panel/computers/map").text
        states = dict(re.findall(r'data-pc="(\w+)" data-state="(\w+)"', page))
        assert states == {"PC01": "prepaid", "PC02": "postpaid", "PC03": "broken", "PC04": "free"}
        assert "Fan noise" in page

    def test_a_pc_out_of_order_is_put_in_order_from_its_panel(
        self, desk: Desk, floor: Floor
    ) -> None:
        floor.break_pc("PC03", "Fan noise")
        panel = desk.get("/panel/computers/panel?pc=PC03")
        path = "/panel/computers/batch/order?pc=PC03&amp;act=mend"
        assert f'hx-get="{path}"' in panel.text
        assert "In order again" in text_of(desk.get(path.replace("&amp;", "&")))

    def test_a_poll_answers_only_what_has_changed(self, desk: Desk, floor: Floor) -> None:
        page = desk.get("/panel/computers").text
        assert set(re.findall(r'data-pc="(\w+)"', page)) == {"PC01", "PC02", "PC03", "PC04"}
        name = re.findall(r'data-name="(\w+)"', page)[0]
        assert "data-pc" not in desk.get(f"/panel/computers/map?seen={name}").text
        floor.guest("postpaid", "PC02")
        changed = desk.get(f"/panel/computers/map?seen={name}").text
        assert re.findall(r'data-pc="(\w+)" data-state="(\w+)"', changed) == [("PC02", "postpaid")]
        assert "3 free of 4" in changed
        whole = desk.get("/panel/computers/map?seen=unheard-of").text
        assert len(re.findall(r'data-pc="', whole)) == 4

    def test_names_are_told_as_text_never_as_markup(self, desk: Desk, floor: Floor) -> None:
        floor.add_pc("<b>PC</b>")
        floor.break_pc("PC04", "<script>x</script>")
        page = desk.get("/panel/computers?pc=%3Cb%3EPC%3C/b%3E").text
        assert "<b>PC</b>" not in page
        assert "&lt;b&gt;PC&lt;/b&gt;" in page
        assert "<script>x" not in page

    def test_another_centres_pcs_are_unseen(self, client: Client, desk: Desk, floor: Floor) -> None:
        other = open_hall(floor.store, 7778)
        stranger = Desk(client, other.staff["admin"], "7778")
        assert "PC01" in desk.get("/panel/computers/map").text
        assert "PC01" not in stranger.get("/panel/computers/map").text
        assert stranger.get("/panel/computers/panel?pc=PC01").text == ""
        form = {"pc": "PC01", "kind": "guest", "amount": "3", "payment": "cash", "key": "k"}
        assert stranger.post("/panel/computers/start", form).status_code == 404
        assert not floor.is_busy("PC01")

    def test_an_unknown_pc_has_an_empty_panel(self, desk: Desk) -> None:
        answer = desk.get("/panel/computers/panel?pc=none")
        assert (answer.status_code, answer.text) == (200, "")


class TestStart:
    def test_the_same_form_twice_sells_once(self, desk: Desk, floor: Floor) -> None:
        form = {"pc": "PC01", "kind": "guest", "amount": "3,00", "payment": "card", "key": "k1"}
        first = desk.post("/panel/computers/start", form)
        second = desk.post("/panel/computers/start", form)
        assert first.status_code == second.status_code == 200
        assert first.text == second.text
        assert "data-done" in first.text
        assert floor.till("card") == 3 * EURO
        assert len(floor.session_ids()) == 1
        floor.verify()

    def test_the_form_key_does_not_keep_the_password_readable(
        self, desk: Desk, floor: Floor, tmp_path: Path
    ) -> None:
        form = {"pc": "PC01", "kind": "guest", "amount": "3", "payment": "cash", "key": "k1"}
        told = text_of(desk.post("/panel/computers/start", form))
        found = re.search(r"Account (G_\w{6}) Password (\w{8}) ", told)
        assert found is not None
        files = {path.name: path.read_bytes() for path in tmp_path.glob("lanhouse.db*")}
        assert found[1].encode() in b"".join(files.values())
        assert [name for name, data in files.items() if found[2].encode() in data] == []
        floor.verify()

    def test_the_same_key_with_another_sum_is_refused(self, desk: Desk, floor: Floor) -> None:
        form = {"pc": "PC01", "kind": "guest", "amount": "3", "payment": "cash", "key": "k1"}
        desk.post("/panel/computers/start", form)
        answer = desk.post("/panel/computers/start", {**form, "amount": "5"})
        assert answer.status_code == 409
        assert floor.till() == 3 * EURO

    @pytest.mark.parametrize(
        ("form", "reason"),
        [
            ({"kind": "guest", "amount": ""}, "is required"),
            ({"kind": "guest", "amount": "abc"}, "This is not an amount. Write it like 12.50"),
            ({"kind": "guest", "amount": "1.234"}, "At most 2 digits after the point"),
            ({"kind": "guest", "amount": "-3"}, "Write it without + or -"),
            ({"kind": "guest", "amount": "0"}, "must be more than 0"),
            ({"kind": "guest", "amount": "3", "payment": "shells"}, "must be one of"),
            ({"kind": "member", "member": ""}, "is required"),
            ({"kind": "member", "member": "nobody"}, "No member matches this."),
            ({"kind": "unheard-of"}, "is required"),
        ],
    )
    def test_wrong_input_stands_in_the_form_and_nothing_happens(
        self, desk: Desk, floor: Floor, form: dict[str, str], reason: str
    ) -> None:
        answer = desk.post(
            "/panel/computers/start", {"pc": "PC01", "payment": "cash", "key": "k", **form}
        )
        assert 400 <= answer.status_code < 500
        assert reason in text_of(answer)
        assert "data-done" not in answer.text
        assert not floor.is_busy("PC01")
        assert floor.till() == 0

    def test_a_sum_that_nobody_means_is_asked_about_once_more(
        self, desk: Desk, floor: Floor
    ) -> None:
        """The price is 3.00 an hour: above 1500.00 the desk asks."""
        form = hidden_fields(desk.get("/panel/computers/start?pc=PC01"))
        floor.set(desk_confirm_minutes=0)
        sale = {**form, "kind": "guest", "amount": "1500.01", "payment": "cash"}
        asked = desk.post("/panel/computers/start", sale)
        assert asked.status_code == 409
        assert "€1,500.01 for 500 h is unusually much. If it is meant, press again." in text_of(
            asked
        )
        assert floor.till() == 0
        assert not floor.is_busy("PC01")

        again = hidden_fields(asked)
        assert (again["confirmed"], again["key"]) == ("1500010000", form["key"])
        other = {**sale, **again, "amount": "1500.02"}
        assert "€1,500.02 for 500 h is unusually much" in text_of(
            desk.post("/panel/computers/start", other)
        )
        assert floor.till() == 0

        meant = {**sale, **again}
        done = desk.post("/panel/computers/start", meant)
        assert "data-done" in done.text
        assert desk.post("/panel/computers/start", meant).text == done.text
        assert floor.till() == 1500 * EURO + CENT
        floor.verify()

    def test_a_time_that_nobody_means_is_asked_about_once_more(
        self, desk: Desk, floor: Floor
    ) -> None:
        floor.set(desk_confirm_above_micros=0)
        form = hidden_fields(desk.get("/panel/computers/start?pc=PC01"))
        sale = {**form, "kind": "guest", "amount": "72.01", "payment": "cash"}
        assert "unusually much" in text_of(desk.post("/panel/computers/start", sale))
        assert not floor.is_busy("PC01")
        day = desk.post("/panel/computers/start", {**sale, "amount": "72.00"})
        assert "data-done" in day.text

        form = hidden_fields(desk.get("/panel/computers/start?pc=PC01"))
        more = {**form, "kind": "guest", "amount": "72.01", "payment": "cash"}
        asked = desk.post("/panel/computers/start", more)
        assert "€72.01 for 24 h" in text_of(asked)
        assert floor.till() == 72 * EURO
        done = desk.post("/panel/computers/start", {**more, **hidden_fields(asked)})
        assert "data-done" in done.text
        assert floor.till() == 144 * EURO + CENT

    def test_the_settings_switch_the_question_off(self, desk: Desk, floor: Floor) -> None:
        floor.set(desk_confirm_above_micros=0, desk_confirm_minutes=0)
        form = hidden_fields(desk.get("/panel/computers/start?pc=PC01"))
        sale = {**form, "kind": "guest", "amount": "99999", "payment": "cash"}
        assert "data-done" in desk.post("/panel/computers/start", sale).text
        assert floor.till() == 99_999 * EURO

    def test_a_pc_in_use_is_refused_by_name(self, desk: Desk, floor: Floor) -> None:
        member_id = floor.add_member("rui_s", balance=5 * EURO)
        floor.guest("postpaid", "PC01")
        form = {"pc": "PC01", "kind": "member", "member": "rui_s", "key": "k"}
        answer = desk.post("/panel/computers/start", form)
        assert "PC01: the PC is in use" in text_of(answer)
        assert floor.money(member_id) == (5 * EURO, 0)

    @pytest.mark.parametrize("kind", ["guest", "package"])
    def test_two_cashiers_start_one_pc_and_only_one_customer_pays(
        self, client: Client, desk: Desk, floor: Floor, kind: str
    ) -> None:
        offer = str(floor.add_offer("3 hours", 600))
        other = Desk(client, floor.hall.staff["staff"])
        choice = {"kind": kind, "amount": "3", "offer": offer, "payment": "cash"}
        forms = [hidden_fields(d.get("/panel/computers/start?pc=PC01")) for d in (desk, other)]
        assert "data-done" in desk.post("/panel/computers/start", {**forms[0], **choice}).text
        taken = floor.till()
        answer = other.post("/panel/computers/start", {**forms[1], **choice})
        assert answer.status_code == 422
        assert "PC01: the PC is in use" in text_of(answer)
        assert "<form" not in answer.text
        assert floor.till() == taken == (3 if kind == "guest" else 6) * EURO
        floor.verify()

    @pytest.mark.parametrize("offer", ["9" * 20, "9" * 5000, "²", "-1"])
    def test_an_offer_that_is_no_id_is_refused(self, desk: Desk, floor: Floor, offer: str) -> None:
        form = hidden_fields(desk.get("/panel/computers/start?pc=PC01"))
        sale = {**form, "kind": "package", "offer": offer, "payment": "cash"}
        assert desk.post("/panel/computers/start", sale).status_code == 422
        assert not floor.is_busy("PC01")
        assert floor.till() == 0

    def test_time_is_added_to_the_session_that_was_shown_or_not_at_all(
        self, desk: Desk, floor: Floor
    ) -> None:
        floor.pay(3 * EURO, "PC01")
        form = hidden_fields(desk.get("/panel/computers/start?pc=PC01"))
        sale = {**form, "kind": "guest", "amount": "1", "payment": "cash"}
        floor.check_out("PC01")
        taken = floor.till()
        answer = desk.post("/panel/computers/start", sale)
        assert "PC01: the session has ended" in text_of(answer)
        assert not floor.is_busy("PC01")
        floor.pay(2 * EURO, "PC01")
        assert "PC01: the session has ended" in text_of(desk.post("/panel/computers/start", sale))
        assert floor.till() == taken + 2 * EURO
        floor.verify()

    def test_a_package_tells_what_was_taken_for_it(self, desk: Desk, floor: Floor) -> None:
        offer = str(floor.add_offer("3 hours", 600))
        for taken in (6, 12):
            form = hidden_fields(desk.get("/panel/computers/start?pc=PC01"))
            sale = {**form, "kind": "package", "offer": offer, "payment": "card"}
            told = text_of(desk.post("/panel/computers/start", sale))
            assert "€6.00 taken." in told
            assert floor.till("card") == taken * EURO
        assert told == "PC01: the package is sold and runs, €6.00 taken. Print"
        cash = {"kind": "package", "offer": offer, "payment": "cash", "received": "10"}
        form = hidden_fields(desk.get("/panel/computers/start?pc=PC01"))
        told = text_of(desk.post("/panel/computers/start", {**form, **cash}))
        assert "€6.00 taken. Give back €4.00." in told
        floor.verify()

    def test_less_than_the_minimum_is_told_before_it_is_refused(
        self, desk: Desk, floor: Floor
    ) -> None:
        floor.set(minimum_charge_micros=2 * EURO)
        quote = "/panel/computers/quote?pc=PC01&kind=guest&payment=cash&amount="
        assert "too little: at least €2.00 is charged" in text_of(desk.get(f"{quote}1"))
        assert "too little" not in text_of(desk.get(f"{quote}2"))

    def test_a_package_is_quoted_as_it_will_run(
        self, desk: Desk, floor: Floor, freeze: Any
    ) -> None:
        """The end that the dialog names is the session's; one of another hour is refused before."""
        offer = str(floor.add_offer("3 hours", 600))
        hour = clock.now().astimezone(floor.center.zone).hour
        later = Window(from_minute=(hour + 3) % 24 * 60, to_minute=(hour + 4) % 24 * 60)
        other = str(floor.add_offer("Night", 100, minutes=60, window=later))
        quote = "/panel/computers/quote?pc=PC01&kind=package&payment=cash&offer="
        assert "“Night” cannot be used at this time." in text_of(desk.get(quote + other))
        for _ in ("begins with it", "goes on with it"):
            form = hidden_fields(desk.get("/panel/computers/start?pc=PC01"))
            shown = text_of(desk.get(f"{quote}{offer}&session={form.get('session', 0)}"))
            sale = {**form, "kind": "package", "offer": offer, "payment": "cash"}
            desk.post("/panel/computers/start", sale)
            (session_id,) = floor.session_ids()
            end = floor.session(session_id).expires_at
            assert end is not None
            assert re.search(f"until .*{end.astimezone(floor.center.zone):%H:%M}", shown)

    def test_only_some_may_give_time_away(self, client: Client, desk: Desk, floor: Floor) -> None:
        cashier = Desk(client, floor.hall.staff["staff"])
        form = {"pc": "PC01", "kind": "nocharge", "key": "k"}
        assert "No charge" not in text_of(cashier.get("/panel/computers/start?pc=PC01"))
        assert cashier.post("/panel/computers/start", form).status_code == 403
        assert not floor.is_busy("PC01")
        assert desk.post("/panel/computers/start", form).status_code == 200
        assert floor.is_busy("PC01")

    def test_several_members_that_match_are_not_guessed(self, desk: Desk, floor: Floor) -> None:
        floor.add_member("anna", balance=5 * EURO)
        floor.add_member("anne", balance=5 * EURO)
        form = {"pc": "PC01", "kind": "member", "member": "ann", "key": "k"}
        answer = desk.post("/panel/computers/start", form)
        assert "Several members match. Pick one." in text_of(answer)
        assert not floor.is_busy("PC01")

    @pytest.mark.parametrize("text", ["%", "_", "\\", "%%%", "' or 1=1 --"])
    def test_signs_of_patterns_are_plain_text(self, desk: Desk, floor: Floor, text: str) -> None:
        floor.add_member("anna", balance=5 * EURO)
        answer = desk.get(f"/panel/members/find?member={httpx.QueryParams({'q': text})['q']}")
        assert answer.status_code == 200
        assert "anna" not in answer.text


class TestCheckOut:
    def quote(self, desk: Desk, pc: str = "PC01") -> dict[str, str]:
        page = desk.get(f"/panel/computers/check-out?pc={pc}")
        return {**hidden_fields(page), "payment": "cash"}

    def test_what_was_shown_is_what_is_taken(self, desk: Desk, floor: Floor, freeze: Any) -> None:
        floor.guest("postpaid", "PC01")
        freeze.advance(3600)
        form = self.quote(desk)
        freeze.advance(120)
        answer = desk.post("/panel/computers/check-out", form)
        assert "PC01 is free. €3.00 taken." in text_of(answer)
        assert floor.till() == 3 * EURO
        floor.verify()

    def test_a_sum_that_is_too_old_is_shown_anew(
        self, desk: Desk, floor: Floor, freeze: Any
    ) -> None:
        floor.guest("postpaid", "PC01")
        freeze.advance(3600)
        form = self.quote(desk)
        freeze.advance(301)
        answer = desk.post("/panel/computers/check-out", form)
        assert answer.status_code == 409
        assert "The bill has changed since it was shown." in text_of(answer)
        assert "€3.25" in text_of(answer)
        assert floor.till() == 0
        assert floor.is_busy("PC01")

    def test_twice_the_same_form_ends_it_once(self, desk: Desk, floor: Floor, freeze: Any) -> None:
        floor.guest("postpaid", "PC01")
        freeze.advance(1800)
        form = self.quote(desk)
        first = desk.post("/panel/computers/check-out", form)
        second = desk.post("/panel/computers/check-out", form)
        assert first.text == second.text
        assert floor.till() == EURO + 50 * CENT

    @pytest.mark.parametrize(
        ("received", "reason"),
        [
            ("2.99", "is less than what is to be paid"),
            ("0", "is less than what is to be paid"),
            ("3.005", "At most 2 digits after the point"),
            ("-5", "Write it without + or -"),
            ("five", "This is not an amount. Write it like 12.50"),
        ],
    )
    def test_short_or_unreadable_cash_ends_nothing(
        self, desk: Desk, floor: Floor, freeze: Any, received: str, reason: str
    ) -> None:
        floor.guest("postpaid", "PC01")
        freeze.advance(3600)
        form = {**self.quote(desk), "received": received}
        answer = desk.post("/panel/computers/check-out", form)
        assert 400 <= answer.status_code < 500
        assert reason in text_of(answer)
        assert 'id="received-more"' in answer.text
        assert f'value="{received}"' in answer.text
        assert floor.is_busy("PC01")
        assert floor.till() == 0

    @pytest.mark.parametrize(
        ("payment", "received", "change"),
        [("cash", "3,00", ""), ("cash", "50", "€47.00"), ("cash", "", ""), ("card", "5", "")],
    )
    def test_enough_cash_or_another_tender_takes_the_sum_and_tells_the_change(
        self, desk: Desk, floor: Floor, freeze: Any, payment: str, received: str, change: str
    ) -> None:
        floor.guest("postpaid", "PC01")
        freeze.advance(3600)
        form = {**self.quote(desk), "payment": payment, "received": received}
        told = text_of(desk.post("/panel/computers/check-out", form))
        assert "€3.00 taken." in told
        assert (f"Give back {change}." in told) is bool(change)
        assert ("Give back" in told) is bool(change)
        assert floor.till(payment) == 3 * EURO
        floor.verify()

    def test_two_cashiers_one_wins_the_other_is_told(
        self, client: Client, desk: Desk, floor: Floor
    ) -> None:
        floor.guest("postpaid", "PC01")
        other = Desk(client, floor.hall.staff["staff"])
        mine, theirs = self.quote(desk), self.quote(other)
        assert "data-done" in desk.post("/panel/computers/check-out", mine).text
        answer = other.post("/panel/computers/check-out", theirs)
        assert "the PC is not in use" in text_of(answer)
        assert "data-done" not in answer.text

    def test_the_receipt_belongs_to_its_centre(
        self, client: Client, desk: Desk, floor: Floor, freeze: Any
    ) -> None:
        session = floor.guest("postpaid", "PC01")
        freeze.advance(3600)
        floor.check_out("PC01")
        answer = desk.get(f"/panel/receipts/{session.id}")
        assert "PC01" in answer.text
        assert "€3.00" in text_of(answer)
        assert "Paid in cash" in answer.text
        other = open_hall(floor.store, 7778)
        stranger = Desk(client, other.staff["admin"], "7778")
        assert stranger.get(f"/panel/receipts/{session.id}").status_code == 404
        for wrong in ("0", "-1", "x", "9" * 30):
            assert desk.get(f"/panel/receipts/{wrong}").status_code == 404

    def test_a_receipt_tells_not_what_it_does_not_know(
        self, desk: Desk, floor: Floor, freeze: Any
    ) -> None:
        session = floor.member(floor.add_member("rui_s", balance=20 * EURO), "PC01")
        freeze.advance(3600)
        assert "€17.00 stays" in text_of(desk.get("/panel/computers/check-out?pc=PC01"))
        floor.check_out("PC01")
        shown = text_of(desk.get(f"/panel/receipts/{session.id}"))
        assert "From balance −€3.00" in shown
        assert "stays" not in shown

    def test_a_running_session_has_no_receipt(self, desk: Desk, floor: Floor) -> None:
        session = floor.guest("postpaid", "PC01")
        assert desk.get(f"/panel/receipts/{session.id}").status_code == 404


class TestMove:
    def test_to_a_free_pc_of_the_same_group(self, desk: Desk, floor: Floor) -> None:
        floor.add_pc("VIP1", pc_group_id=floor.add_pc_group("VIP"))
        floor.guest("postpaid", "PC01")
        floor.guest("postpaid", "PC02")
        page = desk.get("/panel/computers/move?pc=PC01").text
        assert re.findall(r'name="target" id="target-\d+" value="(\w+)"', page) == ["PC03", "PC04"]
        form = {**hidden_fields(desk.get("/panel/computers/move?pc=PC01")), "target": "PC03"}
        assert "goes on at PC03" in text_of(desk.post("/panel/computers/move", form))
        assert (floor.is_busy("PC01"), floor.is_busy("PC03")) == (False, True)

    def test_only_the_session_that_was_shown_moves(self, desk: Desk, floor: Floor) -> None:
        floor.guest("postpaid", "PC01")
        form = {**hidden_fields(desk.get("/panel/computers/move?pc=PC01")), "target": "PC03"}
        floor.check_out("PC01")
        assert "the session has ended" in text_of(desk.post("/panel/computers/move", form))
        floor.guest("postpaid", "PC01")
        answer = desk.post("/panel/computers/move", form)
        assert "PC01: the session has ended" in text_of(answer)
        assert "<form" not in answer.text
        assert (floor.is_busy("PC01"), floor.is_busy("PC03")) == (True, False)

    def test_to_a_pc_of_another_group_is_refused(self, desk: Desk, floor: Floor) -> None:
        floor.add_pc("VIP1", pc_group_id=floor.add_pc_group("VIP"))
        floor.guest("postpaid", "PC01")
        form = {**hidden_fields(desk.get("/panel/computers/move?pc=PC01")), "target": "VIP1"}
        answer = desk.post("/panel/computers/move", form)
        assert "the PC belongs to another PC group" in text_of(answer)
        assert floor.is_busy("PC01")


class TestTopUp:
    FORM = {"member": "rui_s", "amount": "20", "payment": "cash", "key": "k1"}  # noqa: RUF012

    def test_the_bonus_comes_with_the_money(self, desk: Desk, floor: Floor) -> None:
        member_id = floor.add_member("rui_s")
        tier = {"amount_micros": 20 * EURO, "bonus_micros": 3 * EURO}
        floor.set(price_bonus=[tier])
        shown = desk.get("/panel/members/top-up/quote?member=rui_s&amount=20")
        assert "gets €20.00 +€3.00 bonus" in text_of(shown)
        first = desk.post("/panel/members/top-up", self.FORM)
        second = desk.post("/panel/members/top-up", self.FORM)
        assert first.text == second.text
        assert "rui_s topped up by €20.00. +€3.00 bonus" in text_of(first)
        assert floor.money(member_id) == (20 * EURO, 3 * EURO)
        paid = {**self.FORM, "key": "k2", "received": "50"}
        assert "Give back €30.00." in text_of(desk.post("/panel/members/top-up", paid))
        floor.verify()

    def test_the_toast_tells_the_coins_that_came_with_the_money(
        self, desk: Desk, floor: Floor
    ) -> None:
        member_id = floor.add_member("rui_s")
        tier = {"amount_micros": 20 * EURO, "bonus_micros": 3 * EURO}
        floor.set(price_bonus=[tier], topup_bonus_field_type=2)
        shown = text_of(desk.get("/panel/members/top-up/quote?member=rui_s&amount=20"))
        assert "gets €20.00 3 coins" in shown
        told = text_of(desk.post("/panel/members/top-up", self.FORM))
        assert "rui_s topped up by €20.00. 3 coins" in told
        assert text_of(desk.post("/panel/members/top-up", self.FORM)) == told
        assert floor.money(member_id) == (20 * EURO, 0)
        assert floor._balances("member", member_id)["coin", "COIN"] == 3 * EURO
        floor.verify()

    def test_a_refund_is_shown_as_it_will_be_and_why_it_cannot(
        self, desk: Desk, floor: Floor
    ) -> None:
        """The dialog shows the command's own plan: the bonus that goes too, tender, refusal."""
        member_id = floor.add_member("rui_s")
        floor.set(price_bonus=[{"amount_micros": 20 * EURO, "bonus_micros": 3 * EURO}])
        desk.post("/panel/members/top-up", {**self.FORM, "payment": "card"})
        quote = "/panel/members/pay-out/quote?member=rui_s&amount="
        shown = text_of(desk.get(f"{quote}20"))
        assert "gives back €20.00, −€3.00 bonus" in shown
        assert "Give back on the card: €20.00" in shown
        refused = text_of(desk.get(f"{quote}25"))
        assert "not enough balance: 20.00 is left, 25.00 would be taken" in refused
        assert floor.money(member_id) == (20 * EURO, 3 * EURO)

    @pytest.mark.parametrize("sign", [1, -1])
    def test_a_sum_that_nobody_means_is_asked_about_once_more(
        self, desk: Desk, floor: Floor, sign: int
    ) -> None:
        floor.set(desk_confirm_above_micros=100 * EURO)
        member_id = floor.add_member("rui_s")
        if sign < 0:
            first = {**self.FORM, "amount": "100"}
            for key in ("a", "b"):
                assert "data-done" in desk.post("/panel/members/top-up", {**first, "key": key}).text
        held = floor.money(member_id)
        form = {**self.FORM, "amount": "101", "comment": "typed wrong"}
        path = "/panel/members/top-up" if sign > 0 else "/panel/members/pay-out"
        asked = desk.post(path, form)
        assert asked.status_code == 409
        assert "€101.00 is unusually much. If it is meant, press again." in text_of(asked)
        assert floor.money(member_id) == held
        done = desk.post(path, {**form, **hidden_fields(asked)})
        assert "data-done" in done.text
        assert floor.money(member_id) == (held[0] + sign * 101 * EURO, 0)
        floor.verify()

    def test_taking_back_needs_a_reason(self, desk: Desk, floor: Floor) -> None:
        member_id = floor.add_member("rui_s")
        desk.post("/panel/members/top-up", self.FORM)
        back = {**self.FORM, "amount": "5", "key": "k2"}
        answer = desk.post("/panel/members/pay-out", back)
        assert answer.status_code == 400
        assert floor.money(member_id) == (20 * EURO, 0)
        done = desk.post("/panel/members/pay-out", {**back, "comment": "typed wrong", "key": "k3"})
        assert "€5.00 paid out to rui_s." in text_of(done)
        assert floor.money(member_id) == (15 * EURO, 0)
        floor.verify()

    @pytest.mark.parametrize("amount", ["", "0", "x", "-5", "1.001", "1e5", "9" * 20])
    def test_wrong_amounts_are_told_at_the_field(
        self, desk: Desk, floor: Floor, amount: str
    ) -> None:
        member_id = floor.add_member("rui_s")
        answer = desk.post("/panel/members/top-up", {**self.FORM, "amount": amount})
        assert answer.status_code == 400
        assert 'id="amount-more"' in answer.text
        assert floor.money(member_id) == (0, 0)


class TestMembers:
    def test_the_list_searches_sorts_and_pages(self, desk: Desk, floor: Floor) -> None:
        for number in range(53):
            floor.add_member(f"m{number:02d}", balance=EURO if number == 7 else 0)
        first = desk.get("/panel/members")
        assert "1 to 50 of 53" in text_of(first)
        assert "51 to 53 of 53" in text_of(desk.get("/panel/members?page=2"))
        found = text_of(desk.get("/panel/members?search=m07"))
        assert "m07" in found
        assert "€1.00" in found
        assert "m08" not in found
        backwards = desk.get("/panel/members?sort=account&descending=1").text
        assert backwards.index("m52") < backwards.index("m51")

    def test_every_heading_sorts(self, desk: Desk, floor: Floor) -> None:
        for number in range(3):
            floor.add_member(f"m{number}", balance=(number * 2 % 3) * EURO)
        rising = desk.get("/panel/members?sort=balance")
        assert 'aria-sort="ascending"><a href="/panel/members?sort=balance&amp;descending=1"' in (
            rising.text
        )
        shown = text_of(rising)
        assert shown.index("m0") < shown.index("m2") < shown.index("m1")

    def test_the_list_as_a_file(self, desk: Desk, client: Client, floor: Floor) -> None:
        floor.add_member("eva")
        floor.add_member("bob")
        path = "/panel/members.csv?search=ev"
        answer = desk.get(path)
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert [row[1] for row in csv_rows(answer.text)] == ["member_account", "eva"]
        staff = Desk(client, floor.hall.staff["staff"])
        assert staff.get(path).status_code == 403
        assert "members.csv" in desk.get("/panel/members").text
        assert "members.csv" not in staff.get("/panel/members").text

    def test_nobody_found_offers_a_way_back(self, desk: Desk) -> None:
        answer = text_of(desk.get("/panel/members?search=<b>x"))
        assert "No member matches “<b>x”." in answer
        assert "Clear search" in answer

    def test_guests_are_no_members(self, desk: Desk, floor: Floor) -> None:
        floor.pay(3 * EURO, "PC01")
        assert "G_" not in text_of(desk.get("/panel/members"))


class TestPortal:
    def sign_in(self, client: Client, account: str, password: str = PASSWORD) -> httpx.Response:
        form = {"account": account, "password": password}
        return client.raw("POST", "/portal/hall7777", data=form)

    def test_a_member_sees_only_the_own_account(self, client: Client, floor: Floor) -> None:
        floor.add_member("rui_s", balance=5 * EURO, password_hash=password_hash())
        floor.add_member("joana_p", balance=9 * EURO, password_hash=password_hash())
        answer = self.sign_in(client, "RUI_S")
        assert answer.headers["location"] == "/portal/hall7777/center"
        cookie = answer.headers["set-cookie"].partition(";")[0]
        page = client.raw("GET", "/portal/hall7777/account", headers={"Cookie": cookie})
        assert "€5.00" in text_of(page)
        assert "joana_p" not in page.text
        assert "€9.00" not in page.text

    def test_a_members_cookie_opens_no_panel(self, client: Client, floor: Floor) -> None:
        floor.add_member("rui_s", password_hash=password_hash())
        cookie = self.sign_in(client, "rui_s").headers["set-cookie"].partition(";")[0]
        secret = cookie.partition("=")[2]
        for name in ("lanhouse_member", "lanhouse_staff"):
            headers = {"Cookie": f"{name}={secret}"}
            assert client.raw("GET", "/panel/computers", headers=headers).status_code == 303

    def test_a_wrong_password_and_the_lock(self, client: Client, floor: Floor) -> None:
        floor.add_member("rui_s", password_hash=password_hash())
        for _ in range(5):
            answer = self.sign_in(client, "rui_s", "wrong")
            assert answer.status_code == 422
            assert "The account or the password is wrong." in answer.text
        locked = self.sign_in(client, "rui_s")
        assert "Too many wrong passwords." in locked.text
        assert "set-cookie" not in locked.headers

    def test_guests_without_a_password_cannot_sign_in(self, client: Client, floor: Floor) -> None:
        session = floor.guest("postpaid", "PC01")
        assert session.member_id
        account = floor.logs("SESSION")[0].member_account
        assert self.sign_in(client, account, "").status_code == 422

    def test_an_inactive_member_cannot_sign_in(self, client: Client, floor: Floor) -> None:
        floor.add_member("rui_s", password_hash=password_hash(), is_active=False)
        answer = self.sign_in(client, "rui_s")
        assert "The member is not active." in answer.text
        assert "set-cookie" not in answer.headers

    def test_an_expired_member_cannot_sign_in(
        self, client: Client, floor: Floor, freeze: Any
    ) -> None:
        floor.add_member("rui_s", password_hash=password_hash(), expires_at=clock.now())
        answer = self.sign_in(client, "rui_s")
        assert "The member is expired." in answer.text
        assert "set-cookie" not in answer.headers

    def test_an_unknown_centre_is_a_page_that_is_not_there(self, client: Client) -> None:
        answer = client.raw("GET", "/portal/nowhere")
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")

    def test_all_that_a_member_plays_is_told(
        self, client: Client, floor: Floor, freeze: Any
    ) -> None:
        floor.set(allow_additional_session=True)
        member_id = floor.add_member("rui_s", balance=9 * EURO, password_hash=password_hash())
        floor.member(member_id, "PC01")
        floor.member(member_id, "PC02")
        freeze.advance(3600)
        cookie = self.sign_in(client, "rui_s").headers["set-cookie"].partition(";")[0]
        page = text_of(client.raw("GET", "/portal/hall7777/account", headers={"Cookie": cookie}))
        assert "Playing on PC01" in page
        assert "You play on PC02 too, so far €3.00" in page
        assert "What stays if you stop now €3.00" in page

    def test_the_history_tells_why(self, client: Client, floor: Floor, freeze: Any) -> None:
        member_id = floor.add_member("rui_s", balance=5 * EURO, password_hash=password_hash())
        floor.member(member_id, "PC02")
        freeze.advance(3600)
        floor.check_out("PC02")
        cookie = self.sign_in(client, "rui_s").headers["set-cookie"].partition(";")[0]
        answer = client.raw("GET", "/portal/hall7777/account", headers={"Cookie": cookie})
        page = text_of(answer)
        assert "PC02, 1 h" in page
        assert "−€3.00" in page
        # The bill is read when its line is opened.
        (bill,) = re.findall(r'data-bill="([^"]+)"', answer.text)
        told = text_of(client.raw("GET", bill, headers={"Cookie": cookie}))
        assert "1 h, Default 12:00 to 13:00 at €3.00/h €3.00" in told


class TestLook:
    def test_it_is_kept_in_cookies(self, client: Client) -> None:
        answer = client.raw(
            "POST", "/look", data={"theme": "dark", "language": "de", "back": "/panel/sign-in"}
        )
        assert (answer.status_code, answer.headers["location"]) == (303, "/panel/sign-in")
        cookies = [value.partition(";")[0] for value in answer.headers.get_list("set-cookie")]
        assert cookies == ["lh_theme=dark", "lh_lang=de"]
        page = client.raw("GET", "/panel/sign-in", headers={"Cookie": "; ".join(cookies)}).text
        head = '<html lang="de" dir="ltr" data-theme="dark" data-locale="de-DE">'
        assert head in page

    def test_unknown_choices_change_nothing(self, client: Client) -> None:
        form = {"theme": "pink", "language": "xx", "back": "//evil.example"}
        answer = client.raw("POST", "/look", data=form)
        assert answer.headers["location"] == "/"
        assert "set-cookie" not in answer.headers


class TestApiKey:
    def test_it_is_shown_once_and_kept_nowhere(self, desk: Desk) -> None:
        answer = desk.post("/panel/settings/api/create", {"allowed_ips": "127.0.0.1\n10.0.0.0/8"})
        secret = re.findall(r'value="(lhk_[^"]+)"', answer.text)[0]
        assert answer.headers["cache-control"] == "no-store"
        page = desk.get("/panel/settings/api").text
        assert secret not in page
        assert secret[:12] in page
        assert "10.0.0.0/8" in page

    def test_wrong_addresses_are_told_and_the_old_key_stays(
        self, client: Client, desk: Desk, floor: Floor
    ) -> None:
        answer = desk.post("/panel/settings/api/create", {"allowed_ips": "127.0.0.1, x"})
        assert answer.status_code == 400
        assert "&#39;x&#39; is not an IP address or network" in answer.text
        call = client.raw("GET", "/api/v2/cafe/7777/pcs", key=floor.hall.api_key)
        assert call.json()["code"] == 200


class TestGuestLogin:
    """The log-in of a guest at the desk: in what the sale answers and where it is asked for."""

    FORM = {"pc": "PC01", "kind": "guest", "amount": "3", "payment": "cash", "key": "k1"}  # noqa: RUF012

    def login(self, response: httpx.Response) -> tuple[str, str]:
        found = re.search(r"Account (G_\w{6}) Password (\w+)", text_of(response))
        assert found is not None, text_of(response)
        return found[1], found[2]

    @pytest.mark.parametrize("kind", ["guest", "postpaid", "nocharge"])
    def test_the_side_panel_shows_what_the_sale_told(
        self, desk: Desk, floor: Floor, kind: str
    ) -> None:
        sold = desk.post("/panel/computers/start", {**self.FORM, "kind": kind})
        assert sold.headers["cache-control"] == "no-store"
        told = self.login(sold)
        (session_id,) = floor.session_ids()
        shown = desk.post("/panel/computers/login", {"session": session_id})
        assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")
        assert self.login(shown) == told
        for path in ("computers?pc=PC01", "computers/panel?pc=PC01", "computers/map", "members"):
            assert told[1] not in desk.get(f"/panel/{path}").text

    def test_each_showing_is_audited_with_the_person(self, client: Client, floor: Floor) -> None:
        desk = Desk(client, floor.hall.staff["staff"])
        desk.post("/panel/computers/start", self.FORM)
        desk.post("/panel/computers/login", {"session": floor.session_ids()[0]})
        row = floor.store.read_sync(lambda read: read.one(sa.select(audit_log)))
        person = floor.store.read_sync(
            lambda read: staff_by_account(read, 7777, floor.hall.staff["staff"])
        )
        assert person is not None
        assert (row.actor_kind, row.actor_id, row.address) == ("staff", person.id, "127.0.0.1")
        assert row.call == "POST /panel/computers/login"
        assert (row.subject, row.subject_id) == ("session", floor.session_ids()[0])

    def test_after_the_end_there_is_only_a_new_one(self, desk: Desk, floor: Floor) -> None:
        _, old = self.login(desk.post("/panel/computers/start", self.FORM))
        (session_id,) = floor.session_ids()
        receipt = f"/panel/receipts/{session_id}"
        floor.check_out("PC01")
        gone = desk.post("/panel/computers/login", {"session": session_id})
        assert gone.status_code == 200
        assert "no longer kept" in gone.text
        assert "Set a new password" in gone.text
        page = desk.get(receipt).text
        assert old not in page
        assert "/panel/computers/login/new" in page
        form = {"session": session_id, "key": "n1"}
        account, new = self.login(desk.post("/panel/computers/login/new", form))
        assert self.login(desk.post("/panel/computers/login/new", form)) == (account, new)
        hashed = floor.store.read_sync(
            lambda read: read.scalar(
                sa.select(members.c.password_hash).where(members.c.account == account)
            ),
        )
        assert password_matches(hashed, new)

    def test_a_member_has_none(self, desk: Desk, floor: Floor) -> None:
        floor.member(floor.add_member("ada", balance=9 * EURO))
        session_id = floor.session_ids()[0]
        assert "computers/login" not in desk.get("/panel/computers/panel?pc=PC01").text
        answer = desk.post("/panel/computers/login/new", {"session": session_id})
        assert "a member plays here" in answer.text
        assert "Set a new password" not in answer.text
        floor.check_out("PC01")
        assert "computers/login" not in desk.get(f"/panel/receipts/{session_id}").text
