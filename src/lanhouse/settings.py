"""One settings struct; every field comes from an environment variable LANHOUSE_<FIELD>."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import msgspec

from lanhouse.kit.convert import Wrong, converter_of
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import API_RATE_PER_MINUTE

SECRET_NAME = "server.secret"  # noqa: S105 - the name of a file
"""The file of the server secret in the data directory."""


class AppSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How one process runs. Centre-wide choices live in the centre's own settings instead."""

    data_dir: Path = Path("var")
    """Folder of the embedded database and the small files beside it."""
    secret_file: str = ""
    """File with the server secret (mode 0600); empty = `server.secret` in `data_dir`. All processes
    of one database need the same."""
    database_url: str = ""
    """`postgresql://…`, or empty for the embedded SQLite in `data_dir`."""
    host: str = "127.0.0.1"
    """Address to listen on; loopback by default."""
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 8000
    """Port to listen on."""
    public_url: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^https?://[^\s/?#]+[^\s?#]*$",
            extra={"reason": "must be an address such as https://play.example.org"},
        ),
    ] = ""
    """Address that browsers use, for links in answers; empty = http://host:port."""
    trusted_proxies: str = ""
    """Addresses or networks, comma-separated, whose X-Forwarded-For and X-Forwarded-Proto count."""
    metrics_networks: str = ""
    """Addresses or networks, comma-separated, that may read /metrics; loopback always may."""
    outbound_private: str = ""
    """Addresses or networks that are not public, comma-separated, to which this server may open
    connections for a centre: receipt printers, a gateway for text messages. Empty = none."""
    demo_callback_url: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^https?://[^\s/?#]+[^\s?#]*$",
            extra={"reason": "must be an address such as http://127.0.0.1:8099/wallet"},
        ),
    ] = ""
    """Where the wallet of the demo's seamless agent answers; empty = the demo starts a mock operator
    of its own."""
    stripe_url: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^https://[^\s/?#]+$",
            extra={"reason": "must be an address such as https://api.stripe.com"},
        ),
    ] = "https://api.stripe.com"
    """Where Stripe's HTTP API is; another one only for a stand-in of it."""
    api_rate_per_minute: Annotated[int, msgspec.Meta(ge=0)] = API_RATE_PER_MINUTE
    """Café API calls a minute for one key from one address; 0 = no limit."""
    aggregator: bool = True
    """0 or off: the aggregator is left out. Its calls and pages answer as unknown, none of its work
    is done, and its tables are not touched."""
    geo_file: str = ""
    """File that says which country an address is in: CSV with lines `network,country`, or MMDB (its
    name ends in .mmdb). Read once at the start; empty = no country is known."""
    geo_unknown: Literal["allow", "deny"] = "allow"
    """Whether a game may be launched from a country that is not known; allowed ones are marked."""
    database_threads: Annotated[int, msgspec.Meta(ge=1)] = 8
    """PostgreSQL connections (one thread each) of this process."""
    secure_cookies: bool = False
    """Send cookies over HTTPS only; set when TLS ends here or at a proxy in front."""
    clock_guard: bool = True
    """0 or off: business time is the host's clock, and a step of it charges or gives time; every
    page says so. For tests that move the host's clock by hand."""
    time_scale: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1
    """Business seconds that pass in one real second (demo only)."""

    @property
    def secret_path(self) -> Path:
        """Where the server secret lies (whether or not it exists)."""
        return Path(self.secret_file) if self.secret_file else self.data_dir / SECRET_NAME

    @property
    def base_url(self) -> str:
        """The address of this server without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def from_environment(**overrides: object) -> AppSettings:
    """Read the settings from LANHOUSE_* variables; `overrides` that are not None win.

    An empty variable counts as one that is not set. Raises InvalidInput naming every variable
    that cannot be read and what is expected of it.
    """
    values = {name: value for name, value in overrides.items() if value is not None}
    wrong: dict[str, str] = {}
    for field in msgspec.structs.fields(AppSettings):
        name = f"LANHOUSE_{field.name.upper()}"
        raw = os.environ.get(name, "").strip()
        if not raw or field.name in values:
            continue
        try:
            values[field.name] = _read(field.type, raw)
        except Wrong as error:
            wrong[name] = error.reason
    if wrong:
        raise InvalidInput(wrong)
    return AppSettings(**values)  # type: ignore[arg-type]


def _read(kind: type, raw: str) -> object:
    """One variable's text as the field's type. Raises Wrong."""
    if kind is Path:
        return Path(raw)
    return converter_of(msgspec.inspect.type_info(kind), {}, "", _no_struct)(raw)


def _no_struct(kind: msgspec.inspect.StructType) -> NoReturn:
    raise TypeError(f"a setting is one value, not {kind}")
