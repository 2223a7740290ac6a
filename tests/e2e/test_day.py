"""A cashier's whole day, and its Z report beside sums made from the ledger alone."""

from __future__ import annotations

import re
from collections import Counter

import sqlalchemy as sa
from playwright.sync_api import Browser, Locator, Page, Route, expect

from lanhouse.auth.tokens import NewToken, issue_token
from lanhouse.cafe.centers.schemas import BonusTier
from lanhouse.ledger.tables import accounts, entries, transfers
from tests.builders.floor import CENT, EURO
from tests.builders.nouns.orders import order, verify
from tests.e2e.conftest import Site, press_act, sign_in

_TENDERS = ("cash", "card", "qr")
_LINES = {
    "addtime": "Time sold",
    "checkout": "Time sold",
    "offer": "Packages",
    "order": "Goods",
    "order_refund": "Refunds",
    "topup": "Top-ups",
}
"""The line of the report, by the kind of the ledger's transfer; what goes out is a refund."""
_SOLD = ("revenue_time", "revenue_offer", "revenue_goods", "tax")
Lines = dict[str, tuple[int, ...]]


def test_a_cashiers_day_from_the_first_sale_to_the_z_report(site: Site, page: Page) -> None:
    _furnish(site)
    assert _transfers(site) == []
    sign_in(page, site, "staff")
    _sell_time_and_money(page)
    _serve_members(page, site)
    _sell_goods(page)
    _sell_together(page)
    _bring_an_order(page, site)
    _give_back(page, site)
    playing = {name for name in site.floor.pc_ids if site.floor.is_busy(name)}
    assert playing == {"PC01", "PC03", "PC06", "PC07"}

    lines, drawer, aside = _sums(site)
    expected = drawer + sum(line[1] for line in lines.values())
    assert lines == {
        # Number, cash, card, QR: 6.00, 1.50, 1.00, two at 3.00, 1.00; by card 3.00 and 1.00.
        "Time sold": (8, 1550 * CENT, 400 * CENT, 0),
        "Packages": (1, 800 * CENT, 0, 0),
        "Goods": (3, 560 * CENT, 320 * CENT, 0),
        "Top-ups": (2, 2000 * CENT, 0, 1000 * CENT),
        "Refunds": (2, -180 * CENT, -200 * CENT, 0),
    }
    # 100.00 of float and 50.00 to the bank, and all that came and went.
    assert (drawer, expected) == (50 * EURO, 9730 * CENT)
    # From the balances: one of ana_p, and one of the guest who had paid on the card before he
    # played. rui_s played from the bonus.
    assert aside == {
        "Paid from balances": 2 * EURO,
        "Paid from bonus": EURO,
        "Bonus given": 2 * EURO,
    }
    _hand_over(page, site, expected)
    assert _figures(page) == {
        "Float": (0, 100 * EURO, 0, 0),
        **lines,
        "Cash out: To the bank": (0, -50 * EURO, 0, 0),
        "Should be there": (0, expected, 520 * CENT, 10 * EURO),
    }
    assert _pairs(page, "Not in the drawer") == aside
    assert _pairs(page, "Packages") == {"1 × Evening": 8 * EURO}
    # What was paid in this shift, whatever of it was given back since.
    assert _pairs(page, "Goods") == {"2 × Cola": 360 * CENT, "1 × Toast": 0, "2 × Water": 2 * EURO}
    went_on = page.get_by_role("table", name="Sessions that went on").locator("tbody tr")
    assert {text.split()[0] for text in went_on.all_inner_texts()} == playing
    # Nothing of it was booked again by handing over, and nothing that runs was touched.
    assert _sums(site)[0] == lines
    assert {name for name in site.floor.pc_ids if site.floor.is_busy(name)} == playing
    verify(site.floor)


