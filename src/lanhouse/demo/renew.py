"""New secrets for a demo centre that exists: its old ones are not in this data directory."""

from __future__ import annotations

from lanhouse.aggregator.agents.commands import create_agent_key
from lanhouse.aggregator.agents.queries import agents_named
from lanhouse.auth.keys import NewKey, generate_key
from lanhouse.auth.passwords import hash_password
from lanhouse.auth.tokens import end_tokens_of
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.pcs.queries import pc_rows
from lanhouse.cafe.staff.commands import PasswordChange, set_password
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.db.store import Tx
from lanhouse.demo.agents import AGENT_NAMES, key_of
from lanhouse.demo.build import issue_pc_tokens
from lanhouse.demo.history import desk_actor
from lanhouse.demo.keys import CAFE_ID, LOOPBACK, Keys
from lanhouse.demo.people import renew_member_passwords


def renew(tx: Tx, keys: Keys) -> Keys:
    """Replace every secret of the demo; the old ones end. Other rows and money stay as they are.

    People whom somebody has removed from the demo since are left out of the handout.
    """
    center = center_by_id(tx, CAFE_ID)
    assert center is not None
    renew_api_key(tx, keys)
    for key in list(keys.staff):
        person = staff_by_account(tx, CAFE_ID, key.account)
        if person is None:
            keys.staff.remove(key)
            continue
        set_password(tx, PasswordChange(CAFE_ID, person.id, hash_password(key.password)))
    renew_member_passwords(tx, center, desk_actor(tx, center), keys)
    for pc in pc_rows(tx, CAFE_ID):
        end_tokens_of(tx, CAFE_ID, "pc", pc.id)
    keys.pcs = issue_pc_tokens(tx, center)
    # Two keys of an agent live at a time: two new ones end whatever was handed out before.
    for agent in agents_named(tx, AGENT_NAMES):
        create_agent_key(tx, agent.id)
        keys.agents.append(key_of(tx, agent))
    return keys


def renew_api_key(tx: Tx, keys: Keys) -> Keys:
    """Replace the centre's API key only, so that the handout works again."""
    keys.api_key = generate_key(tx, NewKey(CAFE_ID, LOOPBACK)).secret
    return keys
