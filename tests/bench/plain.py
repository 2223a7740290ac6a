"""pgbench with plain SQL that writes as many rows as a top-up: what the machine could do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.bench.load import CONNECTIONS
from tests.bench.rounds import NotMeasured
from tests.bench.scenario import Result

SCRIPT = Path(__file__).with_name("plain_topup.sql")


def pgbench(url: str, *options: str, cpus: set[int] | None = None) -> Result:
    """Run the script on the town's members with these options of pgbench (`-T seconds`).

    Raises NotMeasured when it got nothing done.
    """
    first, members = _accounts(url)
    parts = urlsplit(url)
    done = subprocess.run(
        [
            *("pgbench", "-n", "-M", "prepared", "-f", str(SCRIPT)),
            *("-D", f"first_account={first}", "-D", f"members={members}"),
            *(
                "-h",
                parts.hostname or "",
                "-p",
                str(parts.port or 5432),
                "-U",
                parts.username or "",
            ),
            *(*options, parts.path[1:]),
        ],
        env={**os.environ, "PGPASSWORD": parts.password or ""},
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=None if cpus is None else lambda: os.sched_setaffinity(0, cpus),
    )
    done_count = int(_number(r"actually processed: (\d+)", done.stdout))
    if not done_count:
        raise NotMeasured("pgbench got nothing done in its time")
    return Result(
        rps=_number(r"tps = ([\d.]+)", done.stdout),
        p50=_number(r"latency average = ([\d.]+)", done.stdout),
        p99=float("nan"),
        n=done_count,
        err=int(_number(r"failed transactions: (\d+)", done.stdout)),
    )


def pgbench_for(url: str, seconds: float, cpus: set[int] | None) -> Result:
    """As many clients as the product's calls have connections."""
    options = ("-c", str(CONNECTIONS), "-j", "1", "-T", f"{seconds:.0f}")
    return pgbench(url, *options, cpus=cpus)


def is_there() -> bool:
    """Whether this machine has pgbench (in PostgreSQL's own packages)."""
    return shutil.which("pgbench") is not None


def _accounts(url: str) -> tuple[int, int]:
    """The id of the first balance and how many members there are; each bonus is the next id."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT id, owner_id, kind FROM ledger_accounts WHERE owner_kind = 'member' ORDER BY id"
        ).fetchall()
    for place, (account_id, owner_id, kind) in enumerate(rows):
        assert (account_id, kind) == (rows[0][0] + place, ("balance", "bonus")[place % 2])
        assert owner_id == rows[place - place % 2][1]
    return rows[0][0], len(rows) // 2


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    assert found is not None, text
    return float(found[1])