def test_two_cashiers_on_one_pc(site: Site, page: Page, browser: Browser) -> None:
    """Both sell it, then both check it out: one does, the other is told, no money moves twice."""
    site.floor.set(minimum_charge_micros=EURO)
    profile = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    other = profile.new_page()
    desks = (page, other)
    for desk, role in zip(desks, ("staff", "manager"), strict=True):
        sign_in(desk, site, role)
    for desk in desks:
        expect(_start(desk, "PC02", "guest").locator("#do-label")).to_contain_text("€3.00")
    _together_at("start", *desks)
    told = _one_wins(desks, "PC02 runs for G_")
    expect(told).to_contain_text("PC is in use")
    assert len(site.floor.session_ids()) == 1
    assert site.floor.till() == 3 * EURO

    for desk in desks:
        _check_out(desk, "PC02", "Give €2.00 and free PC02")
    _together_at("check-out", *desks)
    told = _one_wins(desks, "PC02 is free. €2.00 given back in cash.")
    expect(told).to_contain_text("PC02")
    assert site.floor.till() == EURO
    assert not site.floor.is_busy("PC02")
    assert len(site.floor.logs("CHECKOUT")) == 1
    profile.close()
    site.floor.verify()


def test_a_start_dialog_says_that_another_desk_took_the_pc(
    site: Site, page: Page, browser: Browser
) -> None:
    """Without a key pressed in it: the button is off before anybody believes what stands on it."""
    profile = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    other = profile.new_page()
    sign_in(page, site, "staff")
    sign_in(other, site, "manager")
    _start(page, "PC02", "guest")
    expect(page.locator("#preview")).to_contain_text("1 h")
    _start(other, "PC02", "guest")
    press_act(other, "F8")
    expect(other.locator("#toast")).to_contain_text("PC02 runs for G_")
    expect(page.locator("#preview")).to_contain_text("PC02 has been taken meanwhile.")
    sell = page.locator("dialog button[type=submit]")
    expect(sell).to_be_disabled()
    expect(sell).to_have_text(re.compile(r"^\s*Start\s*F8"))
    page.keyboard.press("F8")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert len(site.floor.session_ids()) == 1
    profile.close()


def _together_at(path: str, *desks: Page) -> None:
    """Press the key that moves money at every desk, and let the requests go at one time."""
    held: list[Route] = []
    address = f"**/panel/computers/{path}"
    for desk in desks:
        desk.route(address, lambda route: held.append(route))
        press_act(desk, "F8")
    while len(held) < len(desks):
        desks[-1].wait_for_timeout(50)
    for route in held:
        route.continue_()
    for desk in desks:
        desk.unroute(address)


def _one_wins(desks: tuple[Page, ...], text: str) -> Locator:
    """Exactly one desk is told that it was done; answers where the other is told why not."""
    for desk in desks:
        done = desk.locator("#toast").get_by_text(text)
        refused = (
            desk.get_by_role("dialog")
            .get_by_role("alert")
            .or_(
                desk.get_by_role("dialog").locator(
                    ".lh-note[data-tone=bad], .lh-note[data-tone=warn]"
                )
            )
        )
        expect(done.or_(refused).first).to_be_visible()
    won = [desk for desk in desks if desk.locator("#toast").get_by_text(text).is_visible()]
    assert len(won) == 1
    lost = next(desk for desk in desks if desk is not won[0])
    return lost.get_by_role("dialog")


def _furnish(site: Site) -> None:
    """Ten PCs, a package, three products, two members without money."""
    floor = site.floor
    floor.set(
        shift_required=True,
        minimum_charge_micros=EURO,
        use_bonus_first=True,
        payment_method_mixed=True,
        payment_method_qr=True,
        payment_method_cash_in_client=True,
        price_bonus=[BonusTier(20 * EURO, bonus_micros=2 * EURO)],
    )
    floor.add_till()
    floor.add_pcs(*(f"PC{number:02}" for number in range(5, 11)))
    floor.add_offer("Evening", 800)
    floor.add_product("Cola", 9, price_micros=180 * CENT)
    floor.add_product("Toast", 9, price_micros=320 * CENT)
    floor.add_product("Water", 9, price_micros=EURO)
    floor.add_member("rui_s")
    floor.add_member("ana_p")


def _start(page: Page, name: str, kind: str) -> Locator:
    """The dialog that starts a session on a free PC."""
    page.locator(f'[data-pc="{name}"]').dblclick()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", level=2)).to_have_text(f"Start {name}")
    dialog.locator(f"label[for=kind-{kind}]").click()
    return dialog


