"""Two at once where minors play: the cut is never later than what holds (both databases)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lanhouse.cafe.members.commands.changing import MemberChange, change_members
from lanhouse.cafe.minors import commands as minors
from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.floor import DESK, EURO, Floor, later, open_floor
from tests.integration.sessions.test_races import Work, at_once, member, refusals

BANDS = '[{"name":"n","under":"16","start":"14:00","end":"18:00","consent":"1"}]'
CUT = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    assert freeze is not None
    return open_floor(store, pcs_count=4)


def withdraw(floor: Floor, member_id: int, consent_id: int) -> Work:
    cmd = minors.WithdrawConsent(
        center=floor.center, actor=DESK, member_id=member_id, consent_id=consent_id
    )
    return minors.withdraw_consent, cmd


def end_on(floor: Floor) -> Any:
    (session_id,) = floor.session_ids()
    return floor.session(session_id).expires_at


@pytest.mark.parametrize("order", [1, -1])
def test_a_consent_is_withdrawn_while_he_starts(floor: Floor, order: int) -> None:
    floor.set(minors_bands=BANDS)
    kid = floor.add_member("kid", balance=10 * EURO, birthday="2014-05-01")
    given = minors.NewConsent(
        center=floor.center,
        actor=DESK,
        member_id=kid,
        guardian="M",
        reason="r",
        until_at=later(86_400),
    )
    consent_id = floor.run(minors.give_consent, given)
    work = [member(floor, kid, "PC01"), withdraw(floor, kid, consent_id)]
    done = at_once(floor.store, [*work[::order], withdraw(floor, kid, consent_id)])
    assert refusals(done) == []
    assert end_on(floor) == CUT
    floor.verify()


@pytest.mark.parametrize("order", [1, -1])
def test_the_hours_are_chosen_while_he_starts(floor: Floor, order: int) -> None:
    kid = floor.add_member("kid", balance=10 * EURO, birthday="2014-05-01")
    chosen = SettingsInput(center=floor.center, values={"member": {"minors_bands": BANDS}})
    work = [member(floor, kid, "PC01"), (save_settings, chosen)]
    done = at_once(floor.store, work[::order])
    assert refusals(done) == []
    assert end_on(floor) == CUT
    floor.verify()


def test_birthdays_change_while_he_starts(floor: Floor) -> None:
    floor.set(minors_bands=BANDS)
    kid = floor.add_member("kid", balance=10 * EURO, birthday="1990-05-01")
    young = MemberChange(
        center=floor.center, actor=DESK, member_ids=[kid], values={"birthday": "2014-05-01"}
    )
    done = at_once(floor.store, [member(floor, kid, "PC01"), (change_members, young)])
    assert refusals(done) == []
    assert end_on(floor) == CUT
    floor.verify()
