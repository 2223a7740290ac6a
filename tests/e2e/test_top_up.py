"""A member tops up on a phone by QR code, and the page says by itself that the money came."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from lanhouse.auth.tokens import NewToken, issue_token
from lanhouse.cafe.payments.commands.notices import take_notice
from lanhouse.cafe.payments.schemas import WEBHOOK, Notice, Noticed
from lanhouse.cafe.promo.commands import PromoChange, create_promo
from tests.builders.floor import EURO
from tests.builders.nouns.payments import payments, use_webhook
from tests.e2e.conftest import Site
from tests.e2e.test_accessible import violations

PAGE = "/portal/hall7777/top-up"


def _phone(page: Page, site: Site) -> int:
    """A member who is signed in on a phone of 390 px."""
    use_webhook(site.floor)
    code = {"name": "SUMMER", "quantity": 5, "amount_micros": 3 * EURO}
    site.floor.run(create_promo, PromoChange(site.floor.center, None, code))
    member_id = site.floor.add_member("ada")
    token = site.floor.run(issue_token, NewToken(7777, "member", "cookie", member_id))
    page.context.add_cookies([{"name": "lanhouse_member", "value": token, "url": site.url}])
    page.set_viewport_size({"width": 390, "height": 844})
    return member_id


def _tell(site: Site, number: int) -> None:
    notice = Notice(
        external_id=f"pay_{number}",
        order_text=str(number),
        amount_micros=20 * EURO,
        currency="EUR",
    )
    site.floor.run(take_notice, Noticed(center=site.floor.center, gateway=WEBHOOK, notice=notice))


def _is_fine(page: Page) -> None:
    assert violations(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_qr_is_paid_while_the_page_is_open(site: Site, page: Page) -> None:
    member_id = _phone(page, site)
    page.goto(site.url + PAGE)
    _is_fine(page)
    page.get_by_text("€20.00").click()
    page.get_by_label("Promo code").fill("summer")
    page.get_by_role("button", name="Show the QR code").click()
    page.wait_for_url(f"**{PAGE}/1")
    expect(page.get_by_alt_text("QR code for this payment")).to_be_visible()
    expect(page.get_by_text("€20.00 and €3.00 bonus")).to_be_visible()
    _is_fine(page)
    assert site.floor.money(member_id) == (0, 0)
    _tell(site, 1)
    expect(page.get_by_text("Paid. It is on your balance.")).to_be_visible()
    _is_fine(page)
    assert site.floor.money(member_id) == (20 * EURO, 3 * EURO)
    # "Back" on the phone begins nothing anew.
    page.go_back()
    page.goto(f"{site.url}{PAGE}/1")
    expect(page.get_by_text("Paid. It is on your balance.")).to_be_visible()
    assert len(payments(site.floor)) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_top_up_is_cancelled_and_paid_all_the_same(
    site: Site, browser: Browser, scheme: str
) -> None:
    context = browser.new_context(color_scheme=scheme, locale="en-GB")  # type: ignore[arg-type]
    context.set_default_timeout(10_000)
    page = context.new_page()
    member_id = _phone(page, site)
    page.goto(site.url + PAGE)
    page.get_by_label("Other amount").fill("20")
    page.get_by_role("button", name="Show the QR code").click()
    page.get_by_role("button", name="Cancel this top-up").click()
    expect(page.get_by_text("was cancelled or not paid in time")).to_be_visible()
    _is_fine(page)
    _tell(site, 1)
    page.reload()
    expect(page.get_by_text("Paid. It is on your balance.")).to_be_visible()
    assert site.floor.money(member_id) == (20 * EURO, 0)
    context.close()
