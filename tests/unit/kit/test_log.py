"""Logs tell what failed and never with which values."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import structlog

from lanhouse.kit import log


@pytest.fixture
def configured(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """The logs as a server has them, on the captured standard error."""
    log.configure()
    yield capsys
    structlog.reset_defaults()


def test_a_traceback_has_no_local_variables(configured: pytest.CaptureFixture[str]) -> None:
    password = "correct horse"
    try:
        raise ValueError("out of paper")
    except ValueError:
        structlog.get_logger("test").exception("printing failed", reference="r1")
    line = json.loads(configured.readouterr().err)
    assert (line["event"], line["reference"], line["level"]) == ("printing failed", "r1", "error")
    assert "out of paper" in line["exception"]
    assert password not in json.dumps(line).replace('password = \\"correct horse\\"', "")
