"""Write docs/reference from the code: routes, settings, errors, rights, limits, command line.

`--check` writes nothing and answers 1 when a page is not what the code says (make check).
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import sys
import typing
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import click
import msgspec

import lanhouse
from lanhouse.app import all_routes
from lanhouse.auth.rights import RIGHTS, SELF_RIGHTS
from lanhouse.cafe.centers.schemas import GROUPS, Center, Identity, Settings
from lanhouse.cafe.centers.schemas.keys import Key
from lanhouse.cafe.followers import CLAIMS, FOLLOWERS, GUARDS
from lanhouse.cafe.settings.wire import native_values
from lanhouse.cli.main import COMMANDS, LateGroup
from lanhouse.cli.main import lanhouse as command_line
from lanhouse.kit import limits
from lanhouse.kit.errors import AppError
from lanhouse.settings import AppSettings

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
NOTE = "<!-- Written by tools/gen_reference.py: change the code, then `make reference`. -->"

SURFACES = {
    "cafe": "Café API: `Authorization: Bearer <key>`, envelope `{code, message, data}`",
    "external": "External API: `Authorization: Bearer <key>`, envelope `{ok, result | error}`",
    "provider": "Provider port: signed by `X-Provider`, `X-Timestamp`, `X-Signature`, envelope"
    " `{ok, result | error}`",
    "native": "Native API: plain REST with real HTTP statuses",
    "panel": "Panel: pages for staff",
    "portal": "Portal: pages for members",
    "game": "Game pages",
    "plain": "Operations",
}


def routes_page() -> str:
    """Every route of every surface, by section."""
    by_surface: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for route in all_routes():
        who = "everybody" if route.public else f"`{route.right}`"
        summary = route.summary.split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
        row = f"| {route.method} | `{route.path}` | {who} | {summary} |"
        by_surface[route.surface][route.section].append(row)
    lines = ["# Routes", "", "`/docs` of a running server shows them with their fields."]
    for surface in (*SURFACES, *(each for each in by_surface if each not in SURFACES)):
        if surface not in by_surface:
            continue
        lines += ["", f"## {SURFACES.get(surface, surface)}"]
        for section, rows in by_surface[surface].items():
            lines += ["", f"### {section}", "", "| method | path | right | what it does |"]
            lines += ["| --- | --- | --- | --- |", *rows]
    return "\n".join(lines)


def settings_page() -> str:
    """Every LANHOUSE_* variable with its default and meaning."""
    meanings = field_docs(AppSettings)
    lines = ["# Settings", "", "Environment variables; command-line options win over them.", ""]
    lines += ["| variable | default | meaning |", "| --- | --- | --- |"]
    for field in msgspec.structs.fields(AppSettings):
        default = f"`{field.default}`" if str(field.default) else "empty"
        lines.append(f"| `LANHOUSE_{field.name.upper()}` | {default} | {meanings[field.name]} |")
    return "\n".join(lines)


def centre_settings_page() -> str:
    """Every setting of a centre by group."""
    lines = ["# Settings of a centre", ""]
    lines += ["Café API: `GET configs` and `PUT configs/<group>Settings`; native API:"]
    lines += [
        "`/api/native/v1/settings/<group>`; panel: Settings. Keys marked *ours* are no part of"
    ]
    lines += ["the café API v2. A key that nothing obeys yet is stored and returned."]
    for group in GROUPS.values():
        lines += ["", f"## {group.label}: `{group.name}`", "", group.about, ""]
        lines += ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
        center = Center(
            id=0,
            name="",
            license_name="",
            zone_name="UTC",
            currency="EUR",
            quote_secret="",
            settings=Settings(),
        )
        shown = native_values(group, center)
        for key in group.keys:
            notes = [] if key.mark.is_honoured else ["*Nothing obeys it yet.*"]
            notes += ["*Ours.*"] if key.mark.is_ours else []
            if key.mark.secret:
                notes.append(f'*Secret: read as `""`; `{key.wire_set}` says if there is one.*')
            meaning = " ".join((key.mark.meaning, *notes)).replace("|", "\\|")
            default = f"`{msgspec.json.encode(shown[key.wire]).decode()}`"
            if key.name in Identity.__struct_fields__:
                default = "as opened"
            lines.append(f"| `{key.wire}` | {shape_of(key)} | {default} | {meaning} |")
    return "\n".join(lines)


def shape_of(key: Key) -> str:
    """What a setting takes, in words."""
    if key.is_amount:
        return "amount"
    if key.plain is bool:
        return "0 or 1"
    if typing.get_origin(key.plain) is typing.Literal:
        return "one of " + ", ".join(f"`{value}`" for value in typing.get_args(key.plain))
    schema = msgspec.json.schema(key.kind)
    bounds = [schema.get(name) for name in ("minimum", "maximum")]
    return schema["type"] + (" {} to {}".format(*bounds) if None not in bounds else "")


def field_docs(struct: type) -> dict[str, str]:
    """The docstring under each field of a struct, by field name."""
    module = sys.modules[struct.__module__]
    tree = ast.parse(Path(str(module.__file__)).read_text())
    body = next(
        n.body for n in tree.body if isinstance(n, ast.ClassDef) and n.name == struct.__name__
    )
    found: dict[str, str] = {}
    for node, following in pairwise(body):
        if (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
        ):
            found[node.target.id] = " ".join(str(following.value.value).split())
    return found


def errors_page() -> str:
    """Every refusal: the symbol of the External API, the café code, the HTTP status, the reason."""
    for module in pkgutil.walk_packages(lanhouse.__path__, "lanhouse."):
        if not module.name.startswith(("lanhouse.db.migrations", "lanhouse.__main__")):
            importlib.import_module(module.name)
    lines = ["# Errors", "", "`symbol` is the External API's and the native API's error code,"]
    lines += ["`code` the café API's (which answers HTTP 200), `status` the native API's.", ""]
    lines += ["| error | symbol | code | status | when |", "| --- | --- | ---: | ---: | --- |"]
    # Two nouns may have a class of one name; a set alone has another order in each process.
    by_name = sorted(set(subclasses(AppError)), key=lambda each: (each.__name__, each.__module__))
    for error in by_name:
        if error.__name__.startswith("_"):  # only a base of others, never raised itself
            continue
        doc = " ".join((error.__doc__ or "").split("\n\n")[0].split()).replace("|", "\\|")
        cells = (f"`{error.__name__}`", f"`{error.symbol}`", error.cafe_code, error.status, doc)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def subclasses(kind: type[AppError]) -> Iterator[type[AppError]]:
    """All classes below one, at any depth."""
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


def rights_page() -> str:
    """Every right and the lowest role that has it."""
    lines = [
        "# Rights",
        "",
        "A role has every right of the roles below it: Staff < Manager < Admin.",
    ]
    lines += [
        "An API key acts with the Admin's rights.",
        "",
        "| right | from role |",
        "| --- | --- |",
    ]
    lines += [f"| `{right}` | {role.capitalize()} |" for right, role in RIGHTS.items()]
    lines += [f"| `{right}` | {role} only |" for right, role in SELF_RIGHTS.items()]
    lines.append("| `account.self` | everybody who is signed in, API keys included |")
    return "\n".join(lines)


def limits_page() -> str:
    """Every named limit."""
    values = {name: value for name, value in vars(limits).items() if name.isupper()}
    lines = ["# Limits", "", "Named in `kit/limits.py`.", "", "| limit | value |", "| --- | ---: |"]
    lines += [f"| `{name}` | {value:,} |".replace(",", " ") for name, value in values.items()]
    return "\n".join(lines)


def command_line_page() -> str:
    """The help of every command."""
    lines = ["# Command line", "", "`lanhouse COMMAND --help` says the same."]
    group = LateGroup("lanhouse")
    context = click.Context(command_line, info_name="lanhouse", terminal_width=90)
    for name in COMMANDS:
        found = group.get_command(context, name)
        assert found is not None
        shown = found.get_help(click.Context(found, context, info_name=name, terminal_width=90))
        lines += ["", f"## {name}", "", "```", shown, "```"]
    return "\n".join(lines)


def followers_page() -> str:
    """Who follows which fact of the café, who guards which act, who claims of which figure."""
    lines = ["# Facts and followers of the café", ""]
    lines += ["A command tells a fact; its followers run before the answer, kind by kind in this"]
    lines += ["order, and tell only facts that stand further down (`cafe/followers.py`)."]
    for title, table in (
        ("Facts and who follows", FOLLOWERS),
        ("Questions and who may forbid", GUARDS),
        ("Figures and who claims of them", CLAIMS),
    ):
        lines += ["", f"## {title}", "", "| what | who | what happens |", "| --- | --- | --- |"]
        for kind, functions in table.items():
            for function in functions:
                where = f"{function.__module__.removeprefix('lanhouse.cafe.')}.{function.__name__}"
                doc = (function.__doc__ or "").split("\n\n")[0].replace("\n", " ")
                lines.append(f"| `{kind.__name__}` | `{where}` | {doc} |")
    return "\n".join(lines)


PAGES: dict[str, Callable[[], str]] = {
    "routes.md": routes_page,
    "settings.md": settings_page,
    "settings-of-a-centre.md": centre_settings_page,
    "errors.md": errors_page,
    "rights.md": rights_page,
    "limits.md": limits_page,
    "followers.md": followers_page,
    "command-line.md": command_line_page,
}


def main() -> int:
    """Write the pages, or with --check compare them; answer 1 when one is not current."""
    only_check = "--check" in sys.argv[1:]
    REFERENCE.mkdir(parents=True, exist_ok=True)
    stale = []
    for name, make in PAGES.items():
        path, text = REFERENCE / name, f"{NOTE}\n{make()}\n"
        if path.is_file() and path.read_text() == text:
            continue
        stale.append(name)
        if not only_check:
            path.write_text(text)
    if stale and only_check:
        print(f"docs/reference is not current ({', '.join(stale)}): make reference")
        return 1
    print(f"docs/reference: {', '.join(stale)} written" if stale else "docs/reference: current")
    return 0


if __name__ == "__main__":
    sys.exit(main())
