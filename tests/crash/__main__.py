"""`make crash N=1000`: as many rounds as wanted, on a directory of its own."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from tests.crash.harness import Harness
from tests.crash.server import Server


def main() -> None:
    """Run the rounds and print what happened; LANHOUSE_DATABASE_URL names an empty PostgreSQL."""
    parser = argparse.ArgumentParser(prog="make crash", description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=time.time_ns())
    options = parser.parse_args()
    print(f"seed {options.seed}")
    url = os.environ.get("LANHOUSE_DATABASE_URL", "")
    with tempfile.TemporaryDirectory(prefix="lanhouse-crash-") as folder:
        server = Server(Path(folder) / "data", database_url=url)
        print(Harness(server, options.seed).run(options.rounds, say=print))


if __name__ == "__main__":
    main()
