"""The owner draws the map of the hall in the browser, by mouse and by keys alone."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from lanhouse.cafe.pcs.queries import floor_map
from lanhouse.cafe.pcs.wire import map_out
from tests.e2e.conftest import Site, lay_out, sign_in

PATH = "/panel/settings/map"


def kept(site: Site) -> dict[str, Any]:
    """Rooms and seats as the server has them."""
    out = site.floor.store.read_sync(lambda read, _: map_out(floor_map(read, 7777)), None)
    return {
        "rooms": {r.name: (r.x, r.y, r.width, r.height, r.allows_booking) for r in out.rooms},
        "seats": {s.name: (s.room, s.x, s.y, s.turned) for s in out.seats},
    }


def drag(page: Page, start: tuple[float, float], by: tuple[float, float]) -> None:
    """Drag with the mouse in a few steps."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + by[0] / 2, start[1] + by[1] / 2)
    page.mouse.move(start[0] + by[0], start[1] + by[1], steps=3)
    page.mouse.up()


def middle(part: Locator) -> tuple[float, float]:
    """The middle of a part of the page."""
    box = part.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def save(page: Page) -> None:
    """Press the button and wait for the word."""
    page.get_by_role("button", name="Save the map").click()
    expect(page.locator("#map-said")).to_have_text("The map is saved.")
    expect(page.locator("#map-changed")).to_be_hidden()


def open_editor(page: Page, site: Site) -> None:
    """The editor at full size, so that a pixel of the screen is one of the map."""
    page.goto(site.url + PATH)
    while page.locator("#map-zoom").inner_text() != "100 %":
        page.evaluate("setZoom(1)")


def test_an_empty_hall_is_drawn_and_comes_back_to_the_pixel(site: Site, page: Page) -> None:
    site.floor.add_pcs(*(f"PC{number:02}" for number in range(5, 13)))
    sign_in(page, site)
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Settings").get_by_role("link", name="Map").click()
    open_editor(page, site)
    expect(page.get_by_text("Draw a room, then place the PCs in it.")).to_be_visible()
    ground = page.locator("#map-stage").bounding_box()
    assert ground is not None

    def draw_room(name: str, at: tuple[int, int], size: tuple[int, int]) -> None:
        page.get_by_role("button", name="Room", exact=True).click()
        drag(page, (ground["x"] + at[0], ground["y"] + at[1]), size)
        page.get_by_label("Name").fill(name)
        page.keyboard.press("Enter")

    draw_room("Arena", (18, 14), (277, 203))
    draw_room("Lounge <b>", (330, 16), (200, 200))
    # Eleven in rows, one dragged to a place of its own.
    page.get_by_role("button", name=re.compile("^Arena")).click()
    chip = page.get_by_role("button", name="PC12")
    chip.scroll_into_view_if_needed()
    start = middle(chip)
    drag(page, start, (ground["x"] + 400 - start[0], ground["y"] + 100 - start[1]))
    expect(page.locator("[data-seat=PC12]")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name=re.compile("^Arena")).click()
    page.get_by_role("button", name="Place all in rows").click()
    expect(page.get_by_text("Every PC has its place.")).to_be_visible()

    # One seat between the rooms, without snapping; then it is turned by a number.
    page.get_by_label("Rooms and seats").click(position={"x": 700, "y": 400})
    page.keyboard.press("Escape")
    page.keyboard.down("Alt")
    drag(page, middle(page.locator("[data-seat=PC01]")), (331, 53))
    page.keyboard.up("Alt")
    page.get_by_role("spinbutton", name="Turned").fill("345")
    page.keyboard.press("Enter")
    # Two seats line up with the left one.
    page.locator("[data-seat=PC02]").click()
    page.locator("[data-seat=PC09]").click(modifiers=["Shift"])
    page.get_by_role("button", name="Align to the left").click()
    save(page)

    there = kept(site)
    assert there["rooms"] == {
        "Arena": (16, 16, 280, 200, True),
        "Lounge <b>": (328, 16, 200, 200, True),
    }
    assert len(there["seats"]) == 12
    assert there["seats"]["PC12"] == ("Lounge <b>", 56, 72, 0)
    assert there["seats"]["PC01"] == ("Lounge <b>", 8 + 331 - 312, 32 + 53, 345)
    assert there["seats"]["PC02"][1] == there["seats"]["PC09"][1]

    # Loaded again everything stands where it was drawn, and nothing is left to save.
    places = (
        "(list) => list.map((one) => [one.dataset.seat ?? one.dataset.room, one.style.transform])"
    )
    before = dict(page.locator("[data-seat], [data-room]").evaluate_all(places))
    open_editor(page, site)
    after = dict(page.locator("[data-seat], [data-room]").evaluate_all(places))
    assert sorted(after.values()) == sorted(before.values())
    assert {name: at for name, at in after.items() if name.startswith("PC")} == {
        name: at for name, at in before.items() if name.startswith("PC")
    }
    expect(page.get_by_role("button", name="Save the map")).to_be_disabled()
    assert kept(site) == there


