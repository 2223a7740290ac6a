"""The rules of the house that no general linter knows, checked on the syntax tree.

Run by `make check`. Every rule has a name, one function and a passing and a failing example in
tests/unit/tools. A place that must break a rule says so on the line: `# house: allow <rule> - why`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools import house_floors, house_texts
from tools.house_syntax import HALVES, Module, Rule, imported_modules, target_of

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "lanhouse"

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 400

# Imports run from a higher number to a lower one, never back (architecture, section 1).
LAYERS = {
    "kit": 0,
    "settings": 5,
    "db": 10,
    "ledger": 20,
    "auth": 30,
    "realtime": 30,
    "jobs": 30,
    "web": 30,
    "cafe": 40,
    "aggregator": 40,
    "cli": 50,
    "demo": 50,
    "app": 50,
    "__main__": 60,
}

_MONEY = re.compile(
    r"micros|amount|price|cost|balance|money|bonus|coin|stake|payout|(^|_)(fee|bet|win|tax)(_|$)"
)
# All upper or all lower case: "Select a PC from the map" is a label, "select a from b" is not.
_SQL_WORDS = (
    r"SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|(CREATE|ALTER|DROP)\s+TABLE"
)
_SQL = re.compile(
    rf"\s*({_SQL_WORDS}|{re.sub('[A-Z]{2,}', lambda word: word[0].lower(), _SQL_WORDS)})\s",
    re.DOTALL,
)
_ALLOW = re.compile(r"#\s*house:\s*allow\s+([a-z-]+)\s+-\s+\S+")
_ROUTE_METHODS = {"get", "post", "put", "patch", "delete", "route", "page", "form"}


@dataclass(frozen=True)
class Finding:
    """One broken rule: where, which, and what to do instead."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: [{self.rule}] {self.message}"


def import_order(module: Module) -> Iterator[tuple[int, str]]:
    """kit <- db <- ledger <- auth, realtime, jobs, web <- cafe | aggregator <- cli, demo, app."""
    own = LAYERS.get(module.top)
    for line, name in imported_modules(module.tree):
        parts = name.split(".")
        if parts[0] != "lanhouse" or len(parts) < 2 or parts[1] not in LAYERS or own is None:
            continue
        other = parts[1]
        if other in HALVES and module.top in HALVES and other != module.top:
            yield line, "cafe and aggregator meet only through the ledger and the outbox"
        elif LAYERS[other] > own:
            yield line, f"{module.top} must not import {other}: imports run one way"


def pure_rules(module: Module) -> Iterator[tuple[int, str]]:
    """rules.py decides on plain values: no database, no clock, no web."""
    if module.leaf != "rules" or module.top not in HALVES:
        return
    for line, name in imported_modules(module.tree):
        if name.startswith("sqlalchemy") or name.startswith("lanhouse.kit.clock"):
            yield line, f"rules are pure: {name} must stay in commands or queries"
        parts = name.split(".")
        if parts[0] == "lanhouse" and parts[1] not in ("kit", *HALVES):
            yield line, f"rules are pure: {name} must stay in commands or queries"


def transaction_outside_db(module: Module) -> Iterator[tuple[int, str]]:
    """Only the store begins, commits and rolls back."""
    if module.top == "db":
        return
    words = {"commit", "rollback", "begin", "begin_nested", "savepoint"}
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in words
        ):
            yield node.lineno, f".{node.func.attr}() belongs to db/: the transaction is the edge's"


def _names(node: ast.AST) -> Iterator[str]:
    for child in ast.walk(node):
        if isinstance(child, ast.Name):
            yield child.id
        elif isinstance(child, ast.Attribute):
            yield child.attr
        elif isinstance(child, ast.arg | ast.keyword) and child.arg:
            yield child.arg


def _uses_float(node: ast.AST) -> bool:
    return any(
        (isinstance(child, ast.Name) and child.id == "float")
        or (isinstance(child, ast.Constant) and isinstance(child.value, float))
        for child in ast.walk(node)
    )


def _simple_parts(tree: ast.AST) -> Iterator[ast.AST]:
    """Statements without a body, conditions, and single parameters: what counts as "near"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) or (
            isinstance(node, ast.stmt) and not hasattr(node, "body") and not hasattr(node, "cases")
        ):
            yield node
        elif isinstance(node, ast.If | ast.While):
            yield node.test


def float_near_money(module: Module) -> Iterator[tuple[int, str]]:
    """No float, and no true division, in a statement that speaks of money."""
    for part in _simple_parts(module.tree):
        if _uses_float(part) and any(_MONEY.search(name) for name in _names(part)):
            yield part.lineno, "a float near money: use integer micros, Decimal or Fraction"  # type: ignore[attr-defined]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            left = node.left
            name = left.id if isinstance(left, ast.Name) else getattr(left, "attr", "")
            if name.endswith("_micros"):
                yield node.lineno, f"{name} / … is a float: use // or Fraction"


def _ledger_names(tree: ast.AST) -> set[str]:
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lanhouse.ledger")
        for alias in node.names
    }


def balance_outside_ledger(module: Module) -> Iterator[tuple[int, str]]:
    """Rows of the ledger are written by ledger/ only, and no other table keeps a balance."""
    if module.top == "ledger" or module.name.startswith("db.migrations"):
        return
    own = _ledger_names(module.tree)
    verbs = {"insert", "update", "delete", "insert_ignore", "insert_or_ignore"}
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        verb, name = target_of(node)
        if verb in verbs and name in own:
            yield node.lineno, f"{verb} of the ledger's {name}: only ledger/ writes there"
        if verb == "values" and any(
            keyword.arg and re.fullmatch(r"balance(_micros)?", keyword.arg)
            for keyword in node.keywords
        ):
            yield node.lineno, "a balance is written outside ledger/: post a transfer instead"


def open_route(module: Module) -> Iterator[tuple[int, str]]:
    """Every route names the right it needs, or says public=True."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for decorator in node.decorator_list:
            if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
                continue
            owner = decorator.func.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            if decorator.func.attr not in _ROUTE_METHODS or "routes" not in name.lower():
                continue
            if not {"right", "public"} & {keyword.arg for keyword in decorator.keywords}:
                yield decorator.lineno, f'{node.name} has neither right="…" nor public=True'


