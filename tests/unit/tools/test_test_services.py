"""What `make test` says about services that are not there."""

from __future__ import annotations

import socket

import pytest

from tools import test_services as services


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POSTGRES_URL", "REDIS_URL", "REQUIRE_ALL"):
        monkeypatch.delenv(f"LANHOUSE_TEST_{name}", raising=False)
    monkeypatch.setattr(services.shutil, "which", lambda name: f"/usr/bin/{name}")


def test_names_what_is_left_out_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert services.main() == 0
    assert capsys.readouterr().out.splitlines() == [
        "left out: PostgreSQL tests: LANHOUSE_TEST_POSTGRES_URL is not set",
        "left out: Redis tests: LANHOUSE_TEST_REDIS_URL is not set",
    ]


def test_a_missing_service_fails_where_all_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANHOUSE_TEST_REQUIRE_ALL", "1")
    assert services.main() == 1


def test_a_service_that_does_not_answer_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as there, socket.socket() as gone:
        for each in (there, gone):
            each.bind(("127.0.0.1", 0))
        there.listen()
        here, nowhere = there.getsockname()[1], gone.getsockname()[1]
        monkeypatch.setenv("LANHOUSE_TEST_POSTGRES_URL", f"postgresql://127.0.0.1:{here}/x")
        monkeypatch.setenv("LANHOUSE_TEST_REDIS_URL", f"redis://127.0.0.1:{nowhere}/1")
        assert services.missing() == {
            "Redis tests": "nothing answers at the address in LANHOUSE_TEST_REDIS_URL"
        }


def test_a_missing_browser_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services.shutil, "which", lambda name: None)
    assert "no Chromium found" in services.missing()["Browser journeys"]
