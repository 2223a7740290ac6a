"""One settings struct; every field comes from an environment variable LANHOUSE_<FIELD>."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import API_RATE_PER_MINUTE


class AppSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How one process runs. Centre-wide choices live in the centre's own settings instead."""

    data_dir: Path = Path("var")
    """Folder of the embedded database, keys and backups."""
    database_url: str = ""
    """`postgresql://…`, or empty for the embedded SQLite in `data_dir`."""
    host: str = "127.0.0.1"
    """Address to listen on; loopback by default."""
    port: int = 8000
    """Port to listen on."""
    public_url: str = ""
    """Address that browsers use, for links in answers; empty = http://host:port."""
    trusted_proxies: str = ""
    """Addresses or networks, comma-separated, whose X-Forwarded-For counts."""
    api_rate_per_minute: int = API_RATE_PER_MINUTE
    """Café API calls a minute for one key from one address; 0 = no limit."""
    database_threads: int = 8
    """PostgreSQL connections (one thread each) of this process."""
    secure_cookies: bool = False
    """Send cookies over HTTPS only; set when TLS ends here or at a proxy in front."""
    time_scale: int = 1
    """Business seconds that pass in one real second (demo only)."""

    @property
    def base_url(self) -> str:
        """The address of this server without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def from_environment(**overrides: object) -> AppSettings:
    """Read the settings from LANHOUSE_* variables; `overrides` that are not None win.

    Raises InvalidInput naming the variable that cannot be read.
    """
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(AppSettings):
        name = f"LANHOUSE_{field.name.upper()}"
        raw = overrides.get(field.name)
        if raw is None:
            raw = os.environ.get(name)
        if raw is None:
            continue
        try:
            values[field.name] = (
                Path(str(raw))
                if field.type is Path
                else msgspec.convert(raw, field.type, strict=False)
            )
        except msgspec.ValidationError as error:
            raise InvalidInput({name: str(error)}) from error
    return AppSettings(**values)  # type: ignore[arg-type]
