"""Rules for minors, ours: what holds for a member, consents of guardians, proofs of age."""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeCall, NativeRoutes
from lanhouse.cafe.minors.commands import (
    NewConsent,
    NewProof,
    WithdrawConsent,
    give_consent,
    note_proof,
    withdraw_consent,
)
from lanhouse.cafe.minors.plans import held_of
from lanhouse.cafe.minors.wire import (
    AgeProofIn,
    GuardianConsentIn,
    NotedOut,
    PlayLimitsOut,
    limits_out,
    moment_of,
)
from lanhouse.kit import clock
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.replies import Written

native = NativeRoutes("Minors")
_MEMBER = "/members/{member_id}"


@native.get(f"{_MEMBER}/limits", right="members.view", summary="Until when a member may play")
async def limits(call: CafeCall) -> PlayLimitsOut:
    """By the rules for minors; with the newest 50 consents and proofs. 404 when there is no such
    member."""
    held = await call.read(held_of, call.center, _member_id(call), clock.now())
    return limits_out(held.limits, held.consents, held.proofs)


@native.post(f"{_MEMBER}/guardian-consents", right="members.edit", summary="Note a consent")
async def post_consent(call: CafeCall, data: GuardianConsentIn) -> Written[NotedOut]:
    """It holds from now on, and lifts the hours that consent may lift."""
    cmd = NewConsent(
        center=call.center,
        actor=call.actor,
        member_id=_member_id(call),
        guardian=data.guardian,
        reason=data.reason,
        until_at=moment_of(data.until, call.center.zone),
    )
    return await call.write(give_consent, cmd, NotedOut)


@native.post(
    f"{_MEMBER}/guardian-consents/{{consent_id}}/withdraw",
    right="members.edit",
    summary="Withdraw a consent",
)
async def post_withdrawal(call: CafeCall) -> Written[NotedOut]:
    """It holds no more; what the member plays ends when the rules say so."""
    cmd = WithdrawConsent(
        center=call.center,
        actor=call.actor,
        member_id=_member_id(call),
        consent_id=id_in_path(call.path["consent_id"], say("Consent not found")),
    )
    return await call.write(withdraw_consent, cmd, NotedOut)


@native.post(f"{_MEMBER}/age-proofs", right="members.edit", summary="Note a proof of age")
async def post_proof(call: CafeCall, data: AgeProofIn) -> Written[NotedOut]:
    """Who has seen it and when; no copy and no number is kept. Refused for another birthday than
    the account has."""
    cmd = NewProof(
        center=call.center,
        actor=call.actor,
        member_id=_member_id(call),
        birthday=data.birthday,
        document=data.document,
    )
    return await call.write(note_proof, cmd, NotedOut)


def _member_id(call: CafeCall) -> int:
    return id_in_path(call.path["member_id"], say("Member not found"))