def clock_outside_kit(module: Module) -> Iterator[tuple[int, str]]:
    """Time is read in kit/clock only: business time may run faster than the wall's."""
    if module.name in ("kit.clock", "kit.ids"):
        return
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = node.func.value
        name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
        word = f"{name}.{node.func.attr}"
        if word in (
            "datetime.now",
            "datetime.utcnow",
            "datetime.today",
            "date.today",
            "time.time",
            "time.time_ns",
        ):
            yield node.lineno, f"{word}() outside kit/clock: use clock.now() or clock.real_now()"


def text_sql(module: Module) -> Iterator[tuple[int, str]]:
    """SQL is a Core expression; text, which does not show what it writes, belongs to db/."""
    if module.top == "db":
        return
    for node in ast.walk(module.tree):
        text = None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values
            )
        if text is not None and _SQL.match(text + " "):
            yield node.lineno, "SQL as text: write it as a Core expression"  # type: ignore[attr-defined]
        if isinstance(node, ast.Attribute) and node.attr == "exec_driver_sql":
            yield node.lineno, "exec_driver_sql belongs to db/"
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("sa.text", "sqlalchemy.text"):
            yield node.lineno, "sqlalchemy.text: write it as a Core expression"
    for line, name in imported_modules(module.tree):
        if name in ("sqlalchemy.text", "sqlalchemy.sql.text"):
            yield line, "sqlalchemy.text: write it as a Core expression"


def too_long(module: Module) -> Iterator[tuple[int, str]]:
    """A function fits a screen, a file a sitting."""
    lines = module.text.count("\n")
    if lines > FILE_LINES_MAX:
        yield 1, f"{lines} lines: a file has at most {FILE_LINES_MAX}"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                yield node.lineno, f"{node.name}: {length} lines, at most {FUNCTION_LINES_MAX}"


RULES: dict[str, Rule] = {
    "import-order": import_order,
    "pure-rules": pure_rules,
    "transaction-outside-db": transaction_outside_db,
    "float-near-money": float_near_money,
    "balance-outside-ledger": balance_outside_ledger,
    "open-route": open_route,
    "clock-outside-kit": clock_outside_kit,
    "text-sql": text_sql,
    "too-long": too_long,
    "cafe-floors": house_floors.cafe_floors,
    "table-writer": house_floors.table_writer,
    "file-names": house_floors.file_names,
    "sql-at-the-edge": house_floors.sql_at_the_edge,
    "edge-imported": house_floors.edge_imported,
    "web-inside": house_floors.web_inside,
    "write-past-the-door": house_floors.write_past_the_door,
    "unsaid-refusal": house_texts.unsaid_refusal,
    "refused-field": house_texts.refused_field,
}


def check(path: str, name: str, text: str) -> list[Finding]:
    """Check one file. `name` is its dotted path below lanhouse; findings are in line order."""
    module = Module(path, name, text)
    lines = text.splitlines()
    found: dict[Finding, None] = {}
    for rule, function in RULES.items():
        for line, message in function(module):
            allowed = _ALLOW.search(lines[line - 1]) if line <= len(lines) else None
            if allowed is None or allowed[1] != rule:
                found[Finding(path, line, rule, message)] = None
    return sorted(found, key=lambda finding: finding.line)


def module_name(path: Path, source: Path = SOURCE) -> str:
    """`src/lanhouse/cafe/pcs/api.py` -> `cafe.pcs.api`; a package's __init__ is the package."""
    parts = list(path.relative_to(source).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


def hidden_files(source: Path = SOURCE) -> list[Finding]:
    """Files beside a folder of their name: Python takes the folder, and the file is never read."""
    return [
        Finding(str(path), 1, "hidden-file", f"{path.stem}/ is read in its place: move it in there")
        for path in sorted(source.rglob("*.py"))
        if (path.with_suffix("") / "__init__.py").exists()
    ]


def main() -> int:
    """Check every source file; print the findings and answer 1 when there are any."""
    found = hidden_files() + [
        finding
        for path in sorted(SOURCE.rglob("*.py"))
        for finding in check(str(path.relative_to(ROOT)), module_name(path), path.read_text())
    ]
    for finding in found:
        print(finding)
    print(f"house rules: {len(found)} broken" if found else "house rules: clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
