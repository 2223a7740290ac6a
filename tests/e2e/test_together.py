"""Friends at the desk: started in one sale, one bill, one payer or several."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from lanhouse.cafe.sessions.schemas import POSTPAID
from tests.builders.floor import EURO
from tests.e2e.conftest import Site, press_act, sign_in, wait_until


def _open(page: Page, site: Site, path: str) -> None:
    page.goto(f"{site.url}/panel/computers")
    wait_until(page, "window.htmx !== undefined")
    page.evaluate("path => htmx.ajax('GET', path, {target: '#dialog'})", path)


def test_two_pcs_are_started_in_one_sale(site: Site, page: Page) -> None:
    sign_in(page, site)
    _open(page, site, "/panel/computers/together?pc=PC01&pc=PC02")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Start together")
    dialog.get_by_role("button", name="2 h").click()
    expect(dialog.locator("#do-label")).to_have_text("Take €12.00 and start 2 PCs")
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("PC01, PC02 run together. €12.00 taken.")
    assert site.floor.till() == 12 * EURO
    page.goto(f"{site.url}/panel/computers?pc=PC01")
    expect(page.locator("#do-together-pay")).to_be_visible()


def test_enter_takes_the_money_and_leaves_nothing_open(site: Site, page: Page) -> None:
    """The first submit button of a form is what Enter presses: it must not be another act."""
    site.floor.set(payment_method_pay_later=True, minimum_charge_micros=EURO)
    site.floor.together(POSTPAID, "PC01", "PC02")
    sign_in(page, site)
    _open(page, site, "/panel/computers/settle?pc=PC01")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Leave it on the bill of the others")).to_be_visible()
    dialog.get_by_label("Cash received").fill("50")
    press_act(page, "Enter")
    expect(page.locator("#toast")).to_contain_text("taken.")
    assert site.floor.debts() == []
    assert not site.floor.is_busy("PC01")


def test_who_may_leave_it_open_can_take_the_money_all_the_same(site: Site, page: Page) -> None:
    """The field for who owes it is empty then, and must not keep the form from being sent."""
    site.floor.set(payment_method_pay_later=True, minimum_charge_micros=2 * EURO)
    site.floor.set(payment_method_mixed=True)
    site.floor.guest(POSTPAID, "PC01")
    sign_in(page, site)
    _open(page, site, "/panel/computers/settle?pc=PC01")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Pay later")).to_be_visible()
    dialog.get_by_role("button", name="2", exact=True).click()
    expect(dialog.get_by_label("Payer 2")).to_be_visible()
    dialog.get_by_label("Paid by").nth(1).select_option("card")
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("PC01 is free. €2.00 taken.")
    assert (site.floor.till(), site.floor.till("card")) == (EURO, EURO)


def test_a_bill_is_shared_and_a_part_left_open(site: Site, page: Page) -> None:
    site.floor.set(payment_method_mixed=True, minimum_charge_micros=EURO)
    site.floor.together(POSTPAID, "PC01", "PC02")
    sign_in(page, site)
    _open(page, site, "/panel/computers/settle?pc=PC01")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Leave it on the bill of the others").click()
    expect(page.locator("#toast")).to_contain_text("left open.")
    assert [debt.pc_name for debt in site.floor.debts()] == ["PC01"]
    _open(page, site, "/panel/computers/settle?pc=PC02")
    expect(dialog).to_contain_text("Left open before")
    dialog.get_by_role("button", name="2", exact=True).click()
    expect(dialog.get_by_label("Payer 2")).to_be_visible()
    dialog.get_by_label("Paid by").nth(1).select_option("card")
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("PC02 is free.")
    assert site.floor.debts() == []
    assert (site.floor.till(), site.floor.till("card")) == (EURO, EURO)
    site.floor.verify()


def test_a_written_off_bill_leaves_the_list(site: Site, page: Page) -> None:
    site.floor.set(payment_method_pay_later=True, minimum_charge_micros=2 * EURO)
    sign_in(page, site)
    for pc in ("PC01", "PC02"):
        site.floor.guest(POSTPAID, pc)
        _open(page, site, f"/panel/computers/check-out?pc={pc}")
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Share the bill, or pay later").click()
        expect(dialog.get_by_label("Payer 2")).to_be_visible()
        dialog.get_by_text("Pay later").click()
        dialog.get_by_label("Who is it?").fill("the tall one")
        dialog.locator("[data-later]").click()
        expect(page.locator("#toast")).to_contain_text(f"{pc} is free. €2.00 left open.")
    page.goto(f"{site.url}/panel/debts")
    rows = page.locator("#debts tbody tr")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Write off what PC01 has left open").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("moved away")
    page.get_by_role("dialog").locator(".btn-danger").click()
    expect(rows).to_have_count(1)
    expect(page.locator("#debts tfoot")).to_contain_text("€2.00")
    page.get_by_role("button", name="Take").click()
    press_act(page, "F8")
    expect(page.locator("#debts")).to_contain_text("Nobody owes for time.")
    assert site.floor.debts() == []
