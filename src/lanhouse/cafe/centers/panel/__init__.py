"""API settings: the centre's key and the addresses that may use it (seed: API settings)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lanhouse.auth.keys import NOTICE_DAYS, NewKey, days_left, generate_key, key_of_center
from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.kit.errors import InvalidInput
from lanhouse.web.replies import Reply

routes = PanelRoutes("Settings pages")
_FOLDER = "cafe/centers/templates"


class KeyForm(msgspec.Struct):
    """Addresses or networks, separated by commas, spaces or lines."""

    allowed_ips: Annotated[str, msgspec.Meta(max_length=4000)] = ""


@routes.get("/panel/settings/api", right="api_keys.manage", summary="API settings")
async def api_settings(call: CafeCall) -> Reply:
    """What is known of the key (never the secret), and how to use it."""
    key = await call.read(key_of_center, call.center.id)
    return call.html(
        f"{_FOLDER}/api_settings.html",
        key=key,
        days_left=None if key is None else days_left(key),
        warn_days=max(NOTICE_DAYS),
        api_url=f"{call.settings.base_url}/api/v2/cafe/{call.center.id}",
    )


@routes.get("/panel/settings/api/create", right="api_keys.manage", summary="Dialog: create a key")
async def create_dialog(call: CafeCall) -> Reply:
    """The form of the dialog, filled with the addresses of the present key."""
    key = await call.read(key_of_center, call.center.id)
    shown = "" if key is None else key.allowed_ips
    return call.html(f"{_FOLDER}/api_key_form.html", key=key, allowed_ips=shown, error="")


@routes.post("/panel/settings/api/create", right="api_keys.manage", summary="Create the API key")
async def create_key(call: CafeCall, data: KeyForm) -> Reply:
    """Show the new key, for this one time; the old one has ended."""
    typed = ",".join(data.allowed_ips.replace(",", " ").split())
    try:
        made = await call.run(generate_key, NewKey(call.center.id, typed))
    except InvalidInput as error:
        key = await call.read(key_of_center, call.center.id)
        reason = "; ".join(error.fields.values())
        return call.html(
            f"{_FOLDER}/api_key_form.html",
            status=error.status,
            key=key,
            allowed_ips=data.allowed_ips,
            error=reason,
        )
    # A stored answer would keep the secret readable, so this post carries no idempotency key.
    shown = call.html(f"{_FOLDER}/api_key_shown.html", made=made)
    return shown.with_header("cache-control", "no-store")
