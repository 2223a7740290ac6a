"""Addresses of static files, icons, and the lock file of the browser packages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lanhouse.cli.assets import AssetsError, build_assets
from lanhouse.web.assets import DYNAMIC_ICONS, STATIC_DIR, asset_url, icon

ROOT = Path(__file__).resolve().parents[3]


def test_an_address_carries_the_contents_hash() -> None:
    assert re.fullmatch(r"/static/css/base\.css\?v=[0-9a-f]{10}", asset_url("css/base.css"))


def test_a_file_that_is_not_there_has_no_version() -> None:
    assert asset_url("vendor/missing.js") == "/static/vendor/missing.js"


def test_an_icon_is_decoration() -> None:
    text = str(icon("user"))
    assert 'aria-hidden="true"' in text
    assert re.search(r'<use href="/static/icons\.svg(\?v=[0-9a-f]{10})?#user"/>', text)


def test_the_sprite_holds_every_icon_in_use() -> None:
    build_assets(ROOT)
    sprite = (STATIC_DIR / "icons.svg").read_text()
    ids = set(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite))
    package = STATIC_DIR.parent.parent
    used = set(DYNAMIC_ICONS)
    for template in package.rglob("*.html"):
        used.update(re.findall(r"""icon\(\s*["']([a-z0-9-]+)["']""", template.read_text()))
    assert ids == used


def test_a_second_build_does_nothing() -> None:
    build_assets(ROOT)
    assert build_assets(ROOT) is False


def test_without_a_lock_file_the_build_says_so(tmp_path: Path) -> None:
    with pytest.raises(AssetsError, match=r"There is no package-lock\.json"):
        build_assets(tmp_path)


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert lock["packages"]["node_modules/htmx.org"]["integrity"].startswith("sha512-")
    assert not any("resolved" in package for package in lock["packages"].values())
    assert "registry" not in (ROOT / "package-lock.json").read_text()


def test_versions_are_exact() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
