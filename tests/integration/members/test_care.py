"""Notes, consents, photos, messages, visits, filters, bulk acts and forgetting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from lanhouse.auth.actors import NOBODY, Actor
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.centers.commands import SettingsChange, change_settings
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.commands import Act, Bulk, act_on_many, bulk_step
from lanhouse.cafe.facts import SeatsChanged
from lanhouse.cafe.members.commands.changing import MemberChange, change_members
from lanhouse.cafe.members.commands.notes import (
    ConsentNamed,
    NewConsent,
    NewNote,
    NoteNamed,
    add_note,
    delete_note,
    give_consent,
    pin_note,
    withdraw_consent,
)
from lanhouse.cafe.members.commands.photos import MemberPhoto, show_photo
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.jobs import plan_retention, retain
from lanhouse.cafe.members.queries.card import consents_of, notes_of, photo_key, pinned_notes
from lanhouse.cafe.members.queries.leaving import NOTICE, kept_for_money, leaving_members
from lanhouse.cafe.members.queries.listing import MemberSearch, members_page
from lanhouse.cafe.members.schemas import MemberFilter
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.messages.commands.to_members import TellMembers, read_messages, tell_members
from lanhouse.db.store import Store
from lanhouse.jobs.queue import Turn, run_step
from lanhouse.jobs.schemas import Steps
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.pictures import Picture
from lanhouse.ledger.verify import verify_ledger
from tests.builders.centers import open_hall
from tests.builders.floor import EURO, Floor

PICTURE = Picture("image/png", b"not looked at here", 1, 1)


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    """A hall with two PCs and a price, on each database; Wednesday noon."""
    floor = Floor(store, open_hall(store))
    floor.add_pc("PC01")
    floor.add_pc("PC02")
    floor.add_price("Day", 200)
    return floor


def center_of(floor: Floor) -> Center:
    center = floor.store.read_sync(center_by_id, floor.hall.center_id)
    assert center is not None
    return center


def actor_of(floor: Floor, role: str = "admin") -> Actor:
    return Actor(
        kind="staff",
        center_id=floor.hall.center_id,
        staff_id=1,
        staff_name="ines",
        role=role,
        rights=rights_of(role),
    )


def set_member(floor: Floor, **values: Any) -> None:
    floor.run(change_settings, SettingsChange(floor.hall.center_id, {"member": values}))


def row_of(floor: Floor, member_id: int) -> Any:
    query = sa.select(members).where(members.c.id == member_id)
    return floor.store.read_sync(lambda read: read.one(query))


def note(floor: Floor, member_id: int, text: str, *, is_pinned: bool = False) -> int:
    new = NewNote(
        center=center_of(floor),
        actor=actor_of(floor),
        member_id=member_id,
        text=text,
        is_pinned=is_pinned,
    )
    return floor.run(add_note, new)


def test_notes_are_kept_pinned_and_deleted(floor: Floor) -> None:
    rui, ana, center = floor.add_member("rui"), floor.add_member("ana"), center_of(floor)
    first = note(floor, rui, " <b>Headset</b> stays at the counter ")
    second = note(floor, rui, "Likes PC01", is_pinned=True)
    rows = floor.store.read_sync(notes_of, center.id, rui)
    assert [(row.id, row.text, row.staff_name) for row in rows] == [
        (second, "Likes PC01", "ines"),
        (first, "<b>Headset</b> stays at the counter", "ines"),
    ]
    assert floor.store.read_sync(pinned_notes, center.id, rui) == ["Likes PC01"]
    pin = NoteNamed(center=center, member_id=rui, note_id=second, is_pinned=False)
    floor.run(pin_note, pin)
    assert floor.store.read_sync(pinned_notes, center.id, rui) == []
    for wrong in (
        NoteNamed(center=center, member_id=ana, note_id=first),
        NoteNamed(center=center, member_id=rui, note_id=999),
    ):
        with pytest.raises(NotFound):
            floor.run(delete_note, wrong)
    floor.run(delete_note, NoteNamed(center=center, member_id=rui, note_id=first))
    assert [row.id for row in floor.store.read_sync(notes_of, center.id, rui)] == [second]
    for text in ("", "   ", "x" * 256, "x" * 1_000_000):
        with pytest.raises(InvalidInput):
            note(floor, rui, text)


def test_another_centres_member_is_not_there(floor: Floor) -> None:
    other = Floor(floor.store, open_hall(floor.store, 8888))
    theirs = other.add_member("rui")
    with pytest.raises(MemberNotFound):
        note(floor, theirs, "x")
    told = TellMembers(
        center=center_of(floor), actor=actor_of(floor), member_ids=[theirs], text="x"
    )
    with pytest.raises(NotFound):
        floor.run(tell_members, told)
    consent = NewConsent(
        center=center_of(floor), actor=actor_of(floor), member_id=theirs, kind="photo"
    )
    with pytest.raises(MemberNotFound):
        floor.run(give_consent, consent)


def test_a_photo_needs_the_setting_and_a_consent_and_goes_with_it(floor: Floor) -> None:
    rui = floor.add_member("rui")
    show = MemberPhoto(center_of(floor), rui, PICTURE)
    with pytest.raises(Refused, match="keeps no photos"):
        floor.run(show_photo, show)
    set_member(floor, allow_member_upload_photo=True)
    show = MemberPhoto(center_of(floor), rui, PICTURE)
    with pytest.raises(Refused, match="has not agreed"):
        floor.run(show_photo, show)
    center, actor = center_of(floor), actor_of(floor)
    new = NewConsent(center=center, actor=actor, member_id=rui, kind="photo", details="on paper")
    consent_id = floor.run(give_consent, new)
    assert floor.run(give_consent, new) == consent_id
    floor.run(show_photo, show)
    assert floor.store.read_sync(photo_key, center.id, rui) is not None
    named = ConsentNamed(center=center, actor=actor, member_id=rui, consent_id=consent_id)
    floor.run(withdraw_consent, named)
    assert floor.store.read_sync(photo_key, center.id, rui) is None
    (row,) = floor.store.read_sync(consents_of, center.id, rui)
    assert (row.kind, row.details, row.given_to, row.withdrawn_by) == (
        *("photo", "on paper", "ines"),
        "ines",
    )
    with pytest.raises(NotFound):
        floor.run(withdraw_consent, named)
    with pytest.raises(InvalidInput):
        floor.run(give_consent, msgspec.structs.replace(new, kind="marriage"))


def test_a_message_is_read_once(floor: Floor) -> None:
    rui, ana = floor.add_member("rui"), floor.add_member("ana")
    told = TellMembers(
        center=center_of(floor), actor=actor_of(floor), member_ids=[rui, ana], text=" Hello "
    )
    assert floor.run(tell_members, told) == [rui, ana]

    def read(tx: Any, member_id: int) -> list[str]:
        return [row.text for row in read_messages(tx, floor.hall.center_id, member_id)]

    assert floor.run(read, rui) == ["Hello"]
    assert floor.run(read, rui) == []
    assert floor.run(read, ana) == ["Hello"]
    with pytest.raises(NotFound):
        floor.run(tell_members, msgspec.structs.replace(told, member_ids=[rui, 1]))
    assert floor.run(read, rui) == []


def found(floor: Floor, **filters: Any) -> list[str]:
    search = MemberSearch(
        center=center_of(floor),
        at=clock.now(),
        sort_name="account",
        filters=MemberFilter(**filters),
    )
    return [row.account for row in floor.store.read_sync(members_page, search).rows]


def set_row(floor: Floor, member_id: int, **values: Any) -> None:
    def put(tx: Any, _: None) -> None:
        tx.run(sa.update(members).where(members.c.id == member_id).values(**values))

    floor.run(put, None)


def test_filters_find_who_they_say(floor: Floor, freeze: clock.frozen) -> None:
    now = clock.now()
    rich, poor = floor.add_member("rich", balance=50 * EURO), floor.add_member("poor")
    set_row(floor, poor, expires_at=now, birthday="2000-02-29")
    tomorrow = (now + timedelta(days=1)).strftime("1990-%m-%d")
    set_row(floor, rich, birthday=tomorrow)
    assert found(floor) == ["poor", "rich"]
    assert found(floor, is_expired=True) == ["poor"]
    assert found(floor, is_expired=False) == ["rich"]
    assert found(floor, balance_over_micros=49 * EURO) == ["rich"]
    assert found(floor, balance_over_micros=50 * EURO) == []
    assert found(floor, birthday_days=1) == ["rich"]
    assert found(floor, is_playing=True) == []
    floor.member(rich, "PC01")
    assert found(floor, is_playing=True) == ["rich"]
    assert found(floor, is_playing=False) == ["poor"]
    assert row_of(floor, rich).last_visit_at == now
    assert found(floor, has_loan=True) == []
    assert found(floor, registered_from=now) == ["poor", "rich"]
    assert found(floor, registered_to=now) == []
    assert found(floor, away_since=now) == []
    set_row(floor, poor, created_at=now - timedelta(days=400))
    assert found(floor, away_since=now - timedelta(days=300)) == ["poor"]
    assert found(floor, group_id=7) == []


def job_steps(floor: Floor, kind: str, step: Any) -> list[Any]:
    """Run the queued steps of a kind to their end."""
    turn = Turn({kind: Steps(kind, step)})
    done: list[Any] = []
    while (job := floor.run(run_step, turn)) is not None:
        done.append(job)
    return done


def test_many_are_changed_by_a_job_and_who_plays_is_left(floor: Floor) -> None:
    ids = [floor.add_member(f"m{number:02}", balance=5 * EURO) for number in range(45)]
    floor.member(ids[3], "PC01")
    bulk = Bulk(
        center=center_of(floor),
        actor=actor_of(floor),
        act=Act(kind="active", is_active=False),
        member_ids=[],
        search=MemberSearch(center=center_of(floor), at=clock.now()),
    )
    assert floor.run(act_on_many, bulk).is_job
    assert len(job_steps(floor, "members.bulk", bulk_step)) == 3
    assert {row_of(floor, member_id).is_active for member_id in ids} == {False}
    gone = msgspec.structs.replace(bulk, act=Act(kind="delete"))
    floor.run(act_on_many, gone)
    job_steps(floor, "members.bulk", bulk_step)
    alive = [member_id for member_id in ids if row_of(floor, member_id).deleted_at is None]
    assert alive == [ids[3]]
    assert floor.store.read_sync(verify_ledger).problem is None


def test_a_bulk_act_needs_its_right(floor: Floor) -> None:
    rui = floor.add_member("rui")
    bulk = Bulk(
        center=center_of(floor),
        actor=actor_of(floor, "staff"),
        act=Act(kind="delete"),
        member_ids=[rui],
        search=MemberSearch(center=center_of(floor), at=clock.now()),
    )
    with pytest.raises(Exception, match="You do not have the right"):
        floor.run(act_on_many, bulk)
    assert row_of(floor, rui).deleted_at is None


def test_who_does_not_come_is_announced_then_forgotten(floor: Floor, freeze: clock.frozen) -> None:
    now = clock.now()
    gone, back = floor.add_member("gone"), floor.add_member("back")
    rich = floor.add_member("rich", balance=EURO)
    for member_id in (gone, back, rich):
        set_row(floor, member_id, created_at=now - timedelta(days=800), first_name="Eva")
    note(floor, gone, "Eva likes tea")
    set_member(floor, member_retention_months=12)

    def look() -> None:
        floor.run(plan_retention, None)
        job_steps(floor, "members.retention", retain)

    look()
    center = center_of(floor)
    announced = floor.store.read_sync(leaving_members, center.id, 10)
    assert {row.id for row in announced} == {gone, back}
    assert [row.leaves_at for row in announced] == [now + NOTICE] * 2
    assert [row.id for row in floor.store.read_sync(kept_for_money, center, now, 10)] == [rich]
    look()
    assert row_of(floor, gone).first_name == "Eva"

    def comes(tx: Any, member_id: int) -> None:
        tx.tell(SeatsChanged(center.id, member_id, 0))

    floor.run(comes, back)
    assert row_of(floor, back).leaves_at is None
    freeze.set(now + NOTICE + timedelta(days=1))
    look()
    row = row_of(floor, gone)
    assert (row.first_name, row.account, row.deleted_at is None) == ("", f"deleted-{gone}", False)
    assert floor.store.read_sync(notes_of, center.id, gone) == []
    assert row_of(floor, back).first_name == "Eva"
    assert row_of(floor, rich).first_name == "Eva"
    assert floor.store.read_sync(verify_ledger).problem is None


def test_nobody_is_forgotten_where_everybody_is_kept(floor: Floor) -> None:
    old = floor.add_member("old")
    set_row(floor, old, created_at=datetime(2001, 1, 1, tzinfo=UTC), leaves_at=clock.now())
    floor.run(plan_retention, None)
    job_steps(floor, "members.retention", retain)
    assert (row_of(floor, old).deleted_at, row_of(floor, old).leaves_at) == (None, None)


def test_a_change_counts_the_version(floor: Floor) -> None:
    rui = floor.add_member("rui")
    before = row_of(floor, rui).version
    change = MemberChange(
        center=center_of(floor), actor=NOBODY, member_ids=[rui], values={"first_name": "Rui"}
    )
    floor.run(change_members, change)
    assert row_of(floor, rui).version == before + 1
