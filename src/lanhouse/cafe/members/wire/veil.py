"""Birthdays and identity numbers, masked for persons of the staff who may not look at them (right
`members.identity`). Keys and devices, which are programs, get them whole."""

from __future__ import annotations

from typing import Any, TypeVar

from lanhouse.auth.actors import Actor
from lanhouse.cafe.members.rules import MASK, masked, masked_birthday
from lanhouse.cafe.members.wire import MemberFields

Shown = TypeVar("Shown", bound=MemberFields)


def is_veiled(actor: Actor) -> bool:
    """Whether what is masked on a member's card is masked for this actor everywhere."""
    return actor.kind == "staff" and not actor.may("members.identity")


def veil(actor: Actor, row: Shown) -> Shown:
    """A row as the actor may see it; the row itself is changed."""
    if is_veiled(actor):
        row.member_birthday = masked_birthday(row.member_birthday) or None
        row.member_id_card = masked(row.member_id_card)
    return row


def unveiled(values: dict[str, Any]) -> dict[str, Any]:
    """Columns of a change without a number that was sent back as it was shown, masked: it is not
    changed. A masked birthday is no date, and is refused."""
    return {name: value for name, value in values.items() if name != "id_card" or MASK not in value}
