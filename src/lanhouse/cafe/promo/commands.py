"""Making, changing, deleting and using promo codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.promo.queries import promo_by_id
from lanhouse.cafe.promo.rules import name_key
from lanhouse.cafe.promo.schemas import Gift, Promo, PromoPlan, PromoValues, Purpose
from lanhouse.cafe.promo.tables import promo_codes, promo_uses
from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import MAX_PROMO
from lanhouse.kit.money import MICROS
from lanhouse.kit.said import say

_p = promo_codes.c
_LOCK = static(
    sa.select(_p.id)
    .where(
        _p.center_id == sa.bindparam("center"),
        _p.name_key == sa.bindparam("code"),
        _p.deleted_at.is_(None),
    )
    .with_for_update()
)
_LOCK_ID = static(
    sa.select(_p.id)
    .where(
        _p.center_id == sa.bindparam("center"),
        _p.id == sa.bindparam("promo"),
        _p.deleted_at.is_(None),
    )
    .with_for_update()
)
_COUNT_UP = static(
    sa.update(promo_codes)
    .where(_p.id == sa.bindparam("promo"))
    .values(used=_p.used + 1)
    .returning(_p.used, _p.quantity)
)
_DELETE = static(
    sa.update(promo_codes)
    .where(_p.id == sa.bindparam("promo"))
    .values(deleted_at=sa.bindparam("at", type_=_p.deleted_at.type))
)
_USE = static(sa.insert(promo_uses))
_NEW = insert_ignore(promo_codes).returning(_p.id)


class PromoChange(msgspec.Struct, frozen=True):
    """New values for a code of a centre, by fields of PromoValues: what is not named stays.
    `promo_id` None makes a new one."""

    center: Center
    promo_id: int | None
    changes: Mapping[str, Any] = {}


def create_promo(tx: Tx, change: PromoChange) -> Promo:
    """Add a code. Raises InvalidInput by field, also for a name in use; Refused at MAX_PROMO."""
    values = _checked(PromoValues(**{"gift": Gift.SUM, **change.changes}))
    lock_center(tx, change.center.id)
    count = sa.select(sa.func.count()).select_from(promo_codes)
    here = (_p.center_id == change.center.id, _p.deleted_at.is_(None))
    if tx.scalar(count.where(*here)) >= MAX_PROMO:
        what = say("promo codes")
        raise Refused(
            say("A centre can have at most %(most)s %(what)s.", most=MAX_PROMO, what=what)
        )
    promo_id = tx.scalar(
        _NEW.values(
            center_id=change.center.id,
            used=0,
            created_at=tx.now,
            updated_at=tx.now,
            **_columns(values),
        )
    )
    if promo_id is None:
        raise _taken(values)
    tx.audit("promo", promo_id, after=values)
    return _promo(tx, change.center.id, promo_id)


def change_promo(tx: Tx, change: PromoChange) -> Promo:
    """New values for a code; what was given by it stays. Raises NotFound and InvalidInput, also
    for a quantity below what was used."""
    before = _locked(tx, change)
    values = _checked(msgspec.structs.replace(_said(before), **change.changes))
    if values.quantity < before.used:
        text = say("must be at least %(count)s: so often it was used", count=before.used)
        raise InvalidInput({"quantity": text})
    same = sa.select(_p.id).where(
        _p.center_id == change.center.id,
        _p.deleted_at.is_(None),
        _p.name_key == name_key(values.name),
        _p.id != before.id,
    )
    if tx.scalar(same) is not None:
        raise _taken(values)
    update = sa.update(promo_codes).where(_p.id == before.id)
    tx.run(update.values(updated_at=tx.now, **_columns(values)))
    tx.audit("promo", before.id, before=_said(before), after=values)
    return _promo(tx, change.center.id, before.id)


def delete_promo(tx: Tx, change: PromoChange) -> None:
    """Nobody can use the code any more. Raises NotFound."""
    before = _locked(tx, change)
    tx.run(_DELETE, promo=before.id, at=tx.now)
    tx.audit("promo", before.id, before=_said(before))


def lock_promo(tx: Tx, center_id: int, code: str) -> None:
    """Lock a code, after the member and before any money: plan_promo() then holds to the end."""
    tx.scalar(_LOCK, center=center_id, code=name_key(code))


def use_promo(tx: Tx, center: Center, plan: PromoPlan, member_id: int, transfer_id: int) -> None:
    """Count a use of a locked code whose gift `transfer_id` has booked; the last one deletes it
    where the setting delete_promocode_after_use says so."""
    row = tx.one(_COUNT_UP, promo=plan.promo_id)
    assert row is not None, "the code is locked"
    tx.run(
        _USE,
        center_id=center.id,
        promo_id=plan.promo_id,
        member_id=member_id,
        at=tx.now,
        bonus_micros=plan.bonus_micros,
        coin_micros=plan.coin_micros,
        transfer_id=transfer_id,
    )
    if row.used >= row.quantity and center.settings.loyalty.delete_promocode_after_use:
        tx.run(_DELETE, promo=plan.promo_id, at=tx.now)


def _checked(values: PromoValues) -> PromoValues:
    wrong: dict[str, str] = {}
    if values.amount_micros <= 0:
        wrong["amount"] = say("must be more than 0")
    elif values.gift == Gift.PERCENT and values.amount_micros > 1000 * MICROS:
        wrong["amount"] = say("must be at most %(most)s", most=1000)
    if values.gift == Gift.PERCENT and values.purpose == Purpose.REGISTER:
        wrong["gift"] = say("must be an amount: at a registration nothing is topped up")
    if wrong:
        raise InvalidInput(wrong)
    return values


def _locked(tx: Tx, change: PromoChange) -> Promo:
    assert change.promo_id is not None
    tx.scalar(_LOCK_ID, center=change.center.id, promo=change.promo_id)
    found = promo_by_id(tx, change.center.id, change.promo_id)
    if found is None:
        raise NotFound(say("Promo not found"))
    return found


def _columns(values: PromoValues) -> dict[str, Any]:
    return msgspec.structs.asdict(values) | {
        "name_key": name_key(values.name),
        "gift": values.gift.value,
        "purpose": values.purpose.value,
    }


def _said(promo: Promo) -> PromoValues:
    return PromoValues(**{name: getattr(promo, name) for name in PromoValues.__struct_fields__})


def _promo(tx: Tx, center_id: int, promo_id: int) -> Promo:
    found = promo_by_id(tx, center_id, promo_id)
    assert found is not None
    return found


def _taken(values: PromoValues) -> InvalidInput:
    return InvalidInput({"name": say("%(name)s already exists", name=values.name)})