def _done(page: Page, text: str) -> None:
    """The toast tells what was done, and the dialog has gone."""
    expect(page.locator("#toast")).to_contain_text(text)
    expect(page.get_by_role("dialog")).to_be_hidden()


def _sell_time_and_money(page: Page) -> None:
    """Guests: in cash, by card, more time, a package, and one who pays at the end."""
    dialog = _start(page, "PC01", "guest")
    dialog.locator("#amount").fill("6")
    expect(dialog.get_by_role("button", name="Start and take €6.00")).to_be_visible()
    press_act(page, "F8")
    dialog.get_by_label("Open with float").fill("100")
    expect(dialog.get_by_role("button", name="Start and take €6.00")).to_be_visible()
    press_act(page, "F8")
    _done(page, "PC01 runs for G_")

    dialog = _start(page, "PC02", "guest")
    dialog.locator("label[for=payment-card]").click()
    dialog.get_by_role("button", name="Start and take €3.00").click()
    _done(page, "PC02 runs for G_")

    page.locator('[data-pc="PC01"]').click()
    expect(page.locator("#panel").get_by_text("PC01", exact=True)).to_be_visible()
    page.locator("#do-time").click()
    dialog.locator("#amount").fill("1.50")
    dialog.get_by_role("button", name="Take €1.50").click()
    _done(page, "PC01: time added, €1.50 taken.")

    dialog = _start(page, "PC03", "package")
    dialog.get_by_role("button", name="Start and take €8.00").click()
    _done(page, "€8.00 taken.")

    dialog = _start(page, "PC04", "postpaid")
    expect(dialog.get_by_text("Time counts up from now")).to_be_visible()
    press_act(page, "F8")
    _done(page, "PC04 runs for G_")
    dialog = _check_out(page, "PC04", "Take €1.00 and free PC04")
    dialog.locator("#received").fill("5")
    expect(dialog.locator(".lh-give:visible .lh-total")).to_have_text("€4.00")
    press_act(page, "F8")
    _done(page, "PC04 is free. €1.00 taken.")


def _check_out(page: Page, name: str, button: str) -> Locator:
    """The dialog that ends a session, once it says what its button is to do."""
    page.goto(f"{page.url.split('/panel')[0]}/panel/computers?pc={name}")
    page.locator("#do-pay").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name=button)).to_be_visible()
    return dialog


def _serve_members(page: Page, site: Site) -> None:
    """Top-ups in cash and by QR; sessions that are paid from a bonus and from a balance."""
    for account, amount, tender in (("rui_s", "20", "cash"), ("ana_p", "10", "qr")):
        page.goto(f"{site.url}/panel/members")
        page.get_by_role("button", name=f"Top up {account}").click()
        dialog = page.get_by_role("dialog")
        dialog.locator("#amount").fill(amount)
        dialog.locator(f"label[for=payment-{tender}]").click()
        dialog.get_by_role("button", name=f"Take €{amount}.00").click()
        _done(page, f"{account} topped up by €{amount}.00.")
    page.goto(f"{site.url}/panel/computers")
    for account, name in (("rui_s", "PC05"), ("ana_p", "PC10")):
        dialog = _start(page, name, "member")
        dialog.locator("#member").fill(account)
        dialog.get_by_role("button", name=f"Start for {account}").click()
        _done(page, f"{name} runs for {account}.")
        _check_out(page, name, f"End and free {name}")
        press_act(page, "F8")
        _done(page, f"{name} is free.")
        assert not site.floor.is_busy(name)


def _sell_goods(page: Page) -> None:
    """Two Cola in cash, a toast by card."""
    base = page.url.split("/panel")[0]
    for name, presses, total, tender in (("Cola", 2, "3.60", "cash"), ("Toast", 1, "3.20", "card")):
        page.goto(f"{base}/panel/shop")
        expect(page.get_by_text("The ticket is empty.")).to_be_visible()
        for number in range(1, presses + 1):
            page.locator("#tiles").get_by_role("button", name=name).click()
            expect(_line(page, name, number)).to_be_visible()
        page.get_by_role("button", name=f"Pay €{total}").click()
        dialog = page.get_by_role("dialog")
        dialog.locator(f"label[for=payment-{tender}]").click()
        dialog.get_by_role("button", name=f"Sell for €{total}").click()
        _done(page, f"€{total} taken.")


