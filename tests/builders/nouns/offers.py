"""Packages that are sold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.offers.commands import OfferChange, Sale, create_offer, sell_package
from lanhouse.cafe.offers.commands.refunding import PackageRefund, refund_package
from lanhouse.cafe.offers.plans import RefundPlan
from lanhouse.cafe.offers.schemas import OfferValues, OwnedPackage
from lanhouse.cafe.sessions import commands as sessions
from lanhouse.cafe.sessions.commands import GuestSecret
from lanhouse.cafe.sessions.queries import packages_owned
from lanhouse.db.store import Tx
from lanhouse.kit import clock
from tests.builders.nouns.ground import CENT, DESK, Ground


@dataclass
class OfferBuilder(Ground):
    """Offers."""

    def add_offer(self, name: str, euros_cents: int, minutes: int = 180, **more: Any) -> int:
        """An active offer at a price in cents; answers its id."""
        values = OfferValues(name=name, price_micros=euros_cents * CENT, minutes=minutes, **more)
        return self.run(create_offer, OfferChange(self.center, None, values)).id

    def sell(self, offer_id: int, member_id: int, payment: str = "cash", pc_name: str = "") -> int:
        """Sell an offer; answers the id of the bought package."""
        sale = Sale(self.center, DESK, offer_id, member_id, payment, pc_name)

        def sell(tx: Tx, _: None) -> int:
            lock_member(tx, self.hall.center_id, member_id)
            return sell_package(tx, sale).package.member_offer_id

        return self.run(sell, None)

    def sell_on_pc(self, offer_id: int, name: str = "PC01", payment: str = "cash") -> Any:
        """addOffer on a PC; answers its session."""
        cmd = sessions.AddOffer(
            center=self.center,
            actor=DESK,
            pc_names=[name],
            offer_id=offer_id,
            payment=payment,
            secrets=[GuestSecret("secret", "hash")],
        )
        return self.run(sessions.add_offer, cmd)[0].session

    def take_back(self, package_id: int, **more: Any) -> RefundPlan:
        """Give a package back."""
        cmd = PackageRefund(center=self.center, actor=DESK, member_offer_id=package_id, **more)
        return self.run(refund_package, cmd)

    def packages(self, member_id: int) -> list[OwnedPackage]:
        """What the member has bought, as it is now."""
        return self.store.read_sync(packages_owned, self.hall.center_id, member_id, clock.now())