def test_by_keys_alone(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_editor(page, site)
    page.get_by_role("button", name="Room", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Arena")
    page.keyboard.press("Enter")
    chip = page.get_by_role("button", name="PC01")
    chip.focus()
    page.keyboard.press("Enter")
    # The focus goes on to the next one that waits.
    expect(page.get_by_role("button", name="PC02").first).to_be_focused()
    page.keyboard.press("Enter")
    seat = page.locator("[data-seat=PC01]")
    seat.focus()
    assert kept(site)["rooms"] == {}
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Shift+ArrowDown", "r"):
        page.keyboard.press(key)
    expect(page.locator("#map-said")).to_have_text("Turned PC01")
    page.keyboard.press("Control+s")
    expect(page.locator("#map-said")).to_have_text("The map is saved.")
    assert kept(site)["rooms"] == {"Arena": (16, 16, 320, 240, True)}
    # From the first free place: two lines of the grid to the right, one down and a pixel more.
    assert kept(site)["seats"]["PC01"] == ("Arena", 8 + 8 + 8, 32 + 8 + 1, 90)
    before = kept(site)

    # The room goes with its seats, and its size by numbers; undo is a step back each.
    page.locator("[data-room-head]").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("spinbutton", name="Width").fill("408")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Undo: Changed Arena").press("Enter")
    page.get_by_role("button", name="Undo: Moved Arena").press("Enter")
    expect(page.get_by_role("button", name="Save the map")).to_be_disabled()
    page.keyboard.press("Control+y")
    page.keyboard.press("Control+y")
    seat.focus()
    page.keyboard.press("Delete")
    expect(page.get_by_role("button", name="PC01", exact=True)).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.locator("#map-said")).to_have_text("The map is saved.")
    assert kept(site)["rooms"] == {"Arena": (16, 24, 408, 240, True)}
    assert list(kept(site)["seats"]) == ["PC02"]
    assert kept(site)["seats"]["PC02"] == before["seats"]["PC02"]


def test_two_editors_do_not_overwrite_each_other(site: Site, page: Page) -> None:
    lay_out(site, "PC01", "PC02")
    sign_in(page, site)
    open_editor(page, site)
    other = page.context.new_page()
    open_editor(other, site)
    for tab, seat in ((page, "PC01"), (other, "PC02")):
        tab.locator(f"[data-seat={seat}]").focus()
        tab.keyboard.press("ArrowDown")
    save(page)
    saved = kept(site)
    other.get_by_role("button", name="Save the map").click()
    expect(other.get_by_role("alert")).to_contain_text("changed by somebody else")
    assert kept(site) == saved
    # Who leaves with something unsaved is asked; who takes the other map is not.
    asked: list[str] = []
    other.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    other.get_by_role("link", name="Members").first.click()
    assert asked == ["beforeunload"]
    other.get_by_role("button", name="Load it").click()
    expect(other.get_by_role("button", name="Save the map")).to_be_disabled()
    assert asked == ["beforeunload"]
    assert other.locator("[data-seat=PC01]").get_attribute("style") == page.locator(
        "[data-seat=PC01]"
    ).get_attribute("style")


def test_a_picture_lies_under_the_map(site: Site, page: Page) -> None:
    lay_out(site, "PC01")
    sign_in(page, site)
    open_editor(page, site)
    drawn = BytesIO()
    Image.new("RGB", (300, 150), "navy").save(drawn, "PNG")
    plan = {"name": "plan.png", "mimeType": "image/png", "buffer": drawn.getvalue()}
    page.locator("[data-seat=PC01]").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    page.get_by_label("Picture", exact=True).set_input_files(plan)
    image = page.locator("#map-picture")
    expect(image).to_be_visible()
    # It is kept at once: taking the step before it back leaves nothing to save, and the picture.
    page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name="Save the map")).to_be_disabled()
    expect(image).to_be_visible()
    page.get_by_role("spinbutton", name="Width").fill("450")
    page.keyboard.press("Tab")
    page.get_by_role("spinbutton", name="Strength").fill("70")
    page.keyboard.press("Tab")
    save(page)
    open_editor(page, site)
    box = image.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (450, 225)
    assert image.evaluate("(one) => one.style.opacity") == "0.7"
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    large = {"name": "plan.png", "mimeType": "image/png", "buffer": bytes(9 << 20)}
    page.locator("#map-file").set_input_files([large])
    assert page.locator("#map-file").evaluate("field => field.validationMessage")
    assert "POST" not in sent
    broken = {"name": "plan.png", "mimeType": "image/png", "buffer": b"no picture"}
    page.get_by_label("Picture", exact=True).set_input_files(broken)
    expect(page.get_by_role("alert")).to_contain_text("picture")
    page.get_by_role("button", name="Remove the picture").click()
    expect(image).to_be_hidden()


