"""A call of the café half: whoever makes it, its centre is known."""

from __future__ import annotations

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.kit.money import unit_micros
from lanhouse.ledger import book_of_center
from lanhouse.web.call import Call
from lanhouse.web.render import View
from lanhouse.web.routes import Routes


class CafeCall(Call):
    """A call whose caller and centre are recognised (cafe/surfaces.py makes it)."""

    __slots__ = ("center",)

    def __init__(self, call: Call, actor: Actor, center: Center) -> None:
        super().__init__(call.services, call.route, call.request, call.encode)
        self.actor = actor
        self.center = center
        self.book_id = book_of_center(center.id)

    @property
    def unit_micros(self) -> int:
        """The smallest amount that is paid in the centre's currency (decision 0118)."""
        return unit_micros(self.center.currency)

    @property
    def view(self) -> View:
        """What every page knows about its reader and the centre."""
        return msgspec.structs.replace(
            super().view,
            currency=self.center.currency,
            zone=self.center.zone,
            center_name=self.center.portal_name
            if self.route.surface == "portal"
            else self.center.name,
            license_name=self.center.license_name,
        )


class CafeRoutes(Routes[CafeCall]):
    """Café API v2: envelope {code, message, data}, API key, staff or member token."""

    surface = "cafe"
    prefix = "/api/v2/cafe/{cafe_id}"


class CafeAuthRoutes(Routes[CafeCall]):
    """The café API's calls outside a café's path (`/api/v2/auth/…`), same envelope."""

    surface = "cafe"
    prefix = "/api/v2"


class NativeRoutes(Routes[CafeCall]):
    """Our own plain REST with real HTTP statuses; API key or staff token."""

    surface = "native"
    prefix = "/api/native/v1"


class PanelRoutes(Routes[CafeCall]):
    """Pages for staff, signed in by cookie; paths are whole (`/panel/…`)."""

    surface = "panel"


class PortalRoutes(Routes[CafeCall]):
    """Pages for members, signed in by cookie; paths are whole (`/portal/{license_name}/…`)."""

    surface = "portal"
