"""A manager looks at the day, goes to the rows behind a figure, and takes a table away."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.builders.exports import workbook_rows
from tests.builders.floor import EURO
from tests.e2e.conftest import Site, sign_in


def test_figures_lead_to_their_rows_and_into_a_file(site: Site, page: Page, tmp_path: Path) -> None:
    site.floor.pay(2 * EURO, "PC01", "PC02")
    sign_in(page, site)
    page.get_by_role("link", name="Reports", exact=True).click()
    expect(page.locator("#cards")).to_contain_text("€4.00")
    page.locator("#money").get_by_role("link", name="Time sold").click()
    expect(page.locator("#totals")).to_contain_text("€4.00")
    expect(page.locator("#log").get_by_role("cell", name="Time sold")).to_have_count(2)
    page.go_back()
    page.get_by_role("link", name="7 days", exact=True).click()
    expect(page.locator("#period")).to_contain_text("against")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Save Cashiers as XLSX").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    heading, row = workbook_rows(file.read_bytes())
    assert dict(zip(heading, row, strict=True))["cash"] == "4.00"


def test_a_press_on_a_bar_leads_to_its_rows(site: Site, page: Page) -> None:
    site.floor.pay(2 * EURO, "PC01")
    sign_in(page, site)
    page.goto(f"{site.url}/panel/reports?period=week")
    box = page.locator("figure[data-chart] .lh-canvas").bounding_box()
    assert box is not None
    # Today is the last of seven bars, and the only one that is not empty.
    page.mouse.click(box["x"] + box["width"] * 13 / 14, box["y"] + box["height"] * 0.6)
    page.wait_for_url("**/panel/log?**")
    expect(page.locator("#totals")).to_contain_text("€2.00")


def test_on_paper_the_chart_is_its_table(site: Site, page: Page) -> None:
    site.floor.pay(2 * EURO, "PC01")
    sign_in(page, site)
    page.goto(f"{site.url}/panel/reports?period=week")
    table = page.locator("figure[data-chart] table")
    expect(table).to_be_hidden()
    page.emulate_media(media="print")
    expect(table).to_be_visible()
    expect(page.locator("nav.lh-rail")).to_be_hidden()
    expect(page.get_by_role("link", name="7 days", exact=True)).to_be_hidden()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
