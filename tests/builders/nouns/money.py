"""What the accounts and the billing log say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.money.checks import check_logs_against_ledger
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.reports.queries.checks import check_kept
from lanhouse.cafe.shifts.queries.proof import check_shifts
from lanhouse.ledger import balances, book_of_center
from lanhouse.ledger.verify import verify_ledger
from tests.builders.nouns.ground import Ground


@dataclass
class MoneyReader(Ground):
    """Balances, the till, the log."""

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
        problem = self.store.read_sync(check_shifts, center_id)
        assert problem is None, problem
        problem = self.store.read_sync(check_kept)
        assert problem is None, problem
