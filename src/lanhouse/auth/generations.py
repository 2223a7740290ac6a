"""Generations of keys and sign-ins: a number that goes up with every one that ends by somebody's
will, so that an older database, brought back, is known for one (decision 0017).

The numbers stand in the database and, after each change, in a file beside it that no backup
replaces (cli/generations.py).
"""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.auth.tables import generations
from lanhouse.db.statements import insert_ignore, static, upsert
from lanhouse.db.store import Read, Tx

CENTER_KEY = "center_key"
AGENT_KEYS = "agent_keys"
SIGN_INS = "sign_ins"

Owner = tuple[str, int]
"""One of the kinds above, and the centre or agent whose it is."""

_ALL = static(sa.select(generations))
_OWN = (
    generations.c.kind == sa.bindparam("its_kind"),
    generations.c.owner_id == sa.bindparam("its_owner"),
)
_RAISE = static(
    sa.update(generations).where(*_OWN).values(number=generations.c.number + sa.literal(1))
)
_BEGIN = static(insert_ignore(generations))
_PUT = static(upsert(generations, ["kind", "owner_id"], ["number"]))


def advance(tx: Tx, kind: str, owner_id: int) -> None:
    """Something of this owner has ended for good: what a backup holds is older from now on."""
    while not tx.run(_RAISE, its_kind=kind, its_owner=owner_id):
        if tx.run(_BEGIN, kind=kind, owner_id=owner_id, number=1):
            return


def numbers(read: Read) -> dict[Owner, int]:
    """The present generation of every owner that ever had one."""
    return {(row.kind, row.owner_id): row.number for row in read.all(_ALL)}


def put_number(tx: Tx, owner: Owner, number: int) -> None:
    """Bring an owner to a generation: what belongs to an older one has been ended."""
    tx.run(_PUT, kind=owner[0], owner_id=owner[1], number=number)
