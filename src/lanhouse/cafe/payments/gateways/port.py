"""What a gateway can do: begin a payment, read a notice, and give money back if it can."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.payments.schemas import Notice, Payment
from lanhouse.cafe.settings.wire import opened_secret
from lanhouse.jobs.outbound import Outbound
from lanhouse.kit.errors import Unauthenticated
from lanhouse.kit.vault import Vault

NOTICE_SECONDS = 300
"""A notice is signed with its time, and counts so long before and after it."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """What a gateway needs to reach its service, and the address of this server."""

    outbound: Outbound
    vault: Vault
    base_url: str
    stripe_url: str


class Begun(msgspec.Struct, frozen=True):
    """Where one pays ("" = by a code of the house), and what the gateway calls the payment."""

    url: str = ""
    external_id: str = ""


class Gateway(Protocol):
    """One gateway."""

    can_refund: bool
    """Whether it gives money back when it is asked to."""

    def is_set_up(self, center: Center, *, has_picture: bool) -> bool:
        """Whether the settings have all that it needs."""
        ...

    async def start(self, way: Way, center: Center, payment: Payment) -> Begun:
        """Begin a payment; asked again for the same one, it is the same. Raises GatewayFailed."""
        ...

    def read_notice(
        self,
        secret_of: Callable[[str], str],
        headers: Mapping[str, str],
        body: bytes,
        at_seconds: int,
    ) -> Notice | None:
        """What a notice tells; None for one about something else.

        `secret_of` opens a secret of the payment settings by its key. Raises Unauthenticated for
        what is not signed by the gateway, or was not now; InvalidInput for what is signed and not
        understood.
        """
        ...

    async def call_off(self, way: Way, center: Center, external_id: str) -> None:
        """See to it that nobody can pay a payment any more, where the gateway can; one that is paid
        or over already is no failure. Raises GatewayFailed."""
        ...

    async def refund(self, way: Way, center: Center, external_id: str, key: str) -> None:
        """Give a payment back; the same `key` does it once, and one that went back already is no
        failure. Raises GatewayFailed."""
        ...


class NotSigned(Unauthenticated):
    """A notice without the gateway's signature, or of another time: nothing of it counts."""

    def __init__(self) -> None:
        super().__init__("The signature is missing, wrong or too old.")


def secret_in(center: Center, vault: Vault) -> Callable[[str], str]:
    """Opens secrets of the centre's payment settings by their key; "" for one that is not set."""

    def opened(name: str) -> str:
        return opened_secret(center, "payment", name, vault)

    return opened
