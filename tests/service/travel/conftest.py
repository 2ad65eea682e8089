"""The graph of Rennes, and the servers of two engines on the same streets."""

import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import osrm
import pytest
import valhalla
from valhalla.config import get_config

from service.roads.graph import Graph, read_graph
from service.travel.osrm_process import OsrmProcess
from service.travel.slots import ANY
from tests.polling import wait_until
from tests.service.travel.hostile import Hostile, served

OSRM_ROUTED = Path(osrm.__file__).parent / "bin" / "osrm-routed"
VALHALLA = Path(valhalla.__file__).parent / "bin"


@pytest.fixture(scope="session")
def rennes(rennes_roads: Path) -> Graph:
    """The graph of Rennes."""
    graph = read_graph(rennes_roads)
    assert graph is not None
    return graph


@pytest.fixture(scope="session")
def shared_engine(rennes: Graph, rennes_roads: Path) -> Iterator[OsrmProcess]:
    """An engine in process for tests that only ask."""
    engine = OsrmProcess(rennes, rennes_roads, timeout_s=60)
    yield engine
    engine.close()


@pytest.fixture
def engine(rennes: Graph, rennes_roads: Path) -> Iterator[OsrmProcess]:
    """One that a test may kill."""
    made = OsrmProcess(rennes, rennes_roads, timeout_s=20)
    yield made
    made.close()


@pytest.fixture(scope="session")
def osrm_url(rennes: Graph) -> Iterator[str]:
    """osrm-routed on the same graph, by car, as its manual says it is to be started."""
    with running_osrm(rennes, 1000) as url:
        yield url


@pytest.fixture(scope="session")
def valhalla_tiles(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiles of the same streets."""
    folder = tmp_path_factory.mktemp("valhalla")
    (folder / "tiles").mkdir()
    config = valhalla_config(folder, folder / "tiles", 0)
    extract = shared_data / "rennes" / "rennes-demo.osm.pbf"
    build = [str(VALHALLA / "valhalla_build_tiles"), "-c", str(config), str(extract)]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return folder / "tiles"


@pytest.fixture(scope="session")
def valhalla_url(valhalla_tiles: Path) -> Iterator[str]:
    """valhalla_service on these tiles."""
    with running_valhalla(valhalla_tiles.parent, valhalla_tiles) as url:
        yield url


@contextmanager
def running_valhalla(folder: Path, tiles: Path) -> Iterator[str]:
    """valhalla_service, with its settings and sockets in a folder."""
    port = free_port()
    command = [str(VALHALLA / "valhalla_service"), str(valhalla_config(folder, tiles, port)), "1"]
    with running(command, f"http://127.0.0.1:{port}", "status") as url:
        yield url


def valhalla_config(folder: Path, tiles: Path, port: int) -> Path:
    """Its settings; tables may know the hour."""
    settings = get_config(tile_dir=tiles, tile_extract="")
    settings["httpd"]["service"]["listen"] = f"tcp://127.0.0.1:{port}"
    for name in ("loopback", "interrupt"):
        settings["httpd"]["service"][name] = f"ipc://{folder}/{name}"
    for name in ("loki", "thor", "odin"):
        settings[name]["service"]["proxy"] = f"ipc://{folder}/{name}"
    settings["mjolnir"]["concurrency"] = 1
    settings["service_limits"]["max_timedep_distance_matrix"] = 500_000
    config = folder / "valhalla.json"
    config.write_text(json.dumps(settings))
    return config


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    """A server that answers as a test says."""
    with served() as server:
        yield server


@contextmanager
def running_osrm(graph: Graph, largest: int, *more: str) -> Iterator[str]:
    """osrm-routed on a graph, with a limit of its own."""
    port = free_port()
    words = ["-i", "127.0.0.1", "-p", str(port), "-a", "MLD", "--max-table-size", str(largest), "-t", "1", *more]
    command = [str(OSRM_ROUTED), *words, str(graph.data["car"][ANY])]
    with running(command, f"http://127.0.0.1:{port}", "nearest/v1/driving/-1.68,48.11") as url:
        yield url


@contextmanager
def running(command: list[str], url: str, ping: str) -> Iterator[str]:
    """A server, until the end of the block."""
    opener = build_opener(ProxyHandler({}))

    def is_up() -> bool:
        try:
            with opener.open(f"{url}/{ping}", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(is_up, 60, " ".join(command[:1]))
            yield url
        finally:
            process.kill()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
