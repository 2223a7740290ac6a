"""A centre and the settings that this release honours (cafe-domain 15)."""

from __future__ import annotations

from functools import cached_property
from zoneinfo import ZoneInfo

import msgspec


class BonusTier(msgspec.Struct, frozen=True):
    """From `amount_micros` topped up: `bonus_micros`, or `percent` of the amount."""

    amount_micros: int
    bonus_micros: int = 0
    percent: int = 0


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """A centre's choices; the wire names and encodings stand in cafe/settings."""

    free_time_minutes: int = 0
    """The first minutes of a session are not billed."""
    free_minutes_once: bool = False
    """Not of every session: once per member and day, for guests once per PC (decision 0030)."""
    minimum_charge_micros: int = 0
    """A session that is billed at all costs at least this."""
    use_bonus_first: bool = False
    """Pay time from the bonus before the balance; else balance first."""
    allow_balance_for_pc_time: bool = True
    """False: only packages pay for a member's time."""
    prepaid_session_change_method: str = "return"
    """What happens to a prepaid guest's rest at check-out: `return` it or `keep` it."""
    disable_prepaid: bool = False
    disable_postpaid: bool = False
    postpaid_max_balance_micros: int = 0
    """A postpaid session ends by itself at this cost; 0 = never."""
    default_price_fills_gaps: bool = True
    """The price rule "Default" holds wherever and whenever no other rule does; False: only for a
    PC group and member group without any other rule, so that hours without a price stay closed."""
    loan_max_per_member_micros: int = 0
    """The most that a member may owe; 0 = no cap."""
    desk_confirm_above_micros: int | None = None
    """The panel asks once more before a larger sum; 0 = never, None = above 500 hours of the price
    "Default" (cafe/desk/queries/unusual.py)."""
    desk_confirm_minutes: int = 1440
    """The panel asks once more before a sum that buys more time; 0 = never."""
    price_bonus: list[BonusTier] = []
    """Bonus tiers of a top-up, by rising amount."""
    bonus_by_percent: bool = False
    """Tiers give a percentage of the amount instead of the sum of the tiers' bonuses."""
    topup_reward_percent: tuple[int, ...] = (100,) * 7
    """Factor on the bonus by weekday, Monday first."""
    points_enabled: bool = False
    """One point per currency unit topped up."""
    default_member_group: int = 0
    """Group of a new member for whom none is named."""
    cors_origins: list[str] = []
    """Web origins whose pages may call the café API from a browser."""


class Center(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A centre as every handler sees it."""

    id: int
    name: str
    license_name: str
    zone_name: str
    currency: str
    quote_secret: str
    settings: Settings

    @cached_property
    def zone(self) -> ZoneInfo:
        """The centre's time zone."""
        return ZoneInfo(self.zone_name)
