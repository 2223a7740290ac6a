"""Who the members of the demo centre are. Registration opens their accounts."""

from __future__ import annotations

from lanhouse.cafe.centers.demo import cafe_id
from lanhouse.cafe.members.queries import member_by_account
from lanhouse.db.store import Read

HANDED_OUT = ("alice", "bruno", "carla", "duarte", "elisa", "filipe")
"""Members whose passwords are handed out; the others of the demo cannot sign in."""

_FIRST_NAMES = (
    *("Alice", "Bruno", "Carla", "Duarte", "Elisa", "Filipe", "Graça", "Hugo", "Inês", "João"),
    *("Katia", "Luís", "Marta", "Nuno", "Olga", "Paulo", "Quim", "Rita", "Sara", "Tiago"),
)
_LAST_NAMES = ("Almeida", "Barros", "Costa", "Duarte", "Esteves", "Fonseca", "Gomes")
_COUNT = 60


def _name(number: int) -> tuple[str, str, str]:
    first = _FIRST_NAMES[number % len(_FIRST_NAMES)]
    last = _LAST_NAMES[number % len(_LAST_NAMES)]
    if number < len(HANDED_OUT):
        return HANDED_OUT[number], first, last
    return f"{first}.{last}{number}".lower(), first, last


PEOPLE = tuple(_name(number) for number in range(_COUNT))
"""Account, first name and last name of each, those of HANDED_OUT first."""

PLAYING_NOW = tuple(account for account, _, _ in PEOPLE[6:11])
"""Members who play when the demo opens: none of those whose passwords are handed out, so that
whoever tries the demo can start a session for them."""


def member_id_of(read: Read, account: str) -> int:
    """The id of a member of the demo."""
    row = member_by_account(read, cafe_id(), account)
    assert row is not None, account
    return row.id
