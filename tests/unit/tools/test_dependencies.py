"""pyproject names what the code imports, with a reason, and the locks hold exactly that."""

from __future__ import annotations

import ast
import re
import sys
import tomllib

from tools.house_lint import ROOT, SOURCE, imported_modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
# Import name -> package, where they differ.
PACKAGES = {
    "argon2": "argon2-cffi",
    "fpdf": "fpdf2",
    "prometheus_client": "prometheus-client",
    "PIL": "pillow",
}
# Found by uvicorn, SQLAlchemy and zoneinfo by themselves; redis waits for the second process.
NOT_IMPORTED = {"httptools", "wsproto", "tzdata", "uvloop", "redis", "psycopg"}
# Comes with jinja2 by its own contract: what `escape` and `Markup` are documented to be.
COMES_ALONG = {"markupsafe"}


def declared() -> set[str]:
    """Package names of the dependencies and of the extras."""
    project = PROJECT["project"]
    wanted = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        wanted += extra
    return {re.split(r"[\[<>=;, ]", each, maxsplit=1)[0].lower() for each in wanted}


def imported() -> set[str]:
    """Package names that some file of the source imports, at the top or late."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for _, name in imported_modules(ast.parse(path.read_text())):
            top = name.split(".", maxsplit=1)[0]
            if top not in sys.stdlib_module_names and top != "lanhouse":
                found.add(PACKAGES.get(top, top).lower())
    return found


def test_every_import_is_declared_and_every_dependency_is_used() -> None:
    assert imported() - declared() - COMES_ALONG == set()
    assert declared() - imported() - NOT_IMPORTED == set()


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    block = text.split("\ndependencies = [\n")[1].split("\n]\n")[0]
    assert [line for line in block.splitlines() if "#" not in line] == []


def test_the_locks_name_no_host_and_hash_every_package() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-assets.lock"):
        text = (ROOT / name).read_text()
        packages = re.findall(r"^([a-z0-9.-]+)==", text, re.MULTILINE)
        assert "://" not in text
        assert "--index" not in text
        assert len(packages) == len(re.findall(r"==.*\\\n    --hash=sha256:", text)), name


def test_the_lock_holds_every_dependency() -> None:
    text = (ROOT / "requirements.lock").read_text()
    locked = set(re.findall(r"^([a-z0-9.-]+)==", text, re.MULTILINE))
    assert declared() - locked == set()