def _line(page: Page, name: str, number: int) -> Locator:
    line = page.locator(".lh-ticket-line").filter(has_text=name)
    return line.locator(".lh-quantity").get_by_text(str(number), exact=True)


def _sell_together(page: Page) -> None:
    """Two PCs for an hour in one sale; two more on one bill that two people share."""
    base = page.url.split("/panel")[0]
    page.goto(f"{base}/panel/computers")
    dialog = _together(page, "PC06", "PC07")
    dialog.locator("#minutes").fill("60")
    expect(dialog.locator("#do-label")).to_have_text("Take €6.00 and start 2 PCs")
    press_act(page, "F8")
    _done(page, "PC06, PC07 run together. €6.00 taken.")
    page.keyboard.press("Escape")

    page.goto(f"{base}/panel/computers")
    dialog = _together(page, "PC08", "PC09")
    dialog.locator("label[for=kind-postpaid]").click()
    expect(dialog.locator("#do-label")).to_have_text("Start 2 PCs")
    press_act(page, "F8")
    _done(page, "PC08, PC09 run together.")
    page.goto(f"{base}/panel/computers?pc=PC08")
    page.locator("#do-together-pay").click()
    expect(dialog.get_by_role("button", name="Take €2.00 and free all")).to_be_visible()
    dialog.get_by_role("button", name="2", exact=True).click()
    dialog.get_by_label("Paid by").nth(1).select_option("card")
    press_act(page, "F8")
    _done(page, "PC08, PC09 are free. €2.00 taken.")


def _together(page: Page, first: str, second: str) -> Locator:
    page.locator(f'[data-pc="{first}"]').click()
    expect(page.locator("#panel").get_by_text(first, exact=True)).to_be_visible()
    page.locator(f'[data-pc="{second}"]').click(modifiers=["Control"])
    page.locator("#do-together").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(f"{first}, {second}")).to_be_visible()
    return dialog


def _bring_an_order(page: Page, site: Site) -> None:
    """Somebody orders at a seat; it is brought, and the cash taken there."""
    token = site.floor.run(issue_token, NewToken(7777, "pc", "device", site.floor.pc_ids["PC01"]))
    answer = page.request.post(
        f"{site.url}/api/v2/cafe/7777/submitOrder",
        headers={"Authorization": f"Bearer {token}"},
        data={"payment_method": 0, "items": [{"product_id": "p-3", "qty": 2}]},
    )
    number = answer.json()["data"]["order_no"]
    page.goto(f"{site.url}/panel/orders")
    card = page.locator(f"#order-{number}")
    expect(card).to_contain_text("2 × Water")
    assert order(site.floor, number).is_owed
    card.get_by_role("button", name="Served, take €2.00").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Cash received").fill("5")
    expect(dialog.get_by_text("€3.00")).to_be_visible()
    press_act(page, "F8")
    expect(page.get_by_text("Nobody waits.")).to_be_visible()
    assert (order(site.floor, number).status, order(site.floor, number).is_owed) == ("done", False)


def _give_back(page: Page, site: Site) -> None:
    """A Cola in cash, what is left of a prepaid hour on the card; then cash to the bank."""
    page.goto(f"{site.url}/panel/orders/1")
    page.get_by_label("Cola").fill("1")
    page.get_by_label("Reason").last.fill("it was warm")
    page.get_by_role("button", name="Give back").click()
    expect(page.get_by_text("1 given back")).to_be_visible()
    _check_out(page, "PC02", "Give €2.00 and free PC02")
    press_act(page, "F8")
    _done(page, "PC02 is free. €2.00 given back on the card.")
    page.goto(f"{site.url}/panel/shift")
    page.get_by_text("Take out", exact=True).click()
    page.get_by_label("Amount").fill("50")
    page.get_by_label("Reason").fill("To the bank")
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_text("Cash out: To the bank")).to_be_visible()


