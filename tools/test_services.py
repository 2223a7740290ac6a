"""Before the tests: say which outside services they will use, and which parts are left out and why.

With LANHOUSE_TEST_REQUIRE_ALL set a missing service is a failure (exit 1).
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
from urllib.parse import urlsplit

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def answers(url: str, default_port: int) -> bool:
    """Whether something listens at the host and port of `url`."""
    parts = urlsplit(url)
    try:
        address = (parts.hostname or "127.0.0.1", parts.port or default_port)
        with socket.create_connection(address, timeout=3):
            return True
    except OSError:
        return False


def missing() -> dict[str, str]:
    """What the tests will leave out: part -> reason. Empty when everything is there."""
    reasons: dict[str, str] = {}
    services = (
        ("PostgreSQL tests", "LANHOUSE_TEST_POSTGRES_URL", 5432),
        ("Redis tests", "LANHOUSE_TEST_REDIS_URL", 6379),
    )
    for part, variable, port in services:
        url = os.environ.get(variable, "")
        if not url:
            reasons[part] = f"{variable} is not set"
        elif not answers(url, port):
            reasons[part] = f"nothing answers at the address in {variable}"
    if not any(shutil.which(name) for name in BROWSERS):
        reasons["Browser journeys"] = f"no Chromium found ({', '.join(BROWSERS)})"
    return reasons


def main() -> int:
    """Print one line per missing service; answer 1 when all of them are required."""
    required = bool(os.environ.get("LANHOUSE_TEST_REQUIRE_ALL"))
    reasons = missing()
    for part, reason in reasons.items():
        print(f"{'MISSING' if required else 'left out'}: {part}: {reason}")
    if not reasons:
        print("PostgreSQL, Redis and a browser are there: nothing is left out.")
    return 1 if reasons and required else 0


if __name__ == "__main__":
    sys.exit(main())
