"""Events and ranks on the wire (cafe-wire, Member side; decisions 0166 and 0167)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from lanhouse.cafe.centers.schemas.loyalty.games import NAMES
from lanhouse.cafe.events.commands import PLACES_MAX, PRIZES_MAX, Joined
from lanhouse.cafe.events.queries import EVENTS_PER_PAGE
from lanhouse.cafe.events.rules import shown_account
from lanhouse.cafe.events.schemas import EventStatus, GameEvent, GameRecord, Standing
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import Coins, DayOrSecond, Line, also, means
from lanhouse.kit.local_time import local_text
from lanhouse.kit.money import format_fixed
from lanhouse.kit.pages import PageNumber, PagingInfo, paging_info
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_

_DIGITS_MAX = 15

Name = Annotated[Line, Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(max_length=2_000)]
GameCode = Annotated[
    Line,
    Meta(
        max_length=40,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$",
        extra={"reason": N_("must be a game's short name such as lol")},
    ),
]
Places = Annotated[int, Meta(ge=0, le=PLACES_MAX)]
Prizes = Annotated[list[Coins], Meta(max_length=PRIZES_MAX)]
Wins = Annotated[int, Meta(ge=0, le=100)]
Number = Annotated[int, Meta(ge=0, le=10_000)]
Account = Annotated[Line, Meta(max_length=80)]
Days = Annotated[int, Meta(ge=1, le=366)]


class EventsIn(Struct, kw_only=True):
    """A page of 50 events, the latest first."""

    page: PageNumber | None = None


class EventIn(Struct, kw_only=True):
    """Which event."""

    event_id: Annotated[int, also("id")]


class JoinIn(Struct, kw_only=True):
    """Who takes part in which event; a member's own token needs to say only the event."""

    event_id: Annotated[int, also("id")]
    member_id: int | None = None
    member_account: Account = ""
    show_account: bool | None = None
    """1: ranks that anybody can see may name him; 0: they may not. Ours."""


class RecordIn(Struct, kw_only=True):
    """What a member played: one match, or several summed up."""

    action: Literal["custom-match-stats"]
    custom_member_account: Annotated[
        Annotated[Line, Meta(min_length=1, max_length=80)], means("member_account")
    ]
    custom_wins: Annotated[Wins, means("wins")] = 0
    custom_kills: Annotated[Number, means("kills")] = 0
    custom_assists: Annotated[Number, means("assists")] = 0
    custom_deaths: Annotated[Number, means("deaths")] = 0


class RankIn(Struct, kw_only=True):
    """Which ranking: of a game, or of all together; over so many days, else as the setting
    rank_last_days says."""

    game_code: Annotated[Annotated[Line, Meta(max_length=40)], also("event_game_code", "game")] = ""
    days: Annotated[Days | None, also("last_days")] = None


class PublicRankIn(RankIn, kw_only=True):
    """The same with the two parts of the address that rankingUrl gives, for who has no key."""

    license_name: Annotated[Line, Meta(max_length=80)] = ""
    sign: Annotated[Line, Meta(max_length=64)] = ""


class EventRow(Struct, kw_only=True):
    """An event."""

    event_id: int
    event_icafe_id: int
    event_name: str
    event_description: str
    event_game_code: str
    event_game_name: str
    event_status: str
    """upcoming, active, or ended once its results are settled."""
    event_start_time_local: str
    event_end_time_local: str
    event_places: int
    """How many may take part; 0: as many as come."""
    event_players_count: int
    event_prizes: list[str]
    """Coins of the first place, the second and so on."""
    event_is_joined: int
    """1: the member who asks takes part."""


class EventsOut(Struct):
    """A page of events."""

    items: list[EventRow]
    paging_info: PagingInfo


class RankRow(Struct, kw_only=True):
    """A member in a ranking."""

    rank: int
    member_id: int
    """0 for those who may not know it."""
    member_account: str
    """Only its beginning for those who may not know it."""
    is_me: int
    matches: int
    wins: int
    kills: int
    assists: int
    deaths: int
    score: str
    """What the formula of the game makes of it."""
    place: int
    """The place given at the end of the event; 0: none."""
    prize: str
    """The coins of that place."""


class EventDetailOut(EventRow, kw_only=True):
    """An event and who takes part."""

    players: list[RankRow]


class RanksOut(Struct, kw_only=True):
    """A ranking."""

    game_code: str
    days: int
    games: list[str]
    """The games that were played in these days, the most played first."""
    items: list[RankRow]


class JoinedOut(Struct, kw_only=True):
    """Who takes part in what."""

    event_id: int
    member_id: int
    member_account: str
    event_players_count: int
    is_new: int
    """0: he took part already."""


class RecordOut(Struct, kw_only=True):
    """A match that was recorded."""

    record_id: int
    event_id: int
    member_id: int
    member_account: str
    wins: int
    kills: int
    assists: int
    deaths: int
    score: str
    coin: str
    """The coins that it gave."""
    record_time_local: str
    is_taken_back: int


