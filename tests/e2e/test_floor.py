"""The Computers page as a whole: four ways to look, selecting, carrying, the menu, the batch."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, Route, expect

from lanhouse.cafe.pcs.commands.layout import Layout, PcPlace, save_layout
from lanhouse.cafe.pcs.commands.rooms import RoomPlan
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.kit import clock
from lanhouse.kit.limits import MAX_PC
from tests.builders.floor import EURO
from tests.e2e.conftest import Site, lay_out, press_act, sign_in, without_channel
from tests.e2e.test_accessible import violations


def seat(page: Page, name: str) -> Locator:
    """The seat of a PC."""
    return page.locator(f'.lh-seat[data-pc="{name}"]')


def middle(part: Locator) -> tuple[float, float]:
    """The middle of a part of the page."""
    box = part.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def carry(page: Page, source: Locator, target: Locator) -> None:
    """Drag one part onto another and let go."""
    page.mouse.move(*middle(source))
    page.mouse.down()
    x, y = middle(target)
    page.mouse.move(x - 3, y - 3, steps=4)
    page.mouse.move(x, y)
    page.mouse.up()


def selected(page: Page) -> list[str]:
    """The names of the seats that are pressed."""
    pressed = page.locator('.lh-seat[aria-pressed="true"]')
    return pressed.evaluate_all("(all) => all.map((one) => one.dataset.pc)")


def polled(page: Page, times: int = 2) -> None:
    """Wait until the map has asked and been answered."""
    for _ in range(times):
        with page.expect_response(re.compile("/panel/computers/map")):
            pass


def test_four_ways_to_look_keep_selection_and_search(site: Site, page: Page) -> None:
    without_channel(page)
    member = site.floor.add_member(
        "rui_s", balance=6 * EURO, first_name="Rui", last_name="Sántos", phone="+351 912 345 678"
    )
    session = site.floor.member(member, "PC02")
    site.floor.guest("postpaid", "PC03")
    sign_in(page, site)
    seat(page, "PC02").click()
    seat(page, "PC03").click(modifiers=["Control"])
    for view in ("Cards", "Table", "Timeline", "Map"):
        page.get_by_role("button", name=view, exact=True).click()
        expect(page.get_by_role("button", name=view, exact=True)).to_have_attribute(
            "aria-pressed", "true"
        )
        assert selected(page) == ["PC02", "PC03"]
        for name in ("PC01", "PC02", "PC03", "PC04"):
            expect(seat(page, name)).to_be_visible()
    page.get_by_role("button", name="Table", exact=True).click()
    expect(seat(page, "PC02").locator(".lh-who")).to_have_text(re.compile("Rui Sántos.*rui_s"))
    for text in ("pc02", "RUI_S", "santos", "912 345", "0912345678", f"#{session.id}"):
        page.locator("#search").fill(text)
        expect(page.locator(".lh-seat:visible")).to_have_count(1)
        expect(seat(page, "PC02")).to_be_visible()
        polled(page, 1)
        expect(page.locator("#search")).to_have_value(text)
        expect(page.locator(".lh-seat:visible")).to_have_count(1)
    page.locator("#search").fill("nobody here")
    expect(page.get_by_text("Nothing on the floor matches this.")).to_be_visible()
    link = page.get_by_role("link", name="Look among all members")
    assert (link.get_attribute("href") or "").endswith("search=nobody%20here")
    page.locator("#search").fill("")
    # The table in the order of a column, which polls leave as it is; the choice comes back.
    page.get_by_role("button", name="Player").click()

    def rows() -> list[str]:
        seats = page.locator(".lh-seat")
        places = seats.evaluate_all(
            "(all) => all.map((one) => [one.getBoundingClientRect().y, one.dataset.pc])"
        )
        return [name for _, name in sorted(places)]

    assert rows()[:2] == ["PC03", "PC02"]
    polled(page)
    assert rows()[:2] == ["PC03", "PC02"]
    page.reload()
    expect(page.locator("#map")).to_have_attribute("data-view", "table")
    assert rows()[:2] == ["PC03", "PC02"]


def test_selecting_by_ctrl_shift_band_counter_and_keys_survives_polls(
    site: Site, page: Page
) -> None:
    without_channel(page)
    site.floor.guest("postpaid", "PC04")
    sign_in(page, site)
    seat(page, "PC01").click()
    seat(page, "PC03").click(modifiers=["Shift"])
    assert selected(page) == ["PC01", "PC02", "PC03"]
    expect(page.locator("#panel")).to_contain_text("3 PCs")
    seat(page, "PC02").click(modifiers=["Control"])
    site.floor.guest("postpaid", "PC01")
    expect(seat(page, "PC01")).to_have_attribute("data-state", "postpaid")
    assert selected(page) == ["PC01", "PC03"]
    expect(page.locator("#panel")).to_contain_text("1 Free")
    expect(page.locator("#map-said")).to_have_text("PCs selected: 2")
    page.keyboard.press("Escape")
    assert selected(page) == []
    # A counter selects its PCs; with Shift it adds them; pressed again it clears.
    page.locator("[data-select=playing]").click()
    assert selected(page) == ["PC01", "PC04"]
    polled(page)
    expect(page.locator("[data-select=playing]")).to_have_attribute("aria-pressed", "true")
    page.locator("[data-select=free]").click(modifiers=["Shift"])
    assert selected(page) == ["PC01", "PC02", "PC03", "PC04"]
    page.locator("[data-select=free]").click()
    assert selected(page) == []
    # A band around the first two; a poll in the middle of it changes nothing.
    first, second = seat(page, "PC01").bounding_box(), seat(page, "PC02").bounding_box()
    assert first is not None
    assert second is not None
    page.mouse.move(first["x"] - 6, first["y"] - 5)
    page.mouse.down()
    page.mouse.move(second["x"] + 20, second["y"] + 20, steps=4)
    page.wait_for_timeout(2500)
    assert selected(page) == ["PC01", "PC02"]
    page.mouse.up()
    assert selected(page) == ["PC01", "PC02"]
    expect(page.locator("#panel")).to_contain_text("2 PCs")
    # By keys alone.
    page.keyboard.press("Escape")
    seat(page, "PC01").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert selected(page) == ["PC01", "PC02", "PC03"]
    page.keyboard.press("Control+Space")
    assert selected(page) == ["PC01", "PC02"]
    page.keyboard.press("Control+a")
    assert selected(page) == ["PC01", "PC02", "PC03", "PC04"]


def test_fingers_select_several(site: Site, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, site)
    page.get_by_role("button", name="Select several").click()
    seat(page, "PC01").click()
    seat(page, "PC02").click()
    assert selected(page) == ["PC01", "PC02"]
    page.get_by_role("button", name="Select several").click()
    page.locator("#panel-close").click()
    seat(page, "PC02").click()
    assert selected(page) == ["PC02"]


def test_a_session_is_carried_to_another_pc_and_back(site: Site, page: Page) -> None:
    site.floor.guest("postpaid", "PC01")
    site.floor.guest("postpaid", "PC04")
    sign_in(page, site)
    # Nothing is moved by letting go over a PC that is not free, or by Esc.
    toast = page.locator("#toast")
    carry(page, seat(page, "PC01"), seat(page, "PC04"))
    expect(toast).to_contain_text("Not moved. It is not free: PC04", timeout=300)
    page.mouse.move(*middle(seat(page, "PC01")))
    page.mouse.down()
    page.mouse.move(*middle(seat(page, "PC02")), steps=4)
    expect(seat(page, "PC02")).to_have_attribute("data-target", "")
    page.wait_for_timeout(2500)  # a poll in between
    expect(seat(page, "PC02")).to_have_attribute("data-target", "")
    page.keyboard.press("Escape")
    page.mouse.up()
    assert site.floor.is_busy("PC01")
    assert not site.floor.is_busy("PC02")
    carry(page, seat(page, "PC01"), seat(page, "PC02"))
    expect(toast).to_contain_text("The session goes on at PC02.")
    expect(seat(page, "PC02")).to_have_attribute("data-state", "postpaid")
    assert selected(page) == ["PC02"]
    assert not site.floor.is_busy("PC01")
    assert len(site.floor.session_ids()) == 2
    toast.get_by_role("button", name="Move back").click()
    expect(toast).to_contain_text("The session goes on at PC01.")
    assert site.floor.is_busy("PC01")


def test_a_move_that_is_refused_says_so(site: Site, page: Page) -> None:
    site.floor.add_pc("VIP1", pc_group_id=site.floor.add_pc_group("VIP"))
    site.floor.guest("postpaid", "PC01")
    sign_in(page, site)
    carry(page, seat(page, "PC01"), seat(page, "VIP1"))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("the PC belongs to another PC group")
    assert site.floor.is_busy("PC01")


def test_an_hour_is_carried_onto_a_pc(site: Site, page: Page) -> None:
    site.floor.pay(3 * EURO, "PC03")
    site.floor.guest("postpaid", "PC04")
    sign_in(page, site)
    dialog = page.get_by_role("dialog")
    # Who pays at the end has no time that could be added to.
    carry(page, page.locator("[data-carry='60']"), seat(page, "PC04"))
    expect(page.locator("#toast")).to_contain_text("No time can be sold there: PC04", timeout=300)
    carry(page, page.locator("[data-carry='120']"), seat(page, "PC02"))
    expect(dialog.get_by_role("heading", level=2)).to_have_text("Start PC02")
    expect(dialog.locator("#amount")).to_have_value("6.00")
    page.keyboard.press("Escape")
    carry(page, page.locator("[data-carry='60']"), seat(page, "PC03"))
    expect(dialog.get_by_role("heading", level=2)).to_have_text("Add time to PC03")
    expect(dialog.locator("#amount")).to_have_value("3.00")
    page.keyboard.press("Escape")
    assert site.floor.till() == 3 * EURO


def test_the_menu_of_a_seat_by_mouse_and_by_keys(site: Site, page: Page) -> None:
    site.floor.guest("postpaid", "PC01")
    sign_in(page, site)
    seat(page, "PC02").click(button="right")
    menu = page.get_by_role("menu")
    expect(menu.get_by_role("menuitem", name="Start a session")).to_be_focused()
    expect(menu.get_by_role("menuitem", name="Move")).to_be_hidden()
    menu.get_by_role("menuitem", name="Sell 2 h").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#amount")).to_have_value("6.00")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    seat(page, "PC01").focus()
    press_act(page, "Shift+F10")
    expect(menu.get_by_role("menuitem", name="Move")).to_be_focused()
    page.keyboard.press("End")
    expect(menu.get_by_role("menuitem", name="Select the room")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(seat(page, "PC01")).to_be_focused()
    assert selected(page) == ["PC01"]
    press_act(page, "Shift+F10")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    assert selected(page) == ["PC01", "PC02", "PC03", "PC04"]
    seat(page, "PC03").click(button="right")
    menu.get_by_role("menuitem", name="Out of order").click()
    dialog.get_by_label("Reason").fill("painting")
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("3 PCs are out of order.")
    expect(seat(page, "PC03")).to_have_attribute("data-state", "broken")
    expect(seat(page, "PC01")).to_have_attribute("data-state", "postpaid")


def test_a_batch_tells_what_was_refused_and_keeps_it_selected(site: Site, page: Page) -> None:
    site.floor.guest("postpaid", "PC01")
    site.floor.guest("postpaid", "PC02")
    sign_in(page, site)
    page.locator("[data-select=playing]").click()
    expect(page.locator("#do-pay")).to_contain_text("Check 2 PCs out")
    press_act(page, "F8")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Check 2 PCs out")
    site.floor.check_out("PC02")
    press_act(page, "F8")
    expect(dialog.get_by_role("heading")).to_have_text("What was done")
    expect(dialog.get_by_role("group", name="Refused")).to_contain_text("PC02")
    assert selected(page) == ["PC02"]
    assert not site.floor.is_busy("PC01")
    page.keyboard.press("Escape")
    expect(seat(page, "PC01")).to_have_attribute("data-state", "free")


def test_a_batch_whose_answer_was_lost_is_done_once(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.locator("[data-select=free]").click()
    expect(page.locator("#panel")).to_contain_text("4 PCs")
    page.locator("#do-start").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Take €12.00 for 4 PCs")).to_be_visible()

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/panel/computers/batch/sale", lose)
    press_act(page, "F8")
    expect(dialog.get_by_text("The server did not answer")).to_be_visible()
    page.unroute("**/panel/computers/batch/sale")
    press_act(page, "F8")
    expect(dialog.get_by_role("heading")).to_have_text("What was done")
    expect(dialog).to_contain_text("4 PCs run. €12.00 taken.")
    assert site.floor.till() == 12 * EURO
    assert len(site.floor.session_ids()) == 4


def test_the_panel_of_a_free_pc_sells_in_three_clicks_by_card_too(site: Site, page: Page) -> None:
    sign_in(page, site, "staff")
    seat(page, "PC02").click()
    sale = page.locator("#panel form")
    sale.locator("label[for=sale-payment-card]").click()
    sale.get_by_role("button", name="Start and take €3.00").click()
    expect(page.locator("#toast")).to_contain_text("PC02 runs for G_")
    expect(page.locator("#panel")).to_contain_text("Bill so far")
    assert site.floor.till("card") == 3 * EURO
    # By keys: Enter, the digit of the card, F8.
    seat(page, "PC03").focus()
    press_act(page, "Enter")
    expect(page.get_by_role("dialog").locator("#kind-guest")).to_be_focused()
    page.keyboard.press("7")
    expect(page.get_by_role("dialog").locator("#payment-card")).to_be_checked()
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("PC03 runs for G_")
    assert (site.floor.till(), site.floor.till("card")) == (0, 6 * EURO)


def test_polls_undo_no_keystroke_in_the_panels_sale(site: Site, page: Page) -> None:
    without_channel(page)
    sign_in(page, site)
    seat(page, "PC02").click()
    amount = page.locator("#sale-amount")
    amount.fill("4")
    page.locator("#sale-received").fill("10")
    amount.focus()
    page.keyboard.press("End")
    for _ in range(2):
        with page.expect_response(re.compile("/panel/computers/panel.pc=PC02.held=")):
            pass
    page.keyboard.type(".5")
    expect(amount).to_be_focused()
    expect(amount).to_have_value("4.5")
    expect(page.locator("#panel form")).to_contain_text("Give back")
    expect(page.locator("#panel form .lh-give:visible .lh-total")).to_have_text("€5.50")
    expect(page.get_by_role("button", name="Start and take €4.50")).to_be_visible()
    # Somebody else sells the PC: the form goes, and nothing of it can be sent any more.
    site.floor.guest("postpaid", "PC02")
    expect(page.locator("#panel form")).to_have_count(0)
    expect(page.locator("#panel")).to_contain_text("Bill so far")
    assert site.floor.till() == 0


def test_f8_sells_from_the_panel_only_with_the_focus_in_it(site: Site, page: Page) -> None:
    sign_in(page, site)
    seat(page, "PC02").click()
    expect(page.locator("#panel form")).to_be_visible()
    press_act(page, "F8")
    page.wait_for_timeout(400)
    assert site.floor.session_ids() == []
    page.locator("#sale-kind-guest").focus()
    page.keyboard.press("7")
    expect(page.locator("#sale-payment-card")).to_be_checked()
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("PC02 runs for G_")
    assert site.floor.till("card") == 3 * EURO


def test_too_little_cash_in_a_sale_is_told_and_refused(site: Site, page: Page) -> None:
    sign_in(page, site)
    seat(page, "PC02").dblclick()
    dialog = page.get_by_role("dialog")
    dialog.locator("#received").fill("2")
    expect(dialog.locator(".lh-give:visible")).to_contain_text("Missing")
    press_act(page, "F8")
    expect(dialog.locator(".lh-error")).to_contain_text("is less than what is to be paid")
    assert site.floor.session_ids() == []
    dialog.locator("#received").fill("20")
    expect(dialog.locator(".lh-give:visible")).to_contain_text("€17.00")
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("PC02 runs for G_")


def test_an_end_is_heard_marked_and_told_once(site: Site, page: Page) -> None:
    site.floor.pay(3 * EURO, "PC02")
    sign_in(page, site)
    expect(page.locator("#ending-soon")).to_be_empty()
    almost = sa.update(pc_sessions).values(expires_at=clock.now() + timedelta(minutes=5))
    site.floor.run(lambda tx, _: tx.run(almost), None)
    page.reload()
    expect(page.locator("#ending-soon")).to_contain_text("PC02")
    assert page.evaluate("document.body.dataset.chimed") is None
    over = sa.update(pc_sessions).values(
        started_at=clock.now() - timedelta(hours=2), expires_at=clock.now() - timedelta(minutes=1)
    )
    site.floor.run(lambda tx, _: tx.run(over), None)
    expect(seat(page, "PC02")).to_contain_text("ended")
    expect(page.locator("#ends-said")).to_have_text("Ended: PC02")
    assert page.evaluate("document.body.dataset.chimed") == "1"
    page.wait_for_timeout(2500)
    assert page.evaluate("document.body.dataset.chimed") == "1"
    # Switched off it stays off.
    page.get_by_role("button", name="Sound when a session ends").click()
    page.reload()
    expect(page.get_by_role("button", name="Sound when a session ends")).to_have_attribute(
        "aria-pressed", "false"
    )


def test_a_panel_on_its_way_shows_it_within_a_third_of_a_second(site: Site, page: Page) -> None:
    sign_in(page, site)
    seat(page, "PC01").click()
    expect(page.locator("#panel form")).to_be_visible()
    page.route(re.compile("/panel/computers/panel.pc=PC02"), lambda route: None)
    seat(page, "PC02").click()
    moves = "one => one.getAnimations().map((move) => move.effect.getComputedTiming().endTime)"
    timing = page.locator("#panel").evaluate(moves)
    assert timing != []
    assert max(timing) <= 300
    page.wait_for_timeout(350)
    assert page.locator("#panel").evaluate("one => getComputedStyle(one).opacity") == "0.45"


def test_turned_seats_stand_as_the_map_editor_draws_them(site: Site, page: Page) -> None:
    lay_out(site, "PC01", "PC02")
    room = RoomPlan(
        name="Hall", frame_x=16, frame_y=16, frame_width=600, frame_height=300, allows_booking=True
    )
    places = [
        PcPlace(pc_name=name, room_name="Hall", box_top=60, box_left=left, turned_degrees=degrees)
        for name, left, degrees in (("PC01", 40, 90), ("PC02", 140, 0))
    ]
    site.floor.run(save_layout, Layout(site.floor.center, [room], places))
    sign_in(page, site)
    turn = "one => getComputedStyle(one, '::before').rotate"
    assert seat(page, "PC01").evaluate(turn) == "90deg"
    expect(seat(page, "PC02")).not_to_have_attribute("data-turned", re.compile(".*"))
    # The words stay upright.
    assert seat(page, "PC01").evaluate("one => getComputedStyle(one).rotate") == "none"


def test_eighty_pcs_are_seen_at_once(site: Site, page: Page) -> None:
    site.floor.add_pcs(*(f"PC{number:02}" for number in range(5, 81)))
    site.floor.guests("postpaid", *(f"PC{number:02}" for number in range(1, 41)))
    sign_in(page, site)
    expect(page.locator(".lh-seat")).to_have_count(80)
    last = page.locator(".lh-seat").last.bounding_box()
    assert last is not None
    assert last["y"] + last["height"] <= 900
    size = page.locator(".lh-seat").first.bounding_box()
    assert size is not None
    assert size["height"] >= 44


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_worked_with_has_no_serious_finding(site: Site, page: Page, theme: str) -> None:
    site.floor.guest("postpaid", "PC01")
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    sign_in(page, site)
    found: list[str] = []
    for view in ("Cards", "Table", "Timeline", "Map"):
        page.get_by_role("button", name=view, exact=True).click()
        found += [f"{view}: {text}" for text in violations(page)]
    page.locator("[data-select=free]").click()
    expect(page.locator("#panel")).to_contain_text("3 PCs")
    found += [f"selection: {text}" for text in violations(page)]
    page.locator("#do-start").click()
    expect(page.get_by_role("dialog").get_by_role("heading")).to_be_visible()
    found += [f"start: {text}" for text in violations(page)]
    page.keyboard.press("Escape")
    seat(page, "PC01").click(button="right")
    expect(page.get_by_role("menu")).to_be_visible()
    found += [f"menu: {text}" for text in violations(page)]
    page.keyboard.press("Escape")
    seat(page, "PC02").click()
    expect(page.locator("#panel form")).to_be_visible()
    found += [f"sale: {text}" for text in violations(page)]
    assert found == []


def test_a_poll_writes_only_the_seats_that_changed(site: Site, page: Page) -> None:
    """500 PCs, of which 20 change: nothing is written on the others."""
    names = [f"PC{number:03}" for number in range(5, MAX_PC + 1)]
    site.floor.add_pcs(*names)
    sign_in(page, site)
    expect(page.locator(".lh-seat")).to_have_count(MAX_PC)
    page.wait_for_timeout(500)
    page.evaluate(
        """() => {
          window.written = new Set();
          const note = (all) => all.forEach((one) => {
            const part = one.target.nodeType === 1 ? one.target : one.target.parentElement;
            const seat = part?.closest(".lh-seat");
            if (seat) written.add(seat.dataset.pc);
          });
          new MutationObserver(note).observe(document.getElementById("map"), {
            subtree: true, childList: true, attributes: true, characterData: true });
        }"""
    )
    site.floor.guests("postpaid", *names[100:120])
    expect(seat(page, names[119])).to_have_attribute("data-state", "postpaid")
    page.wait_for_timeout(500)
    assert sorted(page.evaluate("[...written]")) == names[100:120]
