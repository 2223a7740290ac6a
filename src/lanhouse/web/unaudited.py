"""The writing calls that leave no row in the audit log, and why."""

from __future__ import annotations

_SIGN_OUT = "ends only the caller's own sign-in"
_MOVE = "is a row of wallet_moves, which names the agent, the player, the address and the time"

UNAUDITED: dict[str, str] = {
    "POST /panel/sign-out": _SIGN_OUT,
    "POST /portal/{license_name}/sign-out": _SIGN_OUT,
    "POST /api/native/v1/auth/logout": _SIGN_OUT,
    "POST /portal/{license_name}": "a member's own sign-in makes a token for that browser only",
    "POST /panel/computers/looked": "only takes the mark of an ended session off the map",
    "POST /api/v2/cafe/{cafe_id}/pcSessions/pushClientStatus": "sends a state, changes none",
    "POST /external/deposit": _MOVE,
    "POST /external/withdraw": _MOVE,
    "GET /play/launch/{token}": "exchanges the token of a launch, which is audited, for a secret",
    "GET /play/{session}": "only prepares the next seeds",
    "GET /play/{session}/standing": "only prepares the next seeds",
    "POST /play/{session}/spin": "is a row of the rounds and spins, with its player and time",
    "POST /play/{session}/client-seed": "is a row of the seeds, with its session and time",
    "GET /play/{session}/state": "only prepares the first seeds",
    "POST /play/{session}/act": "is a row of the rounds and acts, with its player and time",
    "POST /play/{session}/seed": "is a row of the seeds, with its player and time",
}
"""Route (`METHOD /path`) -> reason. Every other write is audited by the single door."""
