"""The same two endpoints on other stacks, run as they are from the folder that somebody names.

LANHOUSE_BENCH_BASELINES is that folder. Its programs need packages that we do not; they are put
into an environment of their own under .bench/ at the first run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.rounds import NotMeasured, Run

PACKAGES = (
    *("fastapi", "litestar", "uvicorn", "uvloop", "httptools", "asyncpg", "sqlalchemy[asyncio]"),
    *("msgspec", "psutil", "pydantic"),
)
# framework, storage, server
CASE = ("fastapi", "pg_saorm", "uvicorn")
# The folder repeats each run until it was clean. Here one run is one run: we repeat ourselves, in
# turn with what it is compared with.
_DRIVER = """
import json, sys
sys.path.insert(0, sys.argv[1])
import run
run.clean_runs = lambda once: [once()] * 3
print("ROWS " + json.dumps(run.case(*sys.argv[2:5], tests=sys.argv[5:])))
"""


def baseline_of(postgres_url: str) -> Callable[[str], Run]:
    """What runs one test ("get", "topup") of the FastAPI + ORM case. Raises NotMeasured."""
    folder = os.environ.get("LANHOUSE_BENCH_BASELINES", "")
    if not folder:
        raise NotMeasured("LANHOUSE_BENCH_BASELINES names no folder")
    if not Path(folder, "run.py").is_file():
        raise NotMeasured(f"{folder} has no run.py")
    if not postgres_url:
        raise NotMeasured("no PostgreSQL")
    if not shutil.which("wrk"):
        raise NotMeasured("wrk is not installed")
    python = _python()

    def run(test: str) -> Run:
        rows = _run(python, Path(folder), postgres_url, test)
        if len(rows) != 1 or rows[0]["err"]:
            raise NotMeasured(f"the baseline gave no figures for {test}: {rows}")
        row = rows[0]
        return Run(
            rps=row["rps"],
            p50=row["p50"],
            p99=row["p99"],
            app_micros=row["app"] / row["rps"] * 1e6,
            database_micros=row["pg"] / row["rps"] * 1e6,
            foreign_cores=row["foreign"],
        )

    return run


def _python() -> Path:
    """The interpreter of the baselines' environment, made when it is missing."""
    home = Path(".bench/baselines").absolute()
    python = home / "bin" / "python"
    if not (home / ".complete").is_file():
        print("Preparing the environment of the baselines ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        done = subprocess.run([*pip, *PACKAGES], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise NotMeasured(f"its packages could not be installed: {done.stderr[-300:]}")
        (home / ".complete").touch()
    return python


def _run(python: Path, folder: Path, postgres_url: str, test: str) -> list[dict[str, float]]:
    parts = urlsplit(postgres_url)
    environment = {
        **os.environ,
        "BENCH_PG_DSN": parts._replace(scheme="postgresql").geturl(),
        "PATH": f"{python.parent}:{os.environ['PATH']}",
    }
    done = subprocess.run(
        [python, "-c", _DRIVER, str(folder), *CASE, test],
        cwd=".bench",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line[5:] for line in done.stdout.splitlines() if line.startswith("ROWS ")]
    if not lines:
        raise NotMeasured(f"the baseline failed: {(done.stderr or done.stdout)[-300:]}")
    return json.loads(lines[0])
