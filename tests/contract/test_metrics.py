"""/metrics is for this machine and for named networks, however its path is spelled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from lanhouse.app import create_app
from lanhouse.cli.doctor import WARNING, check_jobs
from lanhouse.db.store import Tx
from lanhouse.jobs.queue import ATTEMPTS_MAX, Failure, enqueue, note_failure
from lanhouse.jobs.tables import queue
from lanhouse.settings import AppSettings
from tests.builders.centers import Hall
from tests.builders.client import Client

_DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
_NETWORKS = "10.9.0.0/16"


def _status(
    hall: Hall,
    folder: Path,
    peer: str,
    forwarded: str = "",
    path: str = "/metrics",
    proxies: str = "127.0.0.1",
) -> int:
    settings = AppSettings(data_dir=folder, trusted_proxies=proxies, metrics_networks=_NETWORKS)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    with Client(create_app(settings, hall.store, with_ticker=False), address=peer) as client:
        return client.raw("GET", f"http://testserver{path}", key="", headers=headers).status_code


@pytest.mark.parametrize(
    ("peer", "forwarded", "status"),
    [
        ("127.0.0.1", "", 200),
        ("::1", "", 200),
        ("127.0.0.1", "10.9.1.2", 200),
        ("10.9.1.2", "", 200),
        ("10.8.1.2", "", 404),
        ("127.0.0.1", "203.0.113.5", 404),
        ("127.0.0.1", "127.0.0.1, 203.0.113.5", 404),
        ("127.0.0.1", "unknown", 404),
        ("203.0.113.5", "127.0.0.1", 404),
    ],
)
def test_who_reads_the_figures(
    hall: Hall, tmp_path: Path, peer: str, forwarded: str, status: int
) -> None:
    """Behind a trusted proxy the caller is the forwarded one; nobody else's word counts."""
    assert _status(hall, tmp_path, peer, forwarded) == status


@pytest.mark.parametrize("path", ["//metrics", "/metrics/", "//metrics//", "/%6detrics"])
def test_no_spelling_of_the_path_goes_around_the_rule(
    hall: Hall, tmp_path: Path, path: str
) -> None:
    assert _status(hall, tmp_path, "203.0.113.5", path=path) == 404
    assert _status(hall, tmp_path, "127.0.0.1", path=path) == 200


def test_a_proxy_that_is_not_named_as_trusted_makes_no_stranger_local(
    hall: Hall, tmp_path: Path
) -> None:
    assert _status(hall, tmp_path, "127.0.0.1", "203.0.113.5", proxies="") == 404


def test_a_refusal_looks_like_an_address_that_leads_nowhere(hall: Hall, tmp_path: Path) -> None:
    app = create_app(AppSettings(data_dir=tmp_path), hall.store, with_ticker=False)
    with Client(app, address="203.0.113.5") as client:
        refused, unknown = (client.raw("GET", path, key="") for path in ("/metrics", "/nothing"))
    assert (refused.status_code, refused.content) == (unknown.status_code, unknown.content)


def test_the_shipped_proxies_hide_the_figures_by_prefix() -> None:
    """An exact rule lets /metrics/ through."""
    nginx = (_DEPLOY / "nginx.conf").read_text()
    assert re.findall(r"location (.*)/metrics {", nginx) == ["^~ "]
    assert re.findall(r"respond (\S*metrics\S*) 404", (_DEPLOY / "Caddyfile").read_text()) == [
        "/metrics*"
    ]


def test_a_job_that_was_given_up_is_counted(hall: Hall, tmp_path: Path) -> None:
    def give_up(tx: Tx, _: None) -> None:
        enqueue(tx, "mail", {}, key="m")
        job_id = tx.scalar(sa.select(queue.c.id))
        note_failure(tx, Failure(7777, job_id, ATTEMPTS_MAX, "no paper"))
        enqueue(tx, "mail", {}, key="m")

    hall.store.run_sync(give_up, None)
    app = create_app(AppSettings(data_dir=tmp_path), hall.store, with_ticker=False)
    with Client(app) as client:
        text = client.raw("GET", "/metrics", key="").text
    assert 'lanhouse_jobs{kind="mail",state="failed"} 1.0' in text
    assert 'lanhouse_jobs{kind="mail",state="waiting"} 1.0' in text
    finding = check_jobs(hall.store)
    assert finding.state == WARNING
    assert finding.text == "1 given up in the last week; newest: mail: no paper"
