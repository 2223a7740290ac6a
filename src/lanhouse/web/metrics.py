"""Request counts and times per route, shown as Prometheus text at /metrics."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from lanhouse.jobs.queries import Count
from lanhouse.kit import clock
from lanhouse.web.routes import Route

_BOUNDS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class RouteStats:
    """Counts of one route; plain integers, because they are touched by the event loop only."""

    __slots__ = ("buckets", "by_status", "route", "seconds")

    def __init__(self, route: Route) -> None:
        self.route = route
        self.by_status: dict[int, int] = {}
        self.buckets = [0] * (len(_BOUNDS_SECONDS) + 1)
        self.seconds = 0.0

    def count(self, status: int, seconds: float) -> None:
        """Note one answer."""
        self.by_status[status] = self.by_status.get(status, 0) + 1
        self.seconds += seconds
        for index, bound in enumerate(_BOUNDS_SECONDS):
            if seconds <= bound:
                self.buckets[index] += 1
                return
        self.buckets[-1] += 1


class ClockCollector:
    """How the clock stands to its reference (decision 0014)."""

    def collect(self) -> Iterable[Metric]:
        """The doubt in seconds, 0 without one, and whether the guard is on."""
        return [
            GaugeMetricFamily(
                "lanhouse_clock_doubt_seconds",
                "Reference clock less business time while that is in doubt, else 0",
                value=clock.doubt_seconds(),
            ),
            GaugeMetricFamily(
                "lanhouse_clock_guarded",
                "1 while steps of the clock are kept from business time",
                value=int(clock.is_guarded()),
            ),
        ]


class JobCollector:
    """The jobs that are kept, by kind and state; `failed` ones were given up."""

    def __init__(self, counts: list[Count]) -> None:
        self._counts = counts

    def collect(self) -> Iterable[Metric]:
        """One gauge."""
        jobs = GaugeMetricFamily(
            "lanhouse_jobs", "Jobs by kind and state, ended ones included", labels=["kind", "state"]
        )
        for count in self._counts:
            jobs.add_metric([count.kind, count.status], count.number)
        return [jobs]


class ParkedCollector:
    """What operators have not acknowledged for a day (`lanhouse transactions --parked`)."""

    def __init__(self, number: int) -> None:
        self._number = number

    def collect(self) -> Iterable[Metric]:
        """One gauge."""
        return [
            GaugeMetricFamily(
                "lanhouse_parked_transactions",
                "Settlements and rollbacks to operators that wait for a person",
                value=self._number,
            )
        ]


class RouteCollector:
    """Hands the counts of all routes to prometheus_client when somebody asks."""

    def __init__(self, stats: list[RouteStats]) -> None:
        self._stats = stats

    def collect(self) -> Iterable[Metric]:
        """The metric families; routes that were never called are left out."""
        requests = CounterMetricFamily(
            "lanhouse_requests", "Answers by route and HTTP status", labels=["route", "status"]
        )
        seconds = HistogramMetricFamily(
            "lanhouse_request_seconds", "Time to answer by route", labels=["route"]
        )
        for stats in self._stats:
            if not stats.by_status:
                continue
            for status, count in stats.by_status.items():
                requests.add_metric([stats.route.id, str(status)], count)
            total, buckets = 0, []
            for bound, count in zip((*_BOUNDS_SECONDS, "+Inf"), stats.buckets, strict=True):
                total += count
                buckets.append((str(bound), total))
            seconds.add_metric([stats.route.id], buckets=buckets, sum_value=stats.seconds)
        return [requests, seconds]
