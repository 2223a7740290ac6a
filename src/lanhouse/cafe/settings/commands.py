"""Changing the settings of a centre."""

from __future__ import annotations

from typing import Any

import msgspec

from lanhouse.cafe.centers.commands import SettingsChange, change_settings
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import BonusTier, Center
from lanhouse.cafe.facts import SettingsChanged
from lanhouse.cafe.settings.queries import default_above_micros, is_member_group
from lanhouse.cafe.settings.rules import zone_name_of
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import MICROS

_PERCENT_MAX = 1000


class SettingsInput(msgspec.Struct, frozen=True, kw_only=True):
    """What to change; None and absent values stay. `values` are fields of Settings.

    `timezone` is a name or an offset, `currency` the code that the centre has already,
    `tiers` (amount, bonus) in micros: the bonus is money or, in percent mode, a percentage.
    """

    center: Center
    values: dict[str, Any]
    name: str | None = None
    timezone: str | None = None
    currency: str | None = None
    tiers: list[tuple[int, int]] | None = None


def save_settings(tx: Tx, given: SettingsInput) -> Center:
    """Change settings, all or none; they hold from the next call on. Answers the centre.

    Raises InvalidInput by wire field. Sessions that run go on from now in the new time zone and
    under the prices that hold then, and those of members end now when the balance may no longer
    pay for time.
    """
    lock_center(tx, given.center.id)
    center = center_by_id(tx, given.center.id)
    assert center is not None
    errors: dict[str, str] = {}
    zone_name = _zone_name(tx, center, given.timezone, errors)
    if given.currency not in (None, center.currency):
        errors["currency"] = f"is {center.currency} and cannot be changed: amounts are booked in it"
    values = dict(given.values)
    group_id = values.get("default_member_group")
    if group_id is not None and not is_member_group(tx, center.id, group_id):
        errors["default_member_group"] = "is not a member group of this centre"
    if given.tiers is not None:
        by_percent = values.get("bonus_by_percent", center.settings.bonus_by_percent)
        values["price_bonus"] = _tiers(given.tiers, errors, by_percent=by_percent)
    above = values.get("desk_confirm_above_micros")
    if above and above == default_above_micros(tx, center.id):
        # Clients send back what they read: what nobody has set goes on following the price.
        values["desk_confirm_above_micros"] = None
    if errors:
        raise InvalidInput(errors)
    change_settings(tx, SettingsChange(center.id, values, given.name or center.name, zone_name))
    changed = center_by_id(tx, center.id)
    assert changed is not None
    tx.tell(SettingsChanged(center.id, _changed_names(center, changed)))
    return changed


def _changed_names(before: Center, after: Center) -> frozenset[str]:
    old, new = msgspec.structs.asdict(before.settings), msgspec.structs.asdict(after.settings)
    names = {name for name in new if new[name] != old[name]}
    if before.zone_name != after.zone_name:
        names.add("timezone")
    return frozenset(names)


def _zone_name(tx: Tx, center: Center, text: str | None, errors: dict[str, str]) -> str:
    if text is None:
        return center.zone_name
    name = zone_name_of(text, center.zone, tx.now)
    if name is None:
        errors["timezone"] = "must be a time zone such as Europe/Lisbon or +08:00"
    return name or center.zone_name


def _tiers(
    tiers: list[tuple[int, int]], errors: dict[str, str], *, by_percent: bool
) -> list[BonusTier]:
    """The tiers by rising amount. The percentage is kept beside the money, for either mode."""
    made: list[BonusTier] = []
    for amount, bonus in sorted(tiers):
        percent, rest = divmod(bonus, MICROS)
        is_percent = rest == 0 and percent <= _PERCENT_MAX
        if by_percent and not is_percent:
            errors["price_bonus"] = f"must hold whole percentages up to {_PERCENT_MAX}"
        if made and made[-1].amount_micros == amount:
            errors["price_bonus"] = "names an amount twice"
        made.append(BonusTier(amount, bonus, percent if is_percent else 0))
    return made
