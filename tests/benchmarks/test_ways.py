"""What a table of ways costs, on the real graph."""

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main


def test_every_kind_of_answer_is_measured(rennes_roads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOURNEE_ROADS", str(rennes_roads))
    out = tmp_path / "ways.json"
    assert main(["ways", "--places", "20", "--out", str(out)]) == 0
    rows = json.loads(out.read_text("utf-8"))
    assert [row["what"].split(",")[0] for row in rows] == [
        "cold",
        "again",
        "one more place",
        "another process",
        "again",
    ]
    assert all(row["ms"] > 0 for row in rows)


def test_without_a_graph_it_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOURNEE_ROADS", str(tmp_path))
    with pytest.raises(SystemExit):
        main(["ways"])
    assert "make roads" in capsys.readouterr().err