class RankingUrlOut(Struct):
    """The address of a page with the ranking, which anybody may open."""

    url: str


class NativeEventIn(Struct, kw_only=True):
    """An event, whole."""

    name: Name
    description: Text = ""
    game_code: GameCode
    starts_local: Annotated[DayOrSecond, means("starts_at")]
    """A second of the centre's clock."""
    ends_local: Annotated[DayOrSecond, means("ends_at")]
    places: Places = 0
    prizes: Prizes = []


class ClosingIn(Struct, kw_only=True):
    """Who had which place, by member id."""

    places: dict[str, int] = {}


def event_row(
    event: GameEvent, center_id: int, zone: ZoneInfo, at: datetime, *, is_joined: bool = False
) -> EventRow:
    """An event as the café API shows it."""
    return EventRow(**_event_fields(event, center_id, zone, event.status(at), is_joined))


def event_detail(
    event: GameEvent,
    center_id: int,
    zone: ZoneInfo,
    at: datetime,
    players: Sequence[RankRow],
) -> EventDetailOut:
    """An event with those who take part."""
    is_joined = any(each.is_me for each in players)
    fields = _event_fields(event, center_id, zone, event.status(at), is_joined)
    return EventDetailOut(**fields, players=list(players))


def _event_fields(
    event: GameEvent, center_id: int, zone: ZoneInfo, status: EventStatus, is_joined: bool
) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "event_icafe_id": center_id,
        "event_name": event.name,
        "event_description": event.description,
        "event_game_code": event.game_code,
        "event_game_name": NAMES.get(event.game_code, event.game_code),
        "event_status": status.value,
        "event_start_time_local": local_text(event.starts_at, zone),
        "event_end_time_local": local_text(event.ends_at, zone),
        "event_places": event.places,
        "event_players_count": event.players_count,
        "event_prizes": [format_fixed(each) for each in event.prizes],
        "event_is_joined": int(is_joined),
    }


def events_out(rows: list[EventRow], total: int, page: int | None) -> EventsOut:
    """A page of events; `page` None: the caller named none."""
    return EventsOut(rows, paging_info(total, page or 1, EVENTS_PER_PAGE, sent=page is not None))


def rank_row(standing: Standing, *, knows: bool, own_id: int = 0) -> RankRow:
    """A member in a ranking, for who `knows` the members of the house, or for a member."""
    tally = standing.tally
    is_me = bool(own_id) and standing.member_id == own_id
    return RankRow(
        rank=standing.rank,
        member_id=standing.member_id if knows or is_me else 0,
        member_account=shown_account(standing, knows=knows, own_id=own_id),
        is_me=int(is_me),
        matches=tally.matches,
        wins=tally.wins,
        kills=tally.kills,
        assists=tally.assists,
        deaths=tally.deaths,
        score=format_fixed(tally.score_micros),
        place=standing.place or 0,
        prize=format_fixed(standing.prize_micros),
    )


def joined_out(joined: Joined) -> JoinedOut:
    """Who takes part in what, as the café API shows it."""
    return JoinedOut(
        event_id=joined.event.id,
        member_id=joined.member_id,
        member_account=joined.account,
        event_players_count=joined.event.players_count,
        is_new=int(joined.is_new),
    )


def record_out(record: GameRecord, zone: ZoneInfo) -> RecordOut:
    """A match as both APIs show it."""
    return RecordOut(
        record_id=record.id,
        event_id=record.event_id,
        member_id=record.member_id,
        member_account=record.account,
        wins=record.wins,
        kills=record.kills,
        assists=record.assists,
        deaths=record.deaths,
        score=format_fixed(record.score_micros),
        coin=format_fixed(record.coin_micros),
        record_time_local=local_text(record.at, zone),
        is_taken_back=int(record.voided_at is not None),
    )


def native_values(data: NativeEventIn, zone: ZoneInfo) -> dict[str, Any]:
    """What a call of the native API says, by the fields of EventValues."""
    return {
        "name": data.name,
        "description": data.description,
        "game_code": data.game_code,
        "starts_at": instant_of(data.starts_local, zone),
        "ends_at": instant_of(data.ends_local, zone),
        "places": data.places,
        "prizes": tuple(data.prizes),
    }


def instant_of(local: date | datetime, zone: ZoneInfo) -> datetime:
    """The moment of a second on the centre's clock; a day is its beginning."""
    if not isinstance(local, datetime):
        local = datetime.combine(local, time())
    return local.replace(tzinfo=zone).astimezone(UTC)


def places_of(sent: Mapping[str, int | str]) -> dict[int, int]:
    """Places by member id, as a form or a call sends them; empty ones are none. Raises InvalidInput
    of `places`."""
    places: dict[int, int] = {}
    for member_id, place in sent.items():
        digits = str(place).strip()
        if not digits:
            continue
        if not (_is_number(member_id) and _is_number(digits)):
            raise InvalidInput({"places": say("must be whole numbers by member id")})
        places[int(member_id)] = int(digits)
    return places


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX
