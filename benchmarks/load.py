"""Jobs posted at a steady rate to a running server, however slow it answers: ``python -m benchmarks.load --help``.

Open loop: each request is sent when its time has come, so that a server that stalls is not spared the requests that
would have come meanwhile, and each is measured from the moment at which it should have been sent.
"""

import argparse
import http.client
import json
import math
import statistics
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

RENNES = (48.1113, -1.6800)


@dataclass(frozen=True)
class Server:
    """Where it is, and the keys to it."""

    host: str
    port: int
    portal: str
    dispatcher: str

    def post(self, path: str, document: Any, key: str) -> int:
        """The status of a POST over a connection of its own; 0 when there was no answer."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        try:
            connection.request("POST", path, json.dumps(document), headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
        return answer.status


def a_job(kind: str, number: int, random: Random) -> dict[str, Any]:
    """A job somewhere in Rennes."""
    lat, lon = (round(middle + random.uniform(-0.05, 0.05), 6) for middle in RENNES)
    return {
        "client": {"name": f"Load {number}", "phone": "+33 2 99 00 00 00"},
        "site": {"address": f"{number} rue de la Charge, Rennes", "lat": lat, "lon": lon, "security_appliance": False},
        "kind": kind,
        "description": "posted by the load script",
    }


def run(server: Server, kind: str, rate: float, seconds: float, solve: bool) -> list[tuple[int, float]]:
    """Status and seconds of every request."""
    random = Random(1)
    jobs = [a_job(kind, number, random) for number in range(round(rate * seconds))]
    start = monotonic() + 0.5

    def send(number: int) -> tuple[int, float]:
        due = start + number / rate
        sleep(max(0.0, due - monotonic()))
        status = server.post("/v1/jobs", jobs[number], server.portal)
        return status, monotonic() - due

    with ThreadPoolExecutor(min(200, len(jobs))) as threads:
        if solve:
            document = {"time_limit_s": max(1, min(300, round(seconds)))}
            server.post("/v1/optimisations", document, server.dispatcher)
        return list(threads.map(send, range(len(jobs))))


def report(results: list[tuple[int, float]]) -> dict[str, Any]:
    """Count, errors, and how long it took, in milliseconds."""
    times = sorted(1000 * seconds for _, seconds in results)

    def quantile(part: float) -> float:
        return round(times[min(len(times) - 1, math.ceil(part * len(times)) - 1)], 1)

    return {
        "count": len(results),
        "errors": sum(status != 201 for status, _ in results),
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": quantile(0.95),
        "p99_ms": quantile(0.99),
        "max_ms": round(times[-1], 1),
    }


def measure(url: str, keys: Path, rate: float, seconds: float, kind: str = "vpn_setup", solve: bool = False) -> Any:
    """Post at a steady rate and report; ``keys`` is a file with the portal's and the dispatcher's."""
    known = json.loads(keys.read_text("utf-8"))
    parts = urlsplit(url)
    server = Server(parts.hostname or "127.0.0.1", parts.port or 80, known["portal"], known["dispatcher"])
    return report(run(server, kind, rate, seconds, solve))


def main(arguments: list[str]) -> int:
    """Run and print; 1 when there was any error."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--keys", type=Path, default=Path("var/demo-keys.json"), help="with portal and dispatcher")
    parser.add_argument("--rate", type=float, default=20.0, help="POSTs a second")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--kind", default="vpn_setup", help="kind of the jobs")
    parser.add_argument("--solve", action="store_true", help="start a solve at the beginning")
    asked = parser.parse_args(arguments)
    result = measure(asked.url, asked.keys, asked.rate, asked.seconds, asked.kind, asked.solve)
    print(json.dumps(result))
    return 1 if result["errors"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
