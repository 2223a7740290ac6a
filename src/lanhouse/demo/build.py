"""Building the demo centre in one transaction, each row by the command that makes it for users."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lanhouse.auth.keys import NewKey, generate_key
from lanhouse.auth.passwords import hash_password
from lanhouse.auth.tokens import NewToken, issue_token
from lanhouse.cafe import followers as _followers  # noqa: F401 - wires the café
from lanhouse.cafe.centers.commands import NewCenter, create_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.commands import GroupChange, create_member_group, create_pc_group
from lanhouse.cafe.offers.commands import OfferChange, create_offer
from lanhouse.cafe.pcs.commands import NewPcs, OutOfOrder, add_pcs, set_out_of_order
from lanhouse.cafe.pcs.commands.layout import Layout, PcPlace, save_layout
from lanhouse.cafe.pcs.queries import pc_rows
from lanhouse.cafe.pricing.commands import PriceChange, PriceValues, create_price
from lanhouse.cafe.staff.commands import NewStaff, create_staff
from lanhouse.db.store import Tx
from lanhouse.demo.agents import build_agents
from lanhouse.demo.history import build_history, desk_actor
from lanhouse.demo.keys import CAFE_ID, LICENSE_NAME, LOOPBACK, Keys, PcKey, StaffKey
from lanhouse.demo.people import build_members
from lanhouse.demo.plan import (
    DEFAULT_PRICE_MICROS,
    HISTORY_DAYS,
    MEMBER_GROUPS,
    OFFERS,
    OUT_OF_ORDER,
    PRICES,
    SEAT_PIXELS,
    SETTINGS,
    ZONES,
    Zone,
)
from lanhouse.demo.rounds import build_rounds
from lanhouse.demo.timeline import Timeline
from lanhouse.kit import clock
from lanhouse.kit.money import MICROS

PC_TOKEN_SECONDS = 10 * 365 * 86400


def build(tx: Tx, keys: Keys) -> Keys:
    """Fill an empty database: all of it or nothing. Answers the keys with what was made.

    Opens weeks ago and plays the time up to now, so that logs and reports have something to show.
    """
    with Timeline(tx, clock.now(), days=HISTORY_DAYS) as timeline:
        center = _open_center(tx, keys)
        groups = _fill_hall(tx, center)
        actor = desk_actor(tx, center)
        members = build_members(tx, center, actor, keys, groups)
        build_history(tx, center, actor, timeline, members)
        timeline.go_to(timeline.end)
        keys.pcs = issue_pc_tokens(tx, center)
        keys.agents = build_agents(tx)
        build_rounds(tx, keys.agents[0].agent_id)
    return keys


def hashed(people: Sequence[StaffKey]) -> dict[str, str]:
    """Account -> hash of the password."""
    return {person.account: hash_password(person.password) for person in people}


def _open_center(tx: Tx, keys: Keys) -> Center:
    center = create_center(
        tx,
        NewCenter(
            id=CAFE_ID,
            name="Harbour Arena",
            license_name=LICENSE_NAME,
            zone_name=keys.timezone,
            currency=keys.currency,
            settings=SETTINGS,
            price_per_hour_micros=DEFAULT_PRICE_MICROS,
        ),
    )
    hashes = hashed(keys.staff)
    for person in keys.staff:
        create_staff(
            tx,
            NewStaff(
                center_id=CAFE_ID,
                account=person.account,
                password_hash=hashes[person.account],
                role=person.role.lower(),
            ),
        )
    keys.api_key = generate_key(tx, NewKey(CAFE_ID, LOOPBACK)).secret
    return center


def _fill_hall(tx: Tx, center: Center) -> dict[str, int]:
    """Groups, PCs, rooms, prices and offers. Answers member groups by name."""
    save_layout(tx, Layout(center, [zone.room for zone in ZONES], []))
    pc_groups: dict[str, int] = {}
    for zone in ZONES:
        pc_groups[zone.group.name] = create_pc_group(tx, GroupChange(center, None, zone.group)).id
        names = [f"{zone.prefix}{number:02d}" for number in range(1, zone.count + 1)]
        add_pcs(tx, NewPcs(center=center, names=names, pc_group_id=pc_groups[zone.group.name]))
        save_layout(tx, Layout(center, None, _places(zone, names)))
    name, reason = OUT_OF_ORDER
    set_out_of_order(
        tx, OutOfOrder(center=center, names=[name], is_out_of_order=True, reason=reason)
    )
    groups = {
        values.name: create_member_group(tx, GroupChange(center, None, values)).id
        for values in MEMBER_GROUPS
    }
    for price_name, pc_group, member_group, window, cents in PRICES:
        values = PriceValues(
            name=price_name,
            price_per_hour_micros=cents * MICROS // 100,
            pc_group_id=pc_groups[pc_group],
            member_group_id=groups[member_group] if member_group else None,
            window=window,
        )
        create_price(tx, PriceChange(center, None, values))
    for offer in OFFERS:
        create_offer(tx, OfferChange(center, None, offer))
    return groups


def _places(zone: Zone, names: list[str]) -> list[PcPlace]:
    return [
        PcPlace(
            pc_name=name,
            room_name=zone.room.name,
            box_top=20 + index // zone.columns * SEAT_PIXELS,
            box_left=20 + index % zone.columns * SEAT_PIXELS,
        )
        for index, name in enumerate(names)
    ]


def issue_pc_tokens(tx: Tx, center: Center) -> list[PcKey]:
    """A token for the program on each PC."""
    new = NewToken(center.id, "pc", "device", 0, valid_seconds=PC_TOKEN_SECONDS)
    return [
        PcKey(pc.name, issue_token(tx, msgspec.structs.replace(new, subject_id=pc.id)))
        for pc in pc_rows(tx, center.id)
    ]
