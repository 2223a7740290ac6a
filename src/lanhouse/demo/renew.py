"""New secrets for a demo: when it was just built, and when the old ones are not in this data
directory."""

from __future__ import annotations

import msgspec

from lanhouse.aggregator.agents.commands import create_agent_key
from lanhouse.aggregator.agents.demo import NAMES
from lanhouse.aggregator.agents.queries import agents_named
from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.auth.keys import NewKey, generate_key
from lanhouse.auth.tokens import NewToken, end_tokens_of, issue_token
from lanhouse.cafe.centers.demo import CAFE_ID
from lanhouse.cafe.facts import PasswordChanged
from lanhouse.cafe.members.commands import set_password_hash
from lanhouse.cafe.members.queries import member_by_account
from lanhouse.cafe.pcs.queries import pc_rows
from lanhouse.cafe.staff.commands import PasswordChange, set_password
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.db.store import Tx
from lanhouse.demo.keys import AgentKey, Keys, MemberKey, NewKeys, PcKey, StaffKey

LOOPBACK = "127.0.0.1, ::1"
"""The centre's key works from this machine only."""
_PC_TOKEN = NewToken(CAFE_ID, "pc", "device", 0, valid_seconds=10 * 365 * 86400)


def renew(tx: Tx, new: NewKeys) -> Keys:
    """Replace every secret of the demo; the old ones end. Other rows and money stay as they are.

    People whom somebody has removed from the demo since are left out of the handout.
    """
    keys, hashes = new.keys(), new.hashes()
    renew_api_key(tx, keys)
    keys.staff = _renew_staff(tx, keys.staff, hashes)
    keys.members = _renew_members(tx, keys.members, hashes)
    for pc in pc_rows(tx, CAFE_ID):
        end_tokens_of(tx, CAFE_ID, "pc", pc.id)
        token = issue_token(tx, msgspec.structs.replace(_PC_TOKEN, subject_id=pc.id))
        keys.pcs.append(PcKey(pc.name, token))
    # Two keys of an agent live at a time: two new ones end whatever was handed out before.
    for agent in agents_named(tx, NAMES):
        create_agent_key(tx, agent.id)
        keys.agents.append(_key_of(tx, agent))
    return keys


def renew_api_key(tx: Tx, keys: Keys) -> Keys:
    """Replace the centre's API key only, so that the handout works again."""
    keys.api_key = generate_key(tx, NewKey(CAFE_ID, LOOPBACK)).secret
    return keys


def _renew_staff(tx: Tx, keys: list[StaffKey], hashes: dict[str, str]) -> list[StaffKey]:
    """Give people their new passwords; answers the keys of those who are there."""
    found: list[StaffKey] = []
    for key in keys:
        person = staff_by_account(tx, CAFE_ID, key.account)
        if person is not None:
            set_password(tx, PasswordChange(CAFE_ID, person.id, hashes[key.password]))
            found.append(key)
    return found


def _renew_members(tx: Tx, keys: list[MemberKey], hashes: dict[str, str]) -> list[MemberKey]:
    """Give members their new passwords; answers the keys of those who are there, with their ids."""
    found: list[MemberKey] = []
    for key in keys:
        row = member_by_account(tx, CAFE_ID, key.member_account)
        if row is not None:
            set_password_hash(tx, CAFE_ID, row.id, hashes[key.member_password])
            tx.tell(PasswordChanged(CAFE_ID, row.id))
            found.append(msgspec.structs.replace(key, member_id=row.id))
    return found


def _key_of(tx: Tx, agent: Agent) -> AgentKey:
    """A new key of an agent, as the handout shows it."""
    others = sorted(code for code in agent.currencies if code != agent.base_currency)
    return AgentKey(
        agent_id=agent.id,
        type=agent.kind,
        api_key=create_agent_key(tx, agent.id).secret,
        base_currency=agent.base_currency,
        currencies=[agent.base_currency, *others],
        parent_agent_id=agent.parent_id,
    )
