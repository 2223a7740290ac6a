"""Games for play tokens: for adult members of whose age the desk has seen a proof, where the owner
has turned them on."""

from __future__ import annotations

from datetime import datetime

from lanhouse.cafe.centers.call import CafeCall, PortalRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.rules import age_of
from lanhouse.cafe.minors.plans import verdict_for, why_barred
from lanhouse.cafe.minors.queries import is_proven, member_row, zone_day
from lanhouse.cafe.portal.pages import home_of, led_home, own_call
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, NotFound, Refused
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.pages.refusals import refusal_text
from lanhouse.web.play_tokens import PlayingMember
from lanhouse.web.replies import Reply, redirect

routes = PortalRoutes("Portal pages")
_PATH = "/portal/{license_name}/play"
_PAGE = "cafe/portal/templates/portal_play.html"
ADULT_AGE_MIN = 18
"""Below this age nobody plays for tokens, whatever a centre sells to adults."""


def may_play_tokens(read: Read, center: Center, member_id: int, at: datetime) -> bool:
    """Whether a member is an adult by a birthday of which somebody has seen a proof."""
    row = member_row(read, center.id, member_id)
    if row is None or row.group_id < 0 or not is_proven(read, center.id, member_id, row.birthday):
        return False
    age = age_of(row.birthday, zone_day(center.zone, at))
    adult_age = max(ADULT_AGE_MIN, center.settings.member.minors_adult_age)
    return age is not None and age >= adult_age


async def play_offered(call: CafeCall) -> bool:
    """Whether this member sees the games: they are there, turned on, and he may play."""
    if call.services.launch_play is None:
        return False
    if not call.center.settings.member.play_tokens_enable:
        return False
    return await call.read(may_play_tokens, call.center, call.actor.member_id, clock.now())


def _why_barred(read: Read, center: Center, member_id: int, at: datetime) -> str:
    return why_barred(center, verdict_for(read, center, member_id, at), at)


@routes.get(_PATH, right="member.self", summary="Games for play tokens")
async def play_page(call: CafeCall) -> Reply:
    """What tokens are, and the way into the game."""
    home = led_home(call, "play")
    if home is not None:
        return home
    if not await play_offered(call):
        raise NotFound(say("There is no page at this address."))
    return _page(call, None)


@routes.post(_PATH, public=True, summary="Begin a game for play tokens")
async def begin_play(call: Call) -> Reply:
    """Go to the game, or show the page again with the reason."""
    mine = own_call(call)
    launch = mine.services.launch_play
    if launch is None or not await play_offered(mine):
        raise NotFound(say("There is no page at this address."))
    center, member_id, now = mine.center, mine.actor.member_id, clock.now()
    try:
        barred = await mine.read(_why_barred, center, member_id, now)
        if barred:
            raise Refused(barred)
        member = PlayingMember(
            center_id=center.id,
            member_id=member_id,
            day=zone_day(center.zone, now).isoformat(),
            language=mine.view.language,
            address=mine.address,
            back_path=f"{home_of(center)}/play",
        )
        return redirect(await launch(member, mine.run))
    except AppError as error:
        return _page(mine, error)


def _page(call: CafeCall, error: AppError | None) -> Reply:
    problem = "" if error is None else refusal_text(error, call.view.language)
    return call.html(_PAGE, status=200 if error is None else error.status, problem=problem)
