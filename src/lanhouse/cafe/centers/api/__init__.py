"""The centre's API key on the wire."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lanhouse.auth.keys import NewKey, generate_key
from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.kit.inputs import means

routes = CafeRoutes("Config")


class GenerateKeyIn(msgspec.Struct):
    """`api_key_ips`: addresses or networks, comma-separated."""

    api_key_ips: Annotated[str, means("allowed_ips")]


class ApiKeyOut(msgspec.Struct):
    """The new key, for this one time; `expires_at` is the centre's local time."""

    api_key: str
    api_key_ips: str
    expires_at: str


@routes.post(
    "/configs/action/generateApiKey",
    right="api_keys.manage",
    summary="Make a new API key; the old one ends at once",
    source="seed: Config, Generate API key",
)
async def generate_api_key(call: CafeCall, data: GenerateKeyIn) -> ApiKeyOut:
    """data {api_key (shown this once), api_key_ips, expires_at in the centre's time}.

    Called with a key, `api_key_ips` may only name addresses that this key may call from; an Admin's
    token may name any. After a refusal the old key lives on.

    An Idempotency-Key is not honoured here: its stored answer would hold the secret.
    """
    by_key = call.actor.token_hash if call.actor.kind == "api_key" else ""
    new = NewKey(call.center.id, data.api_key_ips, by_key)
    shown = await call.run(generate_key, new)
    expires_at = shown.expires_at.astimezone(call.center.zone)
    return ApiKeyOut(shown.secret, shown.allowed_ips, expires_at.strftime("%Y-%m-%d %H:%M:%S"))
