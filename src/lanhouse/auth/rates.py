"""Rate limits by fixed windows of one minute of real time, counted in this process."""

from __future__ import annotations

from lanhouse.kit import clock

_WINDOW_SECONDS = 60.0
_KEYS_MAX = 10_000


class RateLimit:
    """At most `per_minute` calls for one key in one window; 0 means no limit."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._windows: dict[tuple[str, str], list[float]] = {}

    def admits(self, subject: str, address: str) -> bool:
        """Count a call of this subject from this address; False when it is one too many."""
        if self.per_minute <= 0:
            return True
        now = clock.monotonic()
        window = self._windows.get((subject, address))
        if window is None or now - window[0] >= _WINDOW_SECONDS:
            if len(self._windows) >= _KEYS_MAX:
                self._forget_old(now)
            self._windows[(subject, address)] = [now, 1.0]
            return True
        window[1] += 1
        return window[1] <= self.per_minute

    def _forget_old(self, now: float) -> None:
        live = {k: w for k, w in self._windows.items() if now - w[0] < _WINDOW_SECONDS}
        self._windows = live if len(live) < _KEYS_MAX else {}
