"""The facts that operators rely on in Dockerfile, .dockerignore and compose.yaml."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def instructions() -> list[tuple[str, str]]:
    """Every instruction of the Dockerfile with its arguments on one line, in order."""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    parts = [line.split(maxsplit=1) for line in joined.splitlines() if line.strip()]
    return [(word, rest) for word, rest in parts]


def final_stage() -> list[tuple[str, str]]:
    """The instructions that make the image itself."""
    every = instructions()
    start = max(index for index, (word, _) in enumerate(every) if word == "FROM")
    return every[start:]


def last(word: str) -> str:
    return [rest for name, rest in final_stage() if name == word][-1]


def test_image_runs_as_a_numbered_user_that_is_not_root() -> None:
    user, group = last("USER").split(":")
    assert int(user) > 0
    assert int(group) > 0
    names = [name for name, _ in final_stage()]
    assert names.index("USER") < names.index("CMD")


def test_packages_come_with_hashes_and_ready_built() -> None:
    installs = [rest for word, rest in instructions() if word == "RUN" and re.search(r"\bpip\b[^&]* install\b", rest)]
    assert installs
    assert all("--require-hashes" in rest and "--only-binary :all:" in rest for rest in installs)


def test_image_carries_no_installer_and_no_compiler() -> None:
    final = " ".join(rest for word, rest in final_stage() if word == "RUN")
    assert "pip uninstall" in final
    assert re.search(r"\b(apt-get|apk|gcc|build-essential)\b", final) is None


def test_image_serves_and_keeps_its_data_on_a_volume() -> None:
    assert json.loads(last("CMD")) == ["python", "-m", "api", "serve"]
    assert last("VOLUME") == "/app/var"
    assert last("WORKDIR") == "/app"


def test_only_the_code_and_the_locks_go_into_the_image() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    scripts = {"package.json", "package-lock.json", ".ci", ".ci/pages"}  # what fetches them, for a stage of its own
    assert let_in == {"api", "service", "routing", "requirements.txt", *scripts}
    assert ".ci/*" in rules


def test_search_is_compiled_by_the_user_that_runs() -> None:
    words = [f"{word} {rest}" for word, rest in final_stage()]
    compiles = next(number for number, line in enumerate(words) if "routing.solver.compile" in line)
    assert words.index(f"USER {last('USER')}") < compiles


def test_what_was_compiled_is_there_at_every_start(tmp_path: Path) -> None:
    made, temporary = tmp_path / "search", tmp_path / "tmp"
    (made / "cache").mkdir(parents=True)
    (made / "cache" / "code").write_text("compiled")
    temporary.mkdir()
    entry = [word.replace("/app/search", str(made)) for word in json.loads(last("ENTRYPOINT"))]
    command = [*entry, "cat", f"{temporary}/cache/code", "/dev/null"]
    for _ in range(2):
        done = subprocess.run(command, env=os.environ | {"TMPDIR": str(temporary)}, capture_output=True, check=True)
        assert done.stdout == b"compiled"
    environment = os.environ | {"TMPDIR": "/nowhere"}
    nowhere = subprocess.run([*entry, "echo", "a b"], env=environment, capture_output=True, check=False)
    assert (nowhere.returncode, nowhere.stdout) == (0, b"a b\n")


class Ready(BaseHTTPRequestHandler):
    """Answers /readyz with the status that the server was given."""

    def do_GET(self) -> None:
        assert self.path == "/readyz"
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Ready) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_health_check_says_what_readyz_says(server: HTTPServer, status: int, healthy: bool) -> None:
    server.status = status  # type: ignore[attr-defined]
    command = json.loads(last("HEALTHCHECK").split(" CMD ", 1)[1])
    assert command[0] == "python"
    environment = {"TOURNEE_PORT": str(server.server_port)}
    done = subprocess.run([sys.executable, *command[1:]], env=environment, capture_output=True, check=False)
    assert (done.returncode == 0) is healthy


# ---- compose.yaml ----


@pytest.fixture
def services() -> dict[str, dict[str, Any]]:
    parsed: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return parsed["services"]


def test_without_a_profile_one_service_starts(services: dict[str, dict[str, Any]]) -> None:
    assert [name for name, service in services.items() if "profiles" not in service] == ["tournee"]
    assert services["tournee"]["volumes"] == ["var:/app/var"]


def test_grown_profile_runs_the_same_image_in_three_roles(services: dict[str, dict[str, Any]]) -> None:
    grown = {name: service for name, service in services.items() if service.get("profiles") == ["grown"]}
    assert set(grown) == {"postgres", "migrate", "web", "worker"}
    assert {grown[name]["image"] for name in ("migrate", "web", "worker")} == {services["tournee"]["image"]}
    assert grown["migrate"]["restart"] == "no"
    for name in ("web", "worker"):
        assert grown[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
        assert grown[name]["environment"]["TOURNEE_DATABASE_URL"].startswith("postgresql://")


def test_database_is_not_reachable_from_outside(services: dict[str, dict[str, Any]]) -> None:
    assert "ports" not in services["postgres"]
