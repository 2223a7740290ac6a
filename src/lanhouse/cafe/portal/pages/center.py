"""The portal's pages Center, More and Logout (seed: Members portal)."""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeCall, PortalRoutes
from lanhouse.cafe.events.queries import RankWanted, games_played
from lanhouse.cafe.events.rules import NoSecret, rank_path
from lanhouse.cafe.news.rules import qr_uri
from lanhouse.cafe.portal.pages import led_home, topup_offered
from lanhouse.cafe.portal.pages.play import play_offered
from lanhouse.cafe.portal.queries import account_page
from lanhouse.cafe.portal.queries.center import center_view
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import Unauthenticated
from lanhouse.web.replies import Reply

routes = PortalRoutes("Portal pages")
_FOLDER = "cafe/portal/templates"


@routes.get("/portal/{license_name}/center", right="member.self", summary="The page of the centre")
async def center_page(call: CafeCall) -> Reply:
    """Open or not, what is free by room, news, the hours, the way there and the rules."""
    home = led_home(call, "center")
    if home is not None:
        return home
    view = await call.read(center_view, call.center, call.actor.member_id, clock.now())
    codes = {item.id: qr_uri(item.link) for item in view.about.news if item.shows_qr}
    return call.html(f"{_FOLDER}/portal_center.html", page=view, codes=codes)


@routes.get("/portal/{license_name}/more", right="member.self", summary="What else there is")
async def more_page(call: CafeCall) -> Reply:
    """Links to what has no place in the bar: shop, history, password, data, look, log-out."""
    return led_home(call, "more") or await _with_account(
        call, "more", ranking=await call.read(_ranking, call)
    )


@routes.get("/portal/{license_name}/logout", right="member.self", summary="Whether to log out")
async def logout_page(call: CafeCall) -> Reply:
    """Logging out ends the sign-in of this device; a session that runs goes on, which is said, and
    whether to check out first is asked."""
    return led_home(call, "logout") or await _with_account(call, "logout")


def _ranking(read: Read, call: CafeCall) -> str:
    """Where the ranking stands, once anybody has played for it; else empty. A server without a
    secret has no such page."""
    days = call.center.settings.loyalty.rank_last_days
    if not games_played(read, RankWanted(call.center.id, "", days, clock.now())):
        return ""
    try:
        return rank_path(call.vault, call.center)
    except NoSecret:
        return ""


async def _with_account(call: CafeCall, name: str, ranking: str = "") -> Reply:
    page = await call.read(account_page, call.center, call.actor.member_id, clock.now())
    if page is None:
        raise Unauthenticated
    house = call.center.settings.center
    return call.html(
        f"{_FOLDER}/portal_{name}.html",
        page=page,
        has_rules=bool(house.club_rules or house.privacy_policy),
        is_topup_offered=await topup_offered(call),
        is_play_offered=await play_offered(call),
        ranking=ranking,
    )
