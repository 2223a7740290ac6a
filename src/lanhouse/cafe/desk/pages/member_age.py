"""Age and guardian on a member's card: proofs of age, consents of guardians."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.pages.member_card import CARD, Kept, card_page, member_id_of, to_card
from lanhouse.cafe.minors.commands import (
    NewConsent,
    NewProof,
    WithdrawConsent,
    give_consent,
    note_proof,
    withdraw_consent,
)
from lanhouse.cafe.minors.wire import day_of, moment_of
from lanhouse.kit.errors import AppError, NotFound
from lanhouse.kit.inputs import Line, id_in_path
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Member card")


class GuardianForm(msgspec.Struct):
    """A consent as it was typed."""

    guardian: Annotated[str, Meta(max_length=4000)] = ""
    guardian_reason: Annotated[str, Meta(max_length=4000)] = ""
    guardian_until: Annotated[Line, Meta(max_length=40)] = ""
    key: str = ""


class ProofForm(msgspec.Struct):
    """A proof of age as it was typed."""

    proof_birthday: Annotated[Line, Meta(max_length=40)] = ""
    proof_document: Annotated[Line, Meta(max_length=20)] = ""


@routes.post(f"{CARD}/guardians", right="members.edit", summary="Note a guardian's consent")
async def post_guardian(call: CafeCall, data: GuardianForm) -> Reply:
    """Once per form, or show the card again with the reasons."""
    try:
        new = NewConsent(
            center=call.center,
            actor=call.actor,
            member_id=member_id_of(call),
            guardian=data.guardian,
            reason=data.guardian_reason,
            until_at=moment_of(data.guardian_until, call.center.zone),
        )
        await call.do(give_consent, new, Kept, Kept, key=data.key or None)
    except NotFound:
        raise
    except AppError as error:
        errors, _ = errors_in_form(error, call.view.language, ("guardian", "reason", "until"))
        return await card_page(call, error, guardian=data, age_errors=errors)
    return to_card(call, "noted")


@routes.post(
    f"{CARD}/guardians/{{consent_id}}/withdraw",
    right="members.edit",
    summary="Withdraw a guardian's consent",
)
async def withdraw_guardian(call: CafeCall) -> Reply:
    """It holds no more; what the member plays follows."""
    cmd = WithdrawConsent(
        center=call.center,
        actor=call.actor,
        member_id=member_id_of(call),
        consent_id=id_in_path(call.path["consent_id"], say("Consent not found")),
    )
    await call.run(withdraw_consent, cmd)
    return to_card(call, "saved")


@routes.post(f"{CARD}/proofs", right="members.edit", summary="Note a proof of age")
async def post_proof(call: CafeCall, data: ProofForm) -> Reply:
    """Who has seen it and when, or the card again with the reasons."""
    try:
        new = NewProof(
            center=call.center,
            actor=call.actor,
            member_id=member_id_of(call),
            birthday=day_of(data.proof_birthday, "birthday"),
            document=data.proof_document,
        )
        await call.run(note_proof, new)
    except NotFound:
        raise
    except AppError as error:
        errors, _ = errors_in_form(error, call.view.language, ("birthday", "document"))
        return await card_page(call, error, proof=data, age_errors=errors)
    return to_card(call, "noted")
