"""Who may take the goods of another centre over: whoever knows its licence password."""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.centers.queries import center_by_license
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.centers.sign_in import must_know_licence_password
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say


async def known_center(call: CafeCall, license_name: str, password: str) -> Center:
    """The centre of that licence name, whose password the caller knows. Raises what
    must_know_licence_password() raises, and InvalidInput for a name of none."""
    other = await call.read(center_by_license, license_name)
    if other is None:
        raise InvalidInput({"license_name": say("there is no such centre on this server")})
    await must_know_licence_password(call, other, password)
    return other
