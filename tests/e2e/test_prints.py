"""The desk prints: by the browser without a set-up, and on a printer that goes and comes back."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from lanhouse.cafe.printing.commands import NewPrinter, add_printer
from lanhouse.cafe.printing.schemas import PrinterValues
from tests.builders.deliveries import LOOPBACK
from tests.builders.printer import FakePrinter
from tests.e2e.conftest import Site, press_act, sign_in, wait_until


def test_a_receipt_by_the_browser(site: Site, page: Page) -> None:
    page.add_init_script("window.print = () => (window.printed = (window.printed ?? 0) + 1)")
    site.floor.pay(5_000_000, "PC01")
    sign_in(page, site, "staff")
    page.goto(f"{site.url}/panel/log")
    page.get_by_role("button", name="Receipt 1", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Time paid in advance, PC01")).to_be_visible()
    expect(dialog.get_by_text("Copy", exact=True)).to_have_count(0)
    with page.expect_response("**/panel/receipts/log/1/issue") as answered:
        press_act(page, "F8")
    assert answered.value.status == 204
    wait_until(page, "window.printed === 1")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Receipt 1", exact=True).click()
    expect(dialog.get_by_text("Copy", exact=True)).to_be_visible()
    expect(dialog.get_by_text("printed 1 time")).to_be_visible()


def test_a_printer_goes_and_comes_back(site: Site, page: Page) -> None:
    with FakePrinter() as printer:
        values = PrinterValues(name="Till 1", address=printer.address)
        site.floor.run(
            add_printer, NewPrinter(center=site.floor.center, values=values, allowed=LOOPBACK)
        )
        printer.go_away()
        sign_in(page, site, "admin")
        page.locator('[data-pc="PC01"]').click()
        page.locator("#do-time").click()
        dialog = page.get_by_role("dialog")
        dialog.locator("#amount").fill("6")
        expect(dialog.get_by_role("button", name="Start and take €6.00")).to_be_visible()
        press_act(page, "F8")
        page.locator("#toast").get_by_role("button", name="Print").click()
        expect(dialog.get_by_role("button", name="Print on Till 1")).to_be_visible()
        press_act(page, "F8")
        expect(dialog).to_be_hidden()
        expect(page.locator("#toast")).to_contain_text("The printer does not answer. It waits")
        expect(page.locator(".lh-late")).to_contain_text("1 print waits.")
        printer.come_back()
        page.goto(f"{site.url}/panel/settings/printers")
        expect(page.get_by_role("heading", name="What waits for a printer")).to_be_visible()
        page.get_by_role("button", name="Print a test").click()
        expect(page.locator("#toast")).to_contain_text("Printed.", timeout=30_000)
        strips = printer.wait(2)
        assert any(b"Time paid in advance, PC01" in strip for strip in strips)
        page.reload()
        expect(page.get_by_role("heading", name="What waits for a printer")).to_have_count(0)


def test_nobody_asks_for_late_prints_at_everything_that_happens(site: Site, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response("**/panel/receipts/late"):
        sign_in(page, site, "admin")
    before = len([url for url in asked if "/receipts/late" in url])
    site.floor.pay(5_000_000, "PC02")
    expect(page.locator('[data-pc="PC02"]')).to_have_attribute("data-state", "prepaid")
    assert len([url for url in asked if "/receipts/late" in url]) == before == 1
