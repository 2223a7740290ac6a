"""Asks Node whether it can read our scripts: `python -m tools.check_scripts` (make check).

The browser would say so only where the script is used. Without Node nothing is checked, and that is
said; with LANHOUSE_TEST_REQUIRE_ALL set it is a failure (exit 1).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_FETCHED = "vendor"
_SECONDS_MAX = 60
# One process for all of them: `node --check` takes a single file, and Node starts slowly.
_READ_ALL = """
const fs = require("node:fs"), vm = require("node:vm");
for (const filename of fs.readFileSync(0, "utf8").split("\\n").filter(Boolean)) {
  try {
    new vm.Script(fs.readFileSync(filename, "utf8"), { filename });
  } catch (wrong) {
    console.log(wrong.stack.split("\\n").slice(0, 5).join("\\n"));
    process.exitCode = 1;
  }
}
"""


def scripts(root: Path = ROOT) -> list[Path]:
    """Our own scripts, without what is fetched."""
    found = (root / "src" / "lanhouse").rglob("*.js")
    return sorted(file for file in found if _FETCHED not in file.parts)


def problems(node: str, files: list[Path]) -> str:
    """What Node cannot read, with file and line; empty when all is well."""
    done = subprocess.run(
        [node, "-e", _READ_ALL],
        input="\n".join(map(str, files)),
        capture_output=True,
        text=True,
        timeout=_SECONDS_MAX,
        check=False,
    )
    return (done.stdout + done.stderr).strip() or ("Node failed." if done.returncode else "")


def find_node() -> str | None:
    """The system's Node, or the one that came with npm into the environment."""
    path = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    return shutil.which("node", path=path)


def main() -> int:
    """Exit code 1 when a script cannot be read."""
    node = find_node()
    if node is None:
        print("Node is missing: the scripts' syntax was not checked.", file=sys.stderr)
        return int(os.environ.get("LANHOUSE_TEST_REQUIRE_ALL") == "1")
    found = problems(node, scripts())
    if found:
        print(found, file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
