"""A centre with PCs, prices and members, for tests of what happens on the floor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.centers.commands import SettingsChange, change_settings
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import GROUPS, Center, Settings
from lanhouse.cafe.groups.tables import member_groups, pc_groups
from lanhouse.cafe.members.commands.accounts import insert_account
from lanhouse.cafe.money.checks import check_logs_against_ledger
from lanhouse.cafe.money.movements import Movement, move
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.cafe.pricing.commands import PriceChange, PriceValues, change_price, create_price
from lanhouse.cafe.pricing.queries import default_price
from lanhouse.cafe.pricing.rules import Window, parse_window
from lanhouse.cafe.pricing.schemas import Price
from lanhouse.cafe.sessions import commands as sessions
from lanhouse.cafe.sessions.commands import GuestSecret
from lanhouse.cafe.sessions.plans.ending import Settlement
from lanhouse.cafe.sessions.queries import open_session_on_pc, session_by_id
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.store import Read, Store, Tx
from lanhouse.kit import clock
from lanhouse.ledger import balances, book_of_center
from lanhouse.ledger.verify import verify_ledger
from tests.builders import databases
from tests.builders.centers import Hall, open_hall

EURO = 1_000_000
CENT = 10_000
DESK = Actor(
    kind="staff",
    center_id=7777,
    staff_id=1,
    staff_name="Kim",
    role="admin",
    rights=rights_of("admin"),
)


def insert_pc(tx: Tx, center_id: int, name: str, pc_group_id: int = 0, **values: Any) -> int:
    """Write a PC; answers its id."""
    row = {
        "center_id": center_id,
        "name": name,
        "name_key": name.casefold(),
        "ip": "",
        "mac": "",
        "comment": "",
        "console_type": 0,
        "pc_group_id": pc_group_id,
        "room_id": None,
        "box_top": 0,
        "box_left": 0,
        "is_out_of_order": False,
        "out_of_order_reason": "",
        "created_at": tx.now,
    }
    return tx.scalar(sa.insert(pcs).returning(pcs.c.id), **(row | values))


@dataclass
class Floor:
    """The centre 7777 with PCs PC01, PC02, … in the default group, and one price."""

    store: Store
    hall: Hall
    pc_ids: dict[str, int] = field(default_factory=dict)

    @property
    def center(self) -> Center:
        """The centre as it is stored now."""
        found = self.store.read_sync(center_by_id, self.hall.center_id)
        assert found is not None
        return found

    def run(self, command: Any, arg: Any) -> Any:
        """Run a command; answers its result."""
        return self.store.run_sync(command, arg)

    def set(self, **values: Any) -> None:
        """Change settings of the centre, by the field names of their keys."""
        assert values.keys() <= {key.name for one in GROUPS.values() for key in one.keys}
        for group in GROUPS.values():
            mine = {key.name: values[key.name] for key in group.keys if key.name in values}
            if mine:
                self.run(change_settings, SettingsChange(self.hall.center_id, group.name, mine))

    # --- what stands there -------------------------------------------------------------------

    def add_pc(self, name: str, pc_group_id: int = 0, **values: Any) -> int:
        """A PC; answers its id."""
        self.pc_ids[name] = self.run(
            lambda tx, _: insert_pc(tx, self.hall.center_id, name, pc_group_id, **values), None
        )
        return self.pc_ids[name]

    def change_pc(self, name: str, **values: Any) -> None:
        """Change columns of a PC."""
        statement = sa.update(pcs).where(pcs.c.id == self.pc_ids[name]).values(**values)
        self.run(lambda tx, _: tx.run(statement), None)

    def add_pc_group(self, name: str) -> int:
        """A PC group; answers its id."""
        statement = sa.insert(pc_groups).returning(pc_groups.c.id)
        values = {
            "center_id": self.hall.center_id,
            "name": name,
            "name_key": name.casefold(),
            "description": "",
        }
        return self.run(lambda tx, _: tx.scalar(statement, **values, created_at=tx.now), None)

    def add_member_group(self, name: str, pc_time_discount: int = 0) -> int:
        """A member group; the discount is in hundredths of a percent. Answers its id."""
        statement = sa.insert(member_groups).returning(member_groups.c.id)
        values = {
            "center_id": self.hall.center_id,
            "name": name,
            "name_key": name.casefold(),
            "description": "",
            "product_discount": 0,
            "offer_discount": 0,
            "pc_time_discount": pc_time_discount,
            "min_points_micros": 0,
        }

        def insert(tx: Tx, _: None) -> int:
            return tx.scalar(statement, **values, created_at=tx.now, updated_at=tx.now)

        return self.run(insert, None)

    def add_member(
        self, account: str, *, balance: int = 0, bonus: int = 0, group_id: int = 0, **values: Any
    ) -> int:
        """A member with money in micros; answers its id."""
        row = {"account": account, "group_id": group_id, **values}
        member_id = self.run(lambda tx, _: insert_account(tx, self.hall.center_id, row), None)
        self.give(member_id, balance, "balance", "cash")
        self.give(member_id, bonus, "bonus", "bonus_given")
        return member_id

    def give(
        self, member_id: int, amount: int, kind: str = "balance", source: str = "cash"
    ) -> None:
        """Move money from an account of the centre to the member's, or back when negative."""
        if amount:
            self.run(lambda tx, _: self._give(tx, member_id, amount, kind, source), None)

    def _give(self, tx: Tx, member_id: int, amount: int, kind: str, source: str) -> None:
        movement = Movement(
            center=self.center_in(tx),
            actor=DESK,
            event=Event.TOPUP,
            member_id=member_id,
            kind="topup",
            amounts={
                ("member", member_id, kind): amount,
                ("center", self.hall.center_id, source): -amount,
            },
            is_settled=True,
        )
        move(tx, movement)

    def center_in(self, read: Read) -> Center:
        """The centre inside a transaction."""
        found = center_by_id(read, self.hall.center_id)
        assert found is not None
        return found

    def add_price(self, name: str, euros_cents: int, **more: Any) -> Price:
        """A price per hour in cents; `time` is HH:MM-HH:MM."""
        window = Window((1, 2, 3, 4, 5, 6, 7), *parse_window(more.pop("time", "00:00-24:00")))
        values = PriceValues(
            name=name, price_per_hour_micros=euros_cents * CENT, window=window, **more
        )
        return self.run(create_price, PriceChange(self.center, None, values))

    def set_price(self, euros_cents: int) -> Price:
        """Set the price per hour of the centre's rule "Default", in cents."""
        return self.run(lambda tx, _: change_price(tx, self.new_price(tx, euros_cents)), None)

    def new_price(self, tx: Tx, euros_cents: int) -> PriceChange:
        """The change that sets the price of "Default"."""
        default = default_price(tx, self.hall.center_id)
        values = PriceValues(name=default.name, price_per_hour_micros=euros_cents * CENT)
        return PriceChange(self.center_in(tx), default.price_id, values)

    # --- sessions ----------------------------------------------------------------------------

    def guests(self, kind: str, *names: str, **more: Any) -> list[sessions.Started]:
        """Start guests of a kind on PCs."""
        return self.run(
            sessions.start_guests,
            sessions.StartGuests(
                center=self.center,
                actor=DESK,
                kind=kind,
                pc_names=list(names),
                secrets=[GuestSecret("secret", "hash")] * len(names),
                **more,
            ),
        )

    def guest(self, kind: str, name: str = "PC01", **more: Any) -> Session:
        """Start one guest; answers the session."""
        return self.guests(kind, name, **more)[0].session

    def member(self, member_id: int, name: str = "PC01") -> Session:
        """Start a member; answers the session."""
        cmd = sessions.StartMember(
            center=self.center, actor=DESK, pc_name=name, member_id=member_id
        )
        return self.run(sessions.start_member, cmd).session

    def pay(self, amount: int, *names: str, payment: str = "cash") -> list[sessions.Started]:
        """addTimeMoney on PCs."""
        cmd = sessions.AddMoney(
            center=self.center,
            actor=DESK,
            pc_names=list(names),
            amount_micros=amount,
            payment=payment,
            secrets=[GuestSecret("secret", "hash")] * len(names),
        )
        return self.run(sessions.add_money, cmd)

    def check_out(self, *names: str, **more: Any) -> list[Settlement]:
        """Check out PCs."""
        cmd = sessions.Checkout(center=self.center, actor=DESK, pc_names=list(names), **more)
        return self.run(sessions.check_out, cmd)

    def session(self, session_id: int) -> Session:
        """The session as it is stored now."""
        found = self.store.read_sync(session_by_id, self.hall.center_id, session_id)
        assert found is not None
        return found

    def session_ids(self) -> list[int]:
        """The ids of all sessions, the oldest first."""
        statement = sa.select(pc_sessions.c.id).order_by(pc_sessions.c.id)
        return [row.id for row in self.store.read_sync(lambda read: read.all(statement))]

    def is_busy(self, name: str) -> bool:
        """Whether the PC has an open session."""
        pc_id = self.pc_ids[name]
        return (
            self.store.read_sync(lambda read: open_session_on_pc(read, self.hall.center_id, pc_id))
            is not None
        )

    # --- money -------------------------------------------------------------------------------

    def money(self, member_id: int) -> tuple[int, int]:
        """The member's (balance, bonus) in the ledger."""
        held = self._balances("member", member_id)
        return held.get(("balance", "EUR"), 0), held.get(("bonus", "EUR"), 0)

    def owes(self, member_id: int) -> int:
        """What the member owes."""
        return -self._balances("member", member_id).get(("loan", "EUR"), 0)

    def till(self, kind: str = "cash") -> int:
        """What the centre has taken in: cash, card or qr."""
        return -self.house(kind)

    def house(self, kind: str) -> int:
        """An account of the centre: revenue_time, revenue_offer, …"""
        return self._balances("center", self.hall.center_id).get((kind, "EUR"), 0)

    def _balances(self, owner_kind: str, owner_id: int) -> dict[tuple[str, str], int]:
        book = book_of_center(self.hall.center_id)
        return self.store.read_sync(lambda read: balances(read, book, owner_kind, owner_id))

    def logs(self, event: str) -> list[Any]:
        """Rows of the billing log for an event, oldest first."""
        statement = (
            sa.select(billing_logs).where(billing_logs.c.event == event).order_by(billing_logs.c.id)
        )
        return self.store.read_sync(lambda read: read.all(statement))

    def verify(self) -> None:
        """Ledger, and billing log beside it, must be without a difference."""
        report = self.store.read_sync(verify_ledger, None)
        assert report.is_clean, report.problem
        center_id = self.hall.center_id
        problem = self.store.read_sync(lambda read: check_logs_against_ledger(read, center_id))
        assert problem is None, problem


