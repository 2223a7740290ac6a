"""The house itself: its own code is shown, and staff confirm what they see on their account."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.payments.errors import GatewayFailed
from lanhouse.cafe.payments.gateways.port import Begun, NotSigned, Way
from lanhouse.cafe.payments.schemas import Notice, Payment
from lanhouse.kit.said import say


class Manual:
    """Nothing is called, and nobody tells anything."""

    can_refund = False

    def is_set_up(self, center: Center, *, has_picture: bool) -> bool:
        """A text to make codes of, or a picture."""
        return has_picture or bool(center.settings.payment.qr_payload)

    async def start(self, way: Way, center: Center, payment: Payment) -> Begun:
        """There is no page where one pays."""
        return Begun()

    def read_notice(
        self,
        secret_of: Callable[[str], str],
        headers: Mapping[str, str],
        body: bytes,
        at_seconds: int,
    ) -> Notice | None:
        """Nobody has a key to sign with."""
        raise NotSigned

    async def call_off(self, way: Way, center: Center, external_id: str) -> None:
        """Nobody has to be told."""

    async def refund(self, way: Way, center: Center, external_id: str, key: str) -> None:
        """The house gives it back itself."""
        raise GatewayFailed(say("This gateway cannot give money back."))
