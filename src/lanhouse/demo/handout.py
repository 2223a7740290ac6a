"""demo.json and the printed log-ins: what somebody needs to use the demo (architecture 7).

The database keeps hashes only, so the secrets live in `demo-keys.json` of the data directory,
mode 0600. A start finds the same ones there; a directory without them gets new ones.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from lanhouse.aggregator.agents.queries import agent_by_key_hash
from lanhouse.auth.keys import key_by_hash
from lanhouse.auth.server_secret import open_vault
from lanhouse.cafe.centers.commands.closing import closed_name
from lanhouse.cafe.centers.demo import CAFE_ID, LICENSE_NAME
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cli.common import write_private
from lanhouse.db.store import Read, Store
from lanhouse.demo.build import build, is_half_built
from lanhouse.demo.keys import Keys, NewKeys
from lanhouse.demo.operator.starting import Place, with_callback
from lanhouse.demo.renew import renew, renew_api_key
from lanhouse.kit import clock, ids
from lanhouse.kit.errors import Refused
from lanhouse.ledger import newest_movement_at
from lanhouse.settings import AppSettings

KEYS_FILE = "demo-keys.json"
HANDOUT_FILE = "demo.json"


class Prepared(NamedTuple):
    """The secrets that the data directory keeps, or new ones in the making when it has none."""

    kept: Keys | None
    new: NewKeys | None


def begin(settings: AppSettings) -> Prepared:
    """Look for the secrets of an earlier start; without them new ones begin to be made.

    Done first, so that the passwords are hashed while the database is brought up to date and
    filled.
    """
    keys = read_keys(settings.data_dir)
    return Prepared(keys, NewKeys() if keys is None else None)


def prepare(settings: AppSettings, store: Store, prepared: Prepared, place: Place) -> Keys:
    """Fill the centre as far as it is not there, and write demo.json; answers its keys. `place` is
    where the seamless agent's wallet answers.

    Raises Refused when café 7777 belongs to somebody else.
    """
    keys = prepared.kept
    found = store.read_sync(_license_of_demo)
    if found == closed_name(CAFE_ID):
        raise Refused(
            "The demo was cleared, and its settings are those of a centre of your own. "
            "Start with: lanhouse serve"
        )
    if found not in (None, LICENSE_NAME):
        raise Refused(
            f"Café {CAFE_ID} of this database is {found!r} and not the demo: nothing was changed."
        )
    if found is not None:
        # Its clock may have run ahead in another data directory.
        clock.not_before(store.read_sync(newest_movement_at), settings.data_dir)
    vault, _ = open_vault(settings.secret_path, store)
    if found is None or store.read_sync(is_half_built):
        build(store, vault)
    if keys is None or not store.read_sync(_are_of_database, keys):
        keys = store.run_sync(renew, prepared.new or NewKeys())
    elif not store.read_sync(_is_key_valid, keys):
        keys = store.run_sync(renew_api_key, keys)
    keys = with_callback(store, vault, keys, place)
    write_private(settings.data_dir / KEYS_FILE, msgspec.json.encode(keys))
    handout = handout_of(settings, keys)
    encoded = msgspec.json.format(msgspec.json.encode(handout), indent=2)
    write_private(settings.data_dir / HANDOUT_FILE, encoded)
    return keys


def read_keys(data_dir: Path) -> Keys | None:
    """The secrets of an earlier start, or None when they are not here or not readable."""
    try:
        return msgspec.json.decode((data_dir / KEYS_FILE).read_bytes(), type=Keys)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _license_of_demo(read: Read) -> str | None:
    center = center_by_id(read, CAFE_ID)
    return None if center is None else center.license_name


def _are_of_database(read: Read, keys: Keys) -> bool:
    """Whether the database keeps the hash of any of them: else they are another demo's."""
    hashes = (ids.secret_hash(agent.api_key) for agent in keys.agents)
    return _is_key_valid(read, keys) or any(agent_by_key_hash(read, one) for one in hashes)


def _is_key_valid(read: Read, keys: Keys) -> bool:
    """Whether the centre's key is still this one; somebody may have made a new one since."""
    row = key_by_hash(read, ids.secret_hash(keys.api_key))
    return row is not None and row.center_id == CAFE_ID


def handout_of(settings: AppSettings, keys: Keys) -> dict[str, Any]:
    """What demo.json holds."""
    base = settings.base_url
    return {
        "base_url": base,
        "health_url": f"{base}/health",
        "panel_url": f"{base}/panel",
        "portal_url": f"{base}/portal",
        "external_api_url": f"{base}/external",
        "wss_url": base.replace("http", "ws", 1) + "/wss",
        "docs_url": f"{base}/docs",
        "cafe": {
            "cafe_id": CAFE_ID,
            "license_name": LICENSE_NAME,
            "api_key": keys.api_key,
            "timezone": keys.timezone,
            "currency": keys.currency,
        },
        "staff": [msgspec.to_builtins(person) for person in keys.staff],
        "members": [msgspec.to_builtins(member) for member in keys.members],
        "pcs": [msgspec.to_builtins(pc) for pc in keys.pcs],
        "agents": [msgspec.to_builtins(agent) for agent in keys.agents],
    }


def handout_text(handout: dict[str, Any]) -> str:
    """The same for people, as `make run` prints it."""
    rows = [
        ("Panel", handout["panel_url"]),
        *((f"  {p['role']}", f"{p['account']}   {p['password']}") for p in handout["staff"]),
        ("Portal", handout["portal_url"]),
        *(
            ("  member", f"{m['member_account']}   {m['member_password']}")
            for m in handout["members"][:2]
        ),
        ("API docs", handout["docs_url"]),
        ("Café API", f"{handout['base_url']}/api/v2/cafe/{handout['cafe']['cafe_id']}"),
        ("  key", handout["cafe"]["api_key"]),
        ("External API", handout["external_api_url"]),
        *((f"  {a['type']}", a["api_key"]) for a in handout["agents"]),
    ]
    lines = [f"  {name:<13} {value}" for name, value in rows]
    return "\n".join(
        [
            "",
            f"The demo centre is open: {handout['base_url']}",
            "",
            *lines,
            "",
            "Ctrl-C stops it.",
            "",
        ]
    )
