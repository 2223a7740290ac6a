"""What `make screenshots` takes beside what the routes tell by themselves, and what it needs."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import BrowserContext

FLOOR = "/panel/computers"
HOME = "/portal/lanhouse-demo"
"""The portal of the demo centre."""
_ANSWER_SECONDS = 10


class Screen(NamedTuple):
    """What to open, by whom, and what to press then (CSS selectors, in order)."""

    path: str
    who: str
    """panel, staff (a cashier without a shift), portal (a member), player (one who plays), game
    (in a game of the house), or nobody."""
    presses: tuple[str, ...] = ()
    """A selector after `menu ` is pressed with the right button; `fill SELECTOR=TEXT` types."""
    dialog: str = ""
    """The address of a dialog to open over the page."""
    then: tuple[str, ...] = ()
    """What is pressed in the dialog."""
    is_last: bool = False
    """Taken after the others, because it changes what they show."""
    title: str = ""
    """What its file is called where the address is another each time."""

    @property
    def name(self) -> str:
        """Its file without width and theme."""
        if self.title:
            return self.title
        words = re.sub(r"[^\w]+", "-", self.dialog or self.path).strip("-")
        who = [] if self.who == "panel" else [self.who]
        pressed = (re.sub(r"[^\w]+", "", press) for press in (*self.presses, *self.then))
        return "-".join([words, *pressed, *who])


_TICKET = (".lh-tile:enabled", ".lh-tile:enabled")
_PAY = (*_TICKET, "#ticket .btn-primary")
_DONE = "#dialog footer .btn-primary"
_FREE_SEAT = ".lp-seat:not(:has(:disabled))"
_NEXT = "main form .btn-primary"
_TOMORROW = "/panel/bookings/new?offset=1200&minutes=60&pcs=VIP02&pcs=VIP04"

SCENES = (
    *(
        Screen(FLOOR, "panel", (press,))
        for press in (
            "[data-view=cards]",
            "[data-view=table]",
            "[data-view=timeline]",
            "[data-select=playing]",
            "[data-select=free]",
            "[data-keys]",
            "[data-several]",
            ".lh-pagemenu summary",
            ".lh-menu:not(.lh-pagemenu) summary",
            "menu .lh-seat[data-state=free]",
            "menu .lh-seat[data-session]",
        )
    ),
    Screen("/panel/shop", "panel", _TICKET),
    Screen("/panel/shop", "panel", _PAY),
    Screen("/panel/members?search=zzz", "panel"),
    Screen("/panel/members/add", "panel"),
    Screen("/panel/members/leaving", "panel"),
    Screen("/panel/settings/minors", "panel"),
    Screen("/panel/feedback", "panel"),
    Screen("/panel/products?search=zzz", "panel"),
    Screen("/panel/log?member=zzz", "panel"),
    Screen("/panel/reports?period=week", "panel"),
    Screen("/panel/settings/find?find=bill", "panel"),
    Screen("/panel/settings/printers?open=0", "panel"),
    Screen("/panel/settings/promos", "panel"),
    Screen("/panel/settings/promos/one", "panel"),
    Screen("/panel/settings/pcs/edit?names=PC01&names=PC02", "panel"),
    Screen("/panel/nothing", "panel"),
    Screen("/panel/shift", "staff"),
    Screen("/panel/bookings", "staff"),
    Screen("/panel/computers", "staff"),
    Screen("/panel/shop", "staff", _PAY),
    # A day of bookings, what stands in it, and what came of each act.
    *(
        Screen("/panel/bookings", "panel", dialog=f"/panel/bookings/{act}?booking=1")
        for act in ("one", "move", "cancel")
    ),
    Screen("/panel/bookings", "panel", dialog=_TOMORROW),
    Screen("/panel/bookings", "panel", dialog=_TOMORROW, then=(_DONE,)),
    Screen("/panel/bookings", "panel", dialog=_TOMORROW, then=(_DONE, _DONE), is_last=True),
    Screen(
        "/panel/bookings",
        "panel",
        dialog="/panel/bookings/move?booking=2",
        then=("fill #starts_time=16:30", _DONE, _DONE),
        is_last=True,
    ),
    # The way of a member: what he is asked, what he plays, what it came to.
    Screen(f"{HOME}/computer", "portal", (_FREE_SEAT, _NEXT)),
    Screen(f"{HOME}/booking", "portal", (_FREE_SEAT, _NEXT)),
    Screen(f"{HOME}/booking", "portal", (_FREE_SEAT, _NEXT, _NEXT), is_last=True),
    Screen(f"{HOME}/top-up", "portal", ("label[for^=quick-]", _NEXT), is_last=True),
    Screen(f"{HOME}/limits", "portal", (".lp-more",)),
    Screen(f"{HOME}/account", "portal", ("[data-bill] summary",)),
    *(
        Screen(f"{HOME}/{name}", "player")
        for name in ("account", "center", "computer", "logout", "shop")
    ),
    Screen(f"{HOME}/account", "player", (".lh-playing summary",)),
    Screen(f"{HOME}/computer", "player", ("a.btn-danger",)),
    Screen(f"{HOME}/shop", "player", ("fill [name=qty]=1", _NEXT)),
    Screen(f"{HOME}/shop", "player", ("fill [name=qty]=1", _NEXT, _NEXT), is_last=True),
    Screen(f"{HOME}/computer", "player", ("a.btn-danger", "main .btn-danger"), is_last=True),
    Screen(f"{HOME}/register", "nobody", ("fill #account=a", "fill #password=b", _NEXT)),
)
"""What no route tells by itself."""

NO_SCREEN = {
    "/panel": "leads on to the first page that one may see",
    "/panel/settings": "leads on to the first settings",
    "/panel/first-start": "leads on to the first step",
    "/panel/demo/begin": "only where nothing is there yet",
    "/panel/sign-in/code": "only between password and code",
    "/panel/computers/together/add": "a scene of its tests: the demo has no bill of several PCs",
    "/panel/computers/together/add/quote": "a part of that dialog",
    "/panel/jobs/{job_id}": "a part of a page, while the job runs",
    "/panel/members/{member_id}/convert": "only for guests, who are not in the list",
    "/panel/members/{member_id}/photo": "a picture",
    "/panel/receipts/prints/{job_id}": "a part of a page, while it prints",
    "/portal": "leads on where there is one centre",
    "/shop/{license_name}": "leads on to the portal",
    "/portal/{license_name}/booking/pay": "asked with what was chosen: a scene",
    "/portal/{license_name}/booking/{booking_id}": "of a booking that may be cancelled",
    "/portal/{license_name}/computer/checkout": "asked by who plays: a scene",
    "/portal/{license_name}/computer/ended/{session_id}": "after the check-out: a scene",
    "/portal/{license_name}/computer/ended/{session_id}/bill": "a part of the account: a scene",
    "/portal/{license_name}/computer/start": "asked with what was chosen: a scene",
    "/portal/{license_name}/shop/{order_id}": "after the order: a scene",
}
"""GET routes that nothing leads to, and why no picture of their own is missing."""


def is_told(path: str) -> bool:
    """Whether a scene shows the route of that path, or NO_SCREEN says why nothing does."""
    shape = re.sub(r"\{[^}]+\}", "[^/]+", path)
    shown = (urlsplit(address).path for scene in SCENES for address in (scene.path, scene.dialog))
    return path in NO_SCREEN or any(re.fullmatch(shape, address) for address in shown)


def furnish(demo: dict[str, Any]) -> None:
    """Switch on in the demo centre what a new centre has off, so that its pages are there."""
    cafe = demo["cafe"]
    with httpx.Client(
        base_url=f"{demo['base_url']}/api/v2/cafe/{cafe['cafe_id']}/configs",
        headers={"Authorization": f"Bearer {cafe['api_key']}"},
        timeout=_ANSWER_SECONDS,
    ) as api:
        for group, values in _SETTINGS.items():
            answer = api.put(f"/{group}Settings", json=values).json()
            assert answer["code"] == 200, answer


_PLAYED_AT_A_PRESS = ("house_00001", "house_00002", "house_00003", "house_00006", "house_00008")


def games(demo: dict[str, Any], browser: BrowserContext) -> list[Screen]:
    """Each game of the house as a player of the demo's first operator finds it, and after a round
    where one press plays it. The address of a launch is good once: the session is begun here, and
    every page of the browser finds its secret where a reload would."""
    operator = demo["agents"][0]
    found: list[Screen] = []
    with httpx.Client(
        base_url=demo["external_api_url"],
        headers={"Authorization": f"Bearer {operator['api_key']}"},
        timeout=_ANSWER_SECONDS,
    ) as api:

        def ask(name: str, **body: Any) -> Any:
            answer = api.post(f"/{name}", json=body).json()
            assert answer["ok"], answer
            return answer["result"]

        player = {"username": "screens0001"}
        ask("createPlayer", **player)
        ask("deposit", **player, currency="EUR", amount="100")
        for game in ask("games", currency="EUR")["items"]:
            told = {"isMobile": False, "lang": "en", "playerIp": "203.0.113.7", "currency": "EUR"}
            url = ask("launchGame", **player, gameId=game["id"], **told)["url"]
            begun = api.get(url, headers={"Accept": "application/json"}).json()
            key = f"lanhouse-{begun['session']}-secret"
            browser.add_init_script(f"sessionStorage.setItem('{key}', '{begun['secret']}')")
            path, name = f"/play/{begun['session']}", f"game-{game['id']}"
            found.append(Screen(path, "game", title=name))
            if game["id"] in _PLAYED_AT_A_PRESS:
                found.append(Screen(path, "game", ("#acts button",), title=f"{name}-played"))
    return found


_SETTINGS: dict[str, dict[str, Any]] = {
    "center": {
        "center_address": "Rua das Gaivotas 18\n1200-202 Lisboa",
        "center_phone": "+351 21 000 00 18",
        "club_rules": "Be kind.\nNo food at the keyboards.",
        "wall_screen": 1,
    },
    "member": {"allow_public_register": 1, "register_agreement_enable": 1},
    "payment": {
        "payment_gateway": "manual",
        "qr_payload": (
            "00020101021126330014br.gov.bcb.pix01111234567890152040000530397858"
            "02PT5913HARBOUR ARENA6006LISBOA62070503***6304705C"
        ),
    },
}