def open_floor(
    store: Store,
    *,
    pcs_count: int = 3,
    price_cents: int = 200,
    zone: str = "UTC",
    settings: Settings | None = None,
) -> Floor:
    """A hall with PCs and the price of "Default" (which has none when `price_cents` is 0)."""

    def build() -> tuple[str, dict[str, str], dict[str, int]]:
        hall = open_hall(store, zone=zone, settings=settings)
        floor = Floor(store, hall)
        store.run_sync(furnish, (floor, pcs_count, price_cents))
        return hall.api_key, hall.staff, floor.pc_ids

    key = ("floor", pcs_count, price_cents, zone, msgspec.json.encode(settings))
    api_key, staff, pc_ids = databases.copied(store, key, build)
    return Floor(store, Hall(store, 7777, api_key, dict(staff)), dict(pc_ids))


def furnish(tx: Tx, wanted: tuple[Floor, int, int]) -> None:
    """Put so many PCs into the floor and set the price of "Default" in cents (0: none)."""
    floor, pcs_count, price_cents = wanted
    for number in range(1, pcs_count + 1):
        name = f"PC{number:02d}"
        floor.pc_ids[name] = insert_pc(tx, floor.hall.center_id, name)
    if price_cents:
        change_price(tx, floor.new_price(tx, price_cents))


def later(seconds: int) -> datetime:
    """Business time some seconds from now."""
    return clock.from_micros(clock.to_micros(clock.now()) + seconds * 1_000_000)