def _hand_over(page: Page, site: Site, counted_micros: int) -> None:
    """Count the drawer, give it to the manager, and see the Z report."""
    page.get_by_label("Or only the sum").fill(f"{counted_micros / EURO:.2f}")
    page.get_by_role("button", name="Save the count").click()
    expect(page.get_by_text("The count agrees")).to_be_visible()
    page.get_by_label("Next cashier", exact=True).select_option(site.floor.hall.staff["manager"])
    page.get_by_label("Password of the next cashier").fill(site.staff_password())
    page.get_by_role("button", name="Close or hand over").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("heading", name="Z report 1", level=2)).to_be_visible()


def _transfers(site: Site) -> list[tuple[str, dict[str, int]]]:
    """Every transfer of the ledger: its kind, and what it moved by kind of account."""
    statement = (
        sa.select(transfers.c.id, transfers.c.kind, accounts.c.kind.label("account"))
        .add_columns(entries.c.amount_micros)
        .join(entries, entries.c.transfer_id == transfers.c.id)
        .join(accounts, accounts.c.id == entries.c.account_id)
        .order_by(entries.c.id)
    )
    moved: dict[int, tuple[str, Counter[str]]] = {}
    for row in site.floor.store.read_sync(lambda read: read.all(statement)):
        moved.setdefault(row.id, (row.kind, Counter()))[1][row.account] += row.amount_micros
    return [(kind, dict(amounts)) for kind, amounts in moved.values()]


def _sums(site: Site) -> tuple[Lines, int, dict[str, int]]:
    """From the ledger: the lines of a report (number, cash, card, QR), what was put into the drawer
    less what was taken out, and what never was in it."""
    lines: Lines = {}
    drawer = 0
    aside = {"Paid from balances": 0, "Paid from bonus": 0, "Bonus given": 0}
    for kind, moved in _transfers(site):
        if kind in ("shift_float", "shift_in", "shift_out"):
            drawer -= moved["drawer"]
            continue
        if kind.startswith("shift_"):
            continue
        # The till's accounts count what the house owes: what came in is below zero there.
        paid = tuple(-moved.get(tender, 0) for tender in _TENDERS)
        if any(paid):
            name = "Refunds" if sum(paid) < 0 else _LINES[kind]
            line = lines.get(name, (0, 0, 0, 0))
            lines[name] = tuple(a + b for a, b in zip(line, (1, *paid), strict=True))
        if kind == "topup":
            aside["Bonus given"] += moved.get("bonus", 0)
        elif any(moved.get(account, 0) > 0 for account in _SOLD):
            aside["Paid from bonus"] -= moved.get("bonus", 0)
            aside["Paid from balances"] -= moved.get("balance", 0) - min(sum(paid), 0)
    return lines, drawer, aside


def _micros(text: str) -> int:
    """An amount as a page shows it; 0 where it shows none."""
    found = re.fullmatch(r"(\W?)€([\d,]+)\.(\d\d)( in cash)?", text.strip())
    if found is None:
        assert not text.strip(), text
        return 0
    cents = int(found[2].replace(",", "") + found[3])
    return (-cents if found[1] else cents) * CENT


def _figures(page: Page) -> Lines:
    """The table of the Z report: words of a line -> number, cash, card, QR."""
    shown: Lines = {}
    for row in page.get_by_role("region", name="What the till did").locator("tbody tr").all():
        cells = [text.strip() for text in row.locator("td").all_inner_texts()]
        named = re.fullmatch(r"(.*?)\s*(\d*)", cells[0], re.DOTALL)
        assert named is not None
        shown[named[1]] = (int(named[2] or 0), *map(_micros, cells[1:]))
    return shown


def _pairs(page: Page, name: str) -> dict[str, int]:
    """A table of two columns: words -> micros."""
    rows = page.get_by_role("table", name=name, exact=True).locator("tr").all()
    cells = [row.locator("td").all_inner_texts() for row in rows]
    return {words: _micros(amount) for words, amount in cells}
