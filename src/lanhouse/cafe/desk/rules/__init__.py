"""The Computers page as plain values: counters, rooms, seats. Pure: no store, no clock.

A seat's `version` changes when something changed that a script does not draw by itself, so that
the page replaces only those seats.
"""

from __future__ import annotations

import re
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

import msgspec

from lanhouse.cafe.desk.rules.hall import Box, Hall
from lanhouse.cafe.sessions.schemas import FREE, MEMBER, OFFER, POSTPAID, PREPAID, SessionState

SOON_SECONDS = 600
"""From here on a session on a PC counts as ending (design: first warning)."""
_STATE_OF_KIND = {
    PREPAID: "prepaid",
    POSTPAID: "postpaid",
    MEMBER: "member",
    OFFER: "package",
    FREE: "nocharge",
}
_WIDE_ROOM_SEATS = 16
DENSE_SEATS = 60
"""From so many PCs on the seats are drawn small, so that a hall of 80 is seen at once."""
_SHARE_UNKNOWN = -1


class Rate(msgspec.Struct, frozen=True):
    """A price an hour and the name of its rule."""

    name: str
    per_hour_micros: int


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """One PC as the map shows it."""

    pc_id: int
    name: str
    state: str
    """One of the twelve states of the design; the first that fits."""
    money_micros: int | None = None
    """What a prepaid guest has paid, else the bill so far; None where no session runs."""
    rate_micros: int | None = None
    """What an hour costs a guest now; for free seats."""
    note: str = ""
    """Why a PC is out of order."""
    ended_at: datetime | None = None
    """When the last session ended by itself, until somebody looks; for free seats."""
    ended_session_id: int | None = None
    """Which one that was: before its end was noticed the seat had it as `session_id`."""
    member_account: str = ""
    member_name: str = ""
    member_phone: str = ""
    """Digits alone, so that it is found however it is written."""
    session_id: int = 0
    """The open session; 0 = none."""
    price_name: str = ""
    """The price rule that holds for the session now."""
    started_at: datetime | None = None
    expires_at: datetime | None = None
    paused_at: datetime | None = None
    """Since when the session stands still; `expires_at` is the end that it had then."""
    counts_from_at: datetime | None = None
    """From when on the time used counts: the start, later by the pauses that are over."""
    seconds: int | None = None
    """Time left when expires_at is known, else time used."""
    share: int = _SHARE_UNKNOWN
    """What is left, of one hundred; -1 = there is nothing that could run out."""
    soon_seconds: int = SOON_SECONDS
    """So long before the end it counts as ending; 0 = never."""
    booked_at: datetime | None = None
    """When its next booking begins, or began while nobody has come."""
    owed_micros: int = 0
    """What its last guest has left open; nobody has played there since."""

    @property
    def has_end(self) -> bool:
        """True when the time left is shown, false when the time used is."""
        return self.expires_at is not None

    @property
    def is_soon(self) -> bool:
        """True in the last minutes before the end."""
        is_running = self.has_end and self.paused_at is None
        return is_running and (self.seconds or 0) < self.soon_seconds

    @property
    def groups(self) -> str:
        """The counters that count this seat, space-separated."""
        if self.state in ("free", "broken", "ended"):
            return self.state
        return "playing ending" if self.is_soon else "playing"

    @property
    def version(self) -> str:
        """A short hash of what only the server knows."""
        shown = (
            self.name,
            self.state,
            self.money_micros,
            self.rate_micros,
            self.note,
            self.ended_at,
            self.member_account,
            self.member_name,
            self.member_phone,
            self.session_id,
            self.price_name,
            self.started_at,
            self.counts_from_at,
            self.expires_at,
            self.paused_at,
            self.soon_seconds,
            self.booked_at,
            self.owed_micros,
        )
        return f"{zlib.crc32(repr(shown).encode()):08x}"


