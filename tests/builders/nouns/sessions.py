"""Who plays: starts, money for time, check-outs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.sessions import commands as sessions
from lanhouse.cafe.sessions.commands import GuestSecret
from lanhouse.cafe.sessions.commands.bundles import (
    AddToBundle,
    Bundled,
    StartBundle,
    add_to_bundle,
    start_bundle,
)
from lanhouse.cafe.sessions.plans.ending import Settlement
from lanhouse.cafe.sessions.queries import open_session_on_pc, session_by_id
from lanhouse.cafe.sessions.queries.bundles import BillView, Debt, bill_view, debts_of
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.cafe.sessions.tables import pc_sessions
from tests.builders.nouns.ground import DESK
from tests.builders.nouns.pcs import PcBuilder


@dataclass
class SessionBuilder(PcBuilder):
    """Sessions on the PCs."""

    def guests(self, kind: str, *names: str, **more: Any) -> list[sessions.Started]:
        """Start guests of a kind on PCs."""
        return self.run(
            sessions.start_guests,
            sessions.StartGuests(
                **{"center": self.center, "actor": DESK, **more},
                kind=kind,
                pc_names=list(names),
                secrets=[GuestSecret("secret", "hash")] * len(names),
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
        of = {"center": self.center, "actor": DESK, "pc_names": list(names), **more}
        cmd = sessions.Checkout(**of)
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

    def running_on(self, name: str) -> int:
        """The id of the PC's open session, as a form of it carries it; 0 = nobody plays there."""
        pc_id = self.pc_ids[name]
        found = self.store.read_sync(
            lambda read: open_session_on_pc(read, self.hall.center_id, pc_id)
        )
        return found or 0

    def is_busy(self, name: str) -> bool:
        """Whether the PC has an open session."""
        return self.running_on(name) != 0

    def move(self, name: str, target: str) -> Session:
        """Move the session of a PC."""
        cmd = sessions.Move(center=self.center, actor=DESK, pc_name=name, target_name=target)
        return self.run(sessions.move_session, cmd)

    def together(self, kind: str, *names: str, **more: Any) -> Bundled:
        """Start PCs together."""
        cmd = StartBundle(
            center=self.center,
            actor=more.pop("actor", DESK),
            kind=kind,
            pc_names=list(names),
            secrets=[GuestSecret("secret", "hash")] * len(names),
            **more,
        )
        return self.run(start_bundle, cmd)

    def join(self, bundle_id: int, *names: str, **more: Any) -> Bundled:
        """Take more PCs into a bundle."""
        cmd = AddToBundle(
            center=self.center,
            actor=DESK,
            bundle_id=bundle_id,
            pc_names=list(names),
            secrets=[GuestSecret("secret", "hash")] * len(names),
            **more,
        )
        return self.run(add_to_bundle, cmd)

    def bill(self, bill_id: int) -> BillView:
        """A settled bill as it is stored."""
        return self.store.read_sync(bill_view, self.hall.center_id, bill_id)

    def debts(self) -> list[Debt]:
        """What guests have left open."""
        return self.store.read_sync(debts_of, self.center)
