"""Settings by group, as the café API groups them.

Revision: 0023, after: 0022.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import Json

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_centers = sa.table("centers", sa.column("id", sa.BigInteger), sa.column("settings", Json))

_GROUP_OF = {
    "cors_origins": "center",
    "point_enable": "loyalty",
    "use_bonus_first": "loyalty",
    "price_bonus": "loyalty",
    "bonus_unit": "loyalty",
    "topup_reward_percent": "loyalty",
    "default_member_group": "member",
    "minimum_charge_micros": "payment",
    "free_time_minutes": "payment",
    "free_minutes_once": "payment",
    "prepaid_session_change_method": "payment",
    "disable_prepaid": "payment",
    "disable_postpaid": "payment",
    "postpaid_max_balance_micros": "payment",
    "loan_max_per_member_micros": "payment",
    "allow_balance_for_pc_time": "payment",
    "default_price_fills_gaps": "payment",
    "desk_confirm_above_micros": "payment",
    "desk_confirm_minutes": "payment",
}
_NEW_NAMES = {"points_enabled": "point_enable", "bonus_by_percent": "bonus_unit"}
_OLD_NAMES = {new: old for old, new in _NEW_NAMES.items()}


def upgrade() -> None:
    """Put each key into its group; what no release has named stays where it is."""
    _rewrite(_by_group)


def downgrade() -> None:
    """Put all keys side by side again."""
    _rewrite(_flat)


def _rewrite(change: Any) -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(_centers.c.id, _centers.c.settings)).all():
        its = sa.update(_centers).where(_centers.c.id == row.id)
        connection.execute(its.values(settings=change(row.settings)))


def _by_group(flat: dict[str, Any]) -> dict[str, Any]:
    groups: dict[str, Any] = {}
    for old, value in flat.items():
        name = _NEW_NAMES.get(old, old)
        group = _GROUP_OF.get(name)
        if group is None:
            groups[old] = value
        else:
            groups.setdefault(group, {})[name] = int(value) if name == "bonus_unit" else value
    return groups


def _flat(groups: dict[str, Any]) -> dict[str, Any]:
    flat = {name: value for name, value in groups.items() if name not in _GROUP_OF.values()}
    for group in sorted(set(_GROUP_OF.values())):
        for name, value in groups.get(group, {}).items():
            shown = bool(value) if name == "bonus_unit" else value
            flat[_OLD_NAMES.get(name, name)] = shown
    return flat
