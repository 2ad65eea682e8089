"""How often an address has tried to sign in of late. In memory: one process answers, and a restart forgives."""

from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock
from time import monotonic

ATTEMPTS = "tournee-attempts"
"""Where an application keeps its own."""

MOST = 10
WITHIN_S = 60.0
MOST_ADDRESSES = 10_000


class Attempts:
    """At most ``MOST`` per address within ``WITHIN_S``."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, address: str) -> int:
        """Count one more; 0, or the seconds after which the next will be let in."""
        now, network = self._clock(), network_of(address)
        with self._lock:
            times = self._times.setdefault(network, deque())
            self._times.move_to_end(network)
            while len(self._times) > MOST_ADDRESSES:
                self._times.popitem(last=False)
            while times and times[0] <= now - WITHIN_S:
                times.popleft()
            if len(times) >= MOST:
                return max(1, ceil(times[0] + WITHIN_S - now))
            times.append(now)
            return 0


def network_of(address: str) -> str:
    """The address, or of IPv6 the network of which somebody has all addresses."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv6Address):
        return str(IPv6Address(int(read) >> 64 << 64))
    return str(read)
