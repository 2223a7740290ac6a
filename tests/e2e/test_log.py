"""A manager looks through the log, takes it away, and starts work in the background."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.builders.exports import workbook_rows
from tests.builders.floor import EURO
from tests.e2e.conftest import Site, sign_in


def test_the_log_is_filtered_and_saved(site: Site, page: Page, tmp_path: Path) -> None:
    site.floor.pay(2 * EURO, "PC01", "PC02")
    sign_in(page, site)
    page.get_by_role("link", name="Log", exact=True).click()
    log = page.locator("#log")
    expect(log.get_by_role("cell", name="Time sold")).to_have_count(2)
    page.get_by_label("Event").select_option(label="Time sold")
    page.get_by_label("PC").fill("pc02")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(log.get_by_role("row")).to_have_count(2)
    expect(log.get_by_role("cell", name="PC02")).to_be_visible()
    expect(page.locator("#totals")).to_contain_text("€2.00")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Save as XLSX").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert file.name == "billing-log-7777.xlsx"
    heading, row = workbook_rows(file.read_bytes())
    assert dict(zip(heading, row, strict=True))["log_pc_name"] == "PC02"
    page.get_by_role("link", name="Show all").click()
    expect(log.get_by_role("cell", name="Time sold")).to_have_count(2)


def test_work_in_the_background_is_started_and_seen_to_its_end(site: Site, page: Page) -> None:
    site.floor.add_member("ada")
    sign_in(page, site)
    page.get_by_role("link", name="Jobs").click()
    page.get_by_role("button", name="Start").first.click()
    jobs = page.locator("#jobs")
    expect(jobs.get_by_text("Done")).to_be_visible(timeout=30_000)
