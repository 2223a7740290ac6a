"""Staff on the wire: signing in for a bearer token, and the list of staff."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lanhouse.auth.tokens import end_token
from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.staff.queries import staff_of_center
from lanhouse.cafe.staff.sign_in import sign_in_staff, staff_account
from lanhouse.kit.limits import WEB_SESSION_SECONDS
from lanhouse.web.call import Call
from lanhouse.web.sign_in import attempt_of

routes = CafeRoutes("Staffs")
native = NativeRoutes("Staff")


class SignInIn(msgspec.Struct):
    """`cafe_id` is the centre's number."""

    cafe_id: int
    account: str
    password: Annotated[str, msgspec.Meta(max_length=1024)]


class TokenOut(msgspec.Struct):
    """A bearer token for the café API and the native API, with the rights of the person."""

    token: str
    expires_in_seconds: int


@native.post("/auth/staff-login", public=True, summary="A bearer token for a staff account")
async def staff_login(call: Call, data: SignInIn) -> TokenOut:
    """The token is shown this once; it ends after expires_in_seconds or at sign-out."""
    attempt = attempt_of(call, data.cafe_id, staff_account(data.account))
    token = await sign_in_staff(call, attempt, data.account, data.password, use="bearer")
    return TokenOut(token, WEB_SESSION_SECONDS)


@native.post("/auth/logout", right="account.self", summary="End this bearer token")
async def logout(call: CafeCall) -> dict[str, bool]:
    """The token counts no longer. An API key is not ended this way."""
    await call.run(end_token, call.actor.token_hash)
    return {"ended": call.actor.kind == "staff"}


@routes.get("/staffs", right="staff.view", summary="Who works here", source="seed: Staffs")
async def staffs(call: CafeCall) -> list[dict[str, object]]:
    """Rows {staff_id, staff_name, staff_role, staff_is_active}; never anything about passwords."""
    rows = await call.read(staff_of_center, call.center.id)
    return [
        {
            "staff_id": row.id,
            "staff_icafe_id": row.center_id,
            "staff_name": row.account,
            "staff_role": row.role,
            "staff_is_active": int(row.is_active),
            "staff_allow_ip": row.allowed_ips,
        }
        for row in rows
    ]
