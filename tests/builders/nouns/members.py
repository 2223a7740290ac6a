"""Members and the money that they bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lanhouse.cafe.members.commands.accounts import insert_account
from lanhouse.cafe.money.movements import Movement, move
from lanhouse.cafe.money.schemas import Event
from lanhouse.db.store import Tx
from tests.builders.nouns.ground import DESK, Ground


@dataclass
class MemberBuilder(Ground):
    """Members."""

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