def test_the_computers_page_shows_the_hall_as_it_was_laid_out(site: Site, page: Page) -> None:
    lay_out(site, "PC01", "PC02", "PC03")
    site.floor.guest("postpaid", "PC02")
    sign_in(page, site)
    hall = page.locator("[data-hall]")
    expect(hall).to_have_attribute("data-laid", "")

    def at(name: str) -> tuple[float, float, float]:
        box = page.locator(f"[data-pc={name}]").bounding_box()
        assert box is not None
        return box["x"], box["y"], box["width"]

    scale = at("PC01")[2] / 40
    # 48 pixels apart on the map; the PC that nobody has placed is a card behind.
    assert at("PC02")[0] - at("PC01")[0] == pytest.approx(48 * scale, abs=0.1)
    assert at("PC02")[1] == at("PC01")[1]
    expect(page.get_by_role("heading", name="Other PCs")).to_be_visible()
    expect(page.get_by_role("heading", name="Bar")).to_be_visible()
    # A poll that changes a seat leaves it where it stands; another map is drawn anew.
    before = at("PC02")
    site.floor.check_out("PC02")
    expect(page.locator("[data-pc=PC02]")).to_have_attribute("data-state", "free")
    assert at("PC02") == before
    lay_out(site, "PC02", "PC01", "PC03", "PC04")
    expect(page.get_by_role("heading", name="Other PCs")).to_have_count(0)
    assert at("PC02")[0] < at("PC01")[0]
    # Whoever likes cards better keeps them.
    page.get_by_role("button", name="Cards").click()
    expect(hall).not_to_have_attribute("data-laid", "")
    page.reload()
    expect(page.get_by_role("button", name="Cards")).to_have_attribute("aria-pressed", "true")
    expect(hall).not_to_have_attribute("data-laid", "")
    expect(page.get_by_role("heading", name="Bar")).to_have_count(0)
    page.get_by_role("button", name="Map").click()
    # A phone has no room for a hall.
    expect(hall).to_have_attribute("data-laid", "")
    page.set_viewport_size({"width": 360, "height": 800})
    expect(hall).not_to_have_attribute("data-laid", "")


def test_500_seats_are_dragged_as_one(site: Site, page: Page) -> None:
    names = [f"PC{number:02}" for number in range(1, 501)]
    site.floor.add_pcs(*names[4:])
    lay_out(site, *names)
    before = kept(site)["seats"]
    sign_in(page, site)
    open_editor(page, site)
    expect(page.locator("[data-seat]")).to_have_count(500)
    page.locator("[data-seat=PC07]").focus()
    page.keyboard.press("Control+a")
    page.evaluate(_WATCH)
    x, y = middle(page.locator("[data-seat=PC30]"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 4, y)
    page.wait_for_timeout(100)
    page.evaluate("watched.changes = 0")
    for step in range(30):
        page.mouse.move(x + step * 3, y + step)
        page.wait_for_timeout(16)
    # However many are carried, a frame writes one thing.
    assert page.evaluate("watched.changes") <= 31
    print("long tasks while dragging 500 seats:", page.evaluate("watched.long"))
    page.mouse.up()
    expect(page.locator("#map-said")).to_have_text("Moved 500 seats or rooms")
    print("and with the drop:", page.evaluate("watched.long"))
    save(page)
    moved = {name: (room, x + 88, y + 32, turned) for name, (room, x, y, turned) in before.items()}
    assert kept(site)["seats"]["PC01"] == moved["PC01"]


_WATCH = """() => {
  window.watched = { changes: 0, long: [] };
  const tasks = (list) => watched.long.push(...list.getEntries().map((one) => one.duration));
  new PerformanceObserver(tasks).observe({ entryTypes: ["longtask"] });
  const changes = new MutationObserver((list) => { watched.changes += list.length; });
  changes.observe(document.body, { subtree: true, childList: true, attributes: true });
}"""
