"""What is measured of requests, for Prometheus; by route, never by address."""

from collections.abc import Iterator
from time import perf_counter

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from service.counts import count_runs
from service.runtime import Runtime

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
"""Whatever else somebody makes up is counted as one."""

BUCKETS = (0.002, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The figures of one process."""

    def __init__(self, runtime: Runtime) -> None:
        self.registry = CollectorRegistry()
        names = ("method", "route")
        self._requests = Counter("http_requests", "Requests answered", (*names, "status"), registry=self.registry)
        self._seconds = Histogram(
            "http_request_duration_seconds", "Time to answer", names, buckets=BUCKETS, registry=self.registry
        )
        self.registry.register(_Runs(runtime))
        self.registry.register(_Travel(runtime))

    def register(self, app: Flask) -> None:
        """Measure every request."""
        app.before_request(_begin)
        app.after_request(self._end)

    def write(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self.registry)

    def _end(self, response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in METHODS else "other"
        self._requests.labels(method, route, str(response.status_code)).inc()
        self._seconds.labels(method, route).observe(perf_counter() - g.began)
        return response


def _begin() -> None:
    g.began = perf_counter()


class _Runs:
    """Runs by status, read from the database when somebody looks."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def describe(self) -> list[Metric]:
        """Nothing is read before somebody looks."""
        return []

    def collect(self) -> Iterator[Metric]:
        """One figure per status."""
        gauge = GaugeMetricFamily("tournee_runs", "Runs of the planner", labels=["status"])
        for status, count in count_runs(self._runtime).items():
            gauge.add_metric([status], count)
        yield gauge


class _Travel:
    """Whether the road engine answers, as this process found it."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def describe(self) -> list[Metric]:
        """Nothing is read before somebody looks."""
        return []

    def collect(self) -> Iterator[Metric]:
        """1 while the formula answers in the engine's place."""
        state = self._runtime.travel.state()
        gauge = GaugeMetricFamily("tournee_travel_degraded", "1 while the road engine is down", labels=["engine"])
        gauge.add_metric([state.name], float(not state.ok))
        yield gauge