class Room(msgspec.Struct, frozen=True):
    """A room with its seats; `rate` is set when all its seats cost a guest the same now.

    With a `frame` it stands in the hall; the seats of a room that nobody has placed come in a
    second one without.
    """

    room_id: int
    name: str
    seats: list[Seat]
    rate: Rate | None
    frame: Box | None = None

    @property
    def free_count(self) -> int:
        """Seats that can be sold now."""
        return sum(seat.state == "free" for seat in self.seats)

    @property
    def columns(self) -> int:
        """Seats side by side on a wide screen."""
        count = len(self.seats)
        if count >= _WIDE_ROOM_SEATS:
            # The widest of these that leaves the fewest holes in the last row.
            return min((8, 7, 6), key=lambda columns: -count % columns)
        return max(1, min(8, (count + 1) // 2 if count > 4 else count))


class Map(msgspec.Struct, frozen=True, dict=True):
    """All rooms and the counters over them; `hall` when it was laid out."""

    rooms: list[Room]
    counts: dict[str, int]
    hall: Hall | None = None

    @cached_property
    def layout(self) -> str:
        """Changes when rooms or PCs come, go or move, so that the page is drawn anew."""
        shape = (
            [(room.room_id, room.name, [s.pc_id for s in room.seats]) for room in self.rooms],
            self.hall,
        )
        return f"{zlib.crc32(repr(shape).encode()):08x}"

    @property
    def is_dense(self) -> bool:
        """Whether there are so many PCs that each is drawn small."""
        return sum(len(room.seats) for room in self.rooms) >= DENSE_SEATS

    @cached_property
    def versions(self) -> dict[int, str]:
        """PC id -> version of its seat."""
        return {seat.pc_id: seat.version for room in self.rooms for seat in room.seats}


class MapMemory:
    """The last maps that browsers were shown, so that an answer holds the changed seats only.

    A browser names the map that it has; one that is not known here (another process made it, or
    it is too old) gets the whole map again.
    """

    def __init__(self, size: int = 64) -> None:
        self._size = size
        self._shown: OrderedDict[tuple[int, str], dict[int, str]] = OrderedDict()
        # Maps are made in the readers' threads.
        self._lock = threading.Lock()

    def remember(self, center_id: int, shown: Map) -> str:
        """Keep what a map shows; answers the name by which a browser asks for what follows."""
        versions = shown.versions
        name = f"{shown.layout}{zlib.crc32(repr(versions).encode()):08x}"
        with self._lock:
            self._shown[center_id, name] = versions
            self._shown.move_to_end((center_id, name))
            while len(self._shown) > self._size:
                self._shown.popitem(last=False)
        return name

    def changed_since(self, center_id: int, name: str, now: Map) -> set[int] | None:
        """The ids of the PCs that look different from the map `name`; None = show everything."""
        before = self._shown.get((center_id, name))
        if before is None or not name.startswith(now.layout):
            return None
        return {pc_id for pc_id, version in now.versions.items() if before[pc_id] != version}


def build_map(
    rooms: Iterable[Any],
    pcs: Iterable[Any],
    states: Mapping[int, SessionState],
    rate_of_group: Callable[[int], Rate | None],
    at: datetime,
    marks: Mapping[int, Any] | None = None,
    hall: Hall | None = None,
    console_soon_seconds: int = SOON_SECONDS,
    booked: Mapping[int, datetime] | None = None,
    owed: Mapping[int, int] | None = None,
) -> Map:
    """Put the centre's PCs into their rooms.

    `rooms` have id and name; `pcs` have id, name, room_id, pc_group_id, console_type,
    is_out_of_order and out_of_order_reason; `marks` are those of marks_of, `booked` the begins of
    next_begins, `owed` micros, both by PC. PCs of no known room
    come last in a room without a name. In a hall every room stands at its place, without PCs too,
    and what nobody has placed comes behind.
    """
    names = {room.id: room.name for room in rooms}
    frames = {} if hall is None else hall.frames
    boxes = {} if hall is None else hall.boxes
    # Rooms in the hall first, then those that are cards; each by its number.
    inside: dict[tuple[bool, int], list[tuple[Seat, Rate | None]]] = {
        **{(True, room_id): [] for room_id in names if room_id in frames},
        **{(False, room_id): [] for room_id in names},
    }
    for pc in sorted(pcs, key=lambda pc: natural_key(pc.name)):
        room_id = pc.room_id if pc.room_id in names else 0
        rate = rate_of_group(pc.pc_group_id)
        mark = (marks or {}).get(pc.id)
        seat = seat_of(pc, states.get(pc.id), rate, at, mark, console_soon_seconds)
        seat = msgspec.structs.replace(
            seat, booked_at=(booked or {}).get(pc.id), owed_micros=(owed or {}).get(pc.id, 0)
        )
        inside.setdefault((pc.id in boxes, room_id), []).append((seat, rate))
    built = [
        Room(
            room_id,
            names.get(room_id, ""),
            [seat for seat, _ in found],
            _common([rate for _, rate in found]),
            frames[room_id] if is_placed else None,
        )
        for (is_placed, room_id), found in inside.items()
        if found or is_placed
    ]
    return Map(built, _counts(seat for room in built for seat in room.seats), hall)


def seat_of(
    pc: Any,
    state: SessionState | None,
    rate: Rate | None,
    at: datetime,
    mark: Any = None,
    console_soon_seconds: int = SOON_SECONDS,
) -> Seat:
    """The seat of a PC and its open session, if there is one; `mark` is what marks_of has of it.

    `console_soon_seconds` before its end a session on a console counts as ending (cafe-domain 15,
    notification_before_console_end).
    """
    if pc.is_out_of_order and state is None:
        return Seat(pc_id=pc.id, name=pc.name, state="broken", note=pc.out_of_order_reason or "")
    if state is None:
        per_hour = None if rate is None else rate.per_hour_micros
        free = Seat(pc_id=pc.id, name=pc.name, state="free", rate_micros=per_hour)
        if mark is None:
            return free
        return msgspec.structs.replace(
            free, ended_at=mark.ended_at, ended_session_id=mark.session_id
        )
    return Seat(
        pc_id=pc.id,
        name=pc.name,
        state=state_word(state, at),
        money_micros=_money(state),
        member_account=state.member_account,
        member_name=state.member_name,
        member_phone="".join(sign for sign in state.member_phone if sign.isdecimal()),
        session_id=state.session_id,
        price_name=state.price_name,
        started_at=state.started_at,
        expires_at=state.expires_at,
        paused_at=state.paused_at,
        counts_from_at=_counts_from(state),
        seconds=state.played_seconds if state.expires_at is None else state.left_seconds,
        share=_share(state, at),
        soon_seconds=console_soon_seconds if pc.console_type else SOON_SECONDS,
    )


def state_word(state: SessionState, at: datetime) -> str:
    """The map's word for a session: paused, over and not yet ended, on a package, or its kind."""
    if state.paused_at is not None:
        return "paused"
    if state.expires_at is not None and state.expires_at <= at:
        return "ended"
    if state.offer_in_use is not None:
        return "package"
    return _STATE_OF_KIND[state.kind]


@lru_cache(maxsize=8192)
def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts "PC 2" before "PC 10", and names that begin with a number first."""
    parts = [part for part in re.split(r"(\d+)", name.casefold()) if part]
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def _money(state: SessionState) -> int:
    """What the seat tells of money: a prepaid guest's payment, else the bill so far."""
    if state.kind == PREPAID:
        return state.balance_micros + state.bonus_micros
    return state.cost_micros


def _share(state: SessionState, at: datetime) -> int:
    if state.expires_at is None:
        return _SHARE_UNKNOWN
    whole = max(state.expires_at - _counts_from(state), timedelta(seconds=1))
    left = min(max(state.expires_at - (state.paused_at or at), timedelta()), whole)
    return 100 * left // whole


def _counts_from(state: SessionState) -> datetime:
    return state.started_at + timedelta(seconds=state.paused_seconds)


def _common(rates: list[Rate | None]) -> Rate | None:
    return rates[0] if rates and all(rate == rates[0] for rate in rates) else None


def _counts(seats: Iterable[Seat]) -> dict[str, int]:
    counts: dict[str, int] = dict.fromkeys(("free", "playing", "ending", "ended", "broken"), 0)
    for seat in seats:
        for group in seat.groups.split():
            counts[group] += 1
    return counts
