"""The owner puts goods on the shelf, sees them run low, and counts them."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site, sign_in


def test_goods_are_added_filled_up_and_counted(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.get_by_role("link", name="Goods").click()
    page.get_by_role("link", name="Add a product").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("Cola 0.33 l")
    page.get_by_role("textbox", name="Price", exact=True).fill("1,80")
    page.get_by_role("button", name="Add a product").click()
    expect(page.get_by_text("This is not an amount. Write it like 12.50")).to_be_visible()
    page.get_by_role("textbox", name="Price", exact=True).fill("1.80")
    page.get_by_label("Pieces that are there").fill("5")
    page.get_by_label("Tell when so many are left").fill("5")
    page.get_by_role("button", name="Add a product").click()
    expect(page.get_by_text("Product added.")).to_be_visible()
    expect(page.get_by_role("row", name="Cola 0.33 l")).to_contain_text("5 left")

    page.get_by_role("link", name="Cola 0.33 l").click()
    stock = page.get_by_role("form", name="Change the stock")
    stock.get_by_label("Pieces").fill("2")
    stock.get_by_role("button", name="Take out").click()
    expect(page.get_by_text("is required")).to_be_visible()
    stock.get_by_label("Reason").fill("Dropped")
    stock.get_by_role("button", name="Take out").click()
    expect(page.get_by_text("Stock is 3 now.")).to_be_visible()
    stock.get_by_label("Pieces").fill("24")
    stock.get_by_role("button", name="Put in").click()
    expect(page.get_by_text("Stock is 27 now.")).to_be_visible()
    expect(page.get_by_role("row", name="Dropped")).to_contain_text("Taken out")

    page.get_by_role("link", name="Back to the goods").click()
    page.get_by_role("link", name="Stock-take").click()
    page.get_by_label("Cola 0.33 l").fill("26")
    page.get_by_role("button", name="Enter the count").click()
    expect(page.get_by_text("The count is entered.")).to_be_visible()
    expect(page.get_by_role("row", name="Cola 0.33 l")).to_contain_text("26")


def test_a_count_is_entered_on_a_phone(site: Site, page: Page) -> None:
    """A refused line widens no table, and the rail with its longest word covers no button."""
    site.floor.set(payment_gateway="manual")
    for number in range(20):
        site.floor.add_product(f"Cola zero 0.33 l {number}", 3)
    sign_in(page, site)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site.url}/panel/products/count")
    page.locator("[name^='counted']").nth(1).fill("many")
    page.get_by_role("button", name="Enter the count").click()
    wrong = page.locator("[name^='counted']").nth(1)
    expect(wrong).to_have_attribute("aria-invalid", "true")
    table = page.locator("main table")
    assert table.evaluate("(one) => one.scrollWidth <= one.parentElement.clientWidth")
    page.evaluate("scrollTo(0, 0)")
    button = page.get_by_role("button", name="Enter the count").bounding_box()
    rail = page.locator("nav.lh-rail").bounding_box()
    assert button is not None
    assert rail is not None
    assert button["y"] + button["height"] <= rail["y"]
