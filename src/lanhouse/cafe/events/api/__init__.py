"""Events and ranks on the café API (cafe-wire, Member side)."""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeAuthRoutes, CafeCall, CafeRoutes
from lanhouse.cafe.centers.queries import center_by_license
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.events.commands import EventNotFound, Joining, join_event
from lanhouse.cafe.events.commands.records import NewRecord, record_match
from lanhouse.cafe.events.queries import (
    RankWanted,
    event_by_id,
    events_of_member,
    events_page,
    games_played,
    ranking,
    standings,
)
from lanhouse.cafe.events.rules import is_signed, rank_path
from lanhouse.cafe.events.wire import (
    EventDetailOut,
    EventIn,
    EventsIn,
    EventsOut,
    JoinedOut,
    JoinIn,
    PublicRankIn,
    RankIn,
    RankingUrlOut,
    RanksOut,
    RecordIn,
    RecordOut,
    event_detail,
    event_row,
    events_out,
    joined_out,
    rank_row,
    record_out,
)
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.queries import member_by_account
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, Unauthenticated
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.replies import Written

routes = CafeRoutes("Events")
public = CafeAuthRoutes("Events")


@routes.get(
    "/events/eventList", right="events.view", summary="Events", source="cafe-wire: Member side"
)
async def event_list(call: CafeCall, data: EventsIn) -> EventsOut:
    """data {items[], paging_info}, the latest first, 50 a page."""
    at = clock.now()

    def found(read: Read) -> EventsOut:
        page = events_page(read, call.center.id, data.page or 1)
        mine = _own(call)
        joined = events_of_member(read, call.center.id, mine) if mine else set[int]()
        rows = [
            event_row(one, call.center.id, call.center.zone, at, is_joined=one.id in joined)
            for one in page.rows
        ]
        return events_out(rows, page.total, data.page)

    return await call.read(found)


@routes.get(
    "/events/eventDetail",
    right="events.view",
    summary="One event and who takes part",
    source="cafe-wire: Member side",
)
async def event_one(call: CafeCall, data: EventIn) -> EventDetailOut:
    """data: the event, `players[]` in the order of what they played there."""
    at = clock.now()

    def found(read: Read) -> EventDetailOut:
        event = event_by_id(read, call.center.id, data.event_id)
        if event is None:
            raise EventNotFound
        rows = [
            rank_row(each, knows=_knows(call), own_id=_own(call))
            for each in standings(read, call.center.id, event.id)
        ]
        return event_detail(event, call.center.id, call.center.zone, at, rows)

    return await call.read(found)


@routes.post(
    "/events/eventJoin",
    right="events.join",
    summary="Take part in an event",
    source="cafe-wire: Member side",
)
async def event_join(call: CafeCall, data: JoinIn) -> Written[JoinedOut]:
    """A member's token joins for himself alone; keys and staff name the member. Once more changes
    nothing."""
    joining = Joining(
        center=call.center,
        actor=call.actor,
        event_id=data.event_id,
        member_id=await _member(call, data.member_id, data.member_account),
        shows_account=data.show_account,
    )
    return await call.write(join_event, joining, joined_out)


@routes.post(
    "/events/{event_id}/addCustomRecord",
    right="events.record",
    summary="Record what a member played",
    source="cafe-wire: Member side",
)
async def add_custom_record(call: CafeCall, data: RecordIn) -> Written[RecordOut]:
    """data: the record with the coins that it gave. Two equal records are two matches unless they
    carry the same Idempotency-Key. Not for members' tokens: nobody records his own wins."""
    event_id = id_in_path(call.path["event_id"], EventNotFound().message)
    member = await call.point(member_by_account, call.center.id, data.custom_member_account)
    if member is None:
        raise MemberNotFound
    new = NewRecord(
        center=call.center,
        actor=call.actor,
        event_id=event_id,
        member_id=member.id,
        wins=data.custom_wins,
        kills=data.custom_kills,
        assists=data.custom_assists,
        deaths=data.custom_deaths,
    )
    return await call.write(record_match, new, lambda record: record_out(record, call.center.zone))


@routes.get(
    "/gameRankData",
    right="events.view",
    summary="The ranking of a game",
    source="cafe-wire: Member side",
)
@routes.get(
    "/games/action/gameRankData",
    right="events.view",
    summary="The ranking of a game",
    source="cafe-wire: Member side",
)
async def game_rank_data(call: CafeCall, data: RankIn) -> RanksOut:
    """data {items[], games[]}: who played best in the last days, at most 100. For members and PCs
    without the accounts of those who have not agreed."""
    return await _ranks(call, call.center, data, knows=_knows(call), own_id=_own(call))


@routes.get(
    "/members/action/rankingUrl",
    right="events.view",
    summary="The address of the ranking's page",
    source="seed: Members, Get center player rank url",
)
async def ranking_url(call: CafeCall) -> RankingUrlOut:
    """data {url}: a page that anybody may open who has its address."""
    path = rank_path(call.vault, call.center)
    return RankingUrlOut(f"{call.settings.base_url}{path}")


@public.get(
    "/rank/data", public=True, summary="The ranking of a game", source="cafe-wire: Member side"
)
async def rank_data(call: Call, data: PublicRankIn) -> RanksOut:
    """As gameRankData for a key or a token; else for the license_name and sign that stand in the
    address of the ranking's page, naming only members who have agreed."""
    if isinstance(call, CafeCall):
        return await _ranks(call, call.center, data, knows=_knows(call), own_id=_own(call))
    center = await call.read(center_by_license, data.license_name)
    if center is None or not is_signed(call.vault, center, data.sign):
        raise Unauthenticated
    return await _ranks(call, center, data, knows=False, own_id=0)


async def _ranks(call: Call, center: Center, data: RankIn, *, knows: bool, own_id: int) -> RanksOut:
    days = data.days or center.settings.loyalty.rank_last_days
    wanted = RankWanted(center.id, data.game_code.casefold(), days, clock.now())

    def found(read: Read) -> RanksOut:
        rows = [rank_row(each, knows=knows, own_id=own_id) for each in ranking(read, wanted)]
        return RanksOut(
            game_code=wanted.game_code, days=days, games=games_played(read, wanted), items=rows
        )

    return await call.read(found)


async def _member(call: CafeCall, member_id: int | None, account: str) -> int:
    """Whom a call is about: a member's token only himself (issue: another's id is not found)."""
    own = _own(call)
    if own and member_id not in (None, own):
        raise MemberNotFound
    if not account and (own or member_id):
        return own or member_id or 0
    if not account:
        raise InvalidInput({"member_id": say("is required")})
    member = await call.point(member_by_account, call.center.id, account)
    if member is None or (own or member_id or member.id) != member.id:
        raise MemberNotFound
    return member.id


def _own(call: CafeCall) -> int:
    """The member whose token it is; 0 for others."""
    return call.actor.member_id if call.actor.kind == "member" else 0


def _knows(call: CafeCall) -> bool:
    """Whether the caller may see the members of the house anyway."""
    return call.actor.may("members.view")
