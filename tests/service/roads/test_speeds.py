"""Files of measured speeds, and the hours that they are given for."""

from pathlib import Path

import numpy as np
import pytest

from service.roads.refusals import RoadsRefused
from service.roads.segments import Segments
from service.roads.speeds import MOST_FAULTS, Measured, Span, read_options, read_speeds, spans_of


def segments(*pairs: tuple[int, int]) -> Segments:
    """Steps of a hundred metres in ten seconds between numbered points."""
    ids = np.array(sorted({number for pair in pairs for number in pair}, reverse=True))
    place = {number: at for at, number in enumerate(ids.tolist())}
    start, end = (np.array([place[pair[side]] for pair in pairs]) for side in (0, 1))
    of = np.ones(len(pairs))
    return Segments(ids, start, end, 100.0 * of, 10.0 * of, 10.0 * of, 36.0 * of)


STEPS = segments((1, 2), (2, 1), (2, 30_000_000_000))


def faults_of(text: str, file: Path) -> tuple[str, ...]:
    file.write_text(text, "utf-8")
    with pytest.raises(RoadsRefused) as refused:
        read_speeds(Measured("17:00", file), STEPS)
    return refused.value.faults


@pytest.mark.parametrize(
    ("spec", "span"),
    [
        ("17:00-18:30", Span("weekday", 34, 37)),
        ("saturday/09:30", Span("saturday", 19, 20)),
        ("sunday/00:00-24:00", Span("sunday", 0, 48)),
        ("weekday/23:30", Span("weekday", 47, 48)),
    ],
)
def test_hours_are_read(spec: str, span: Span) -> None:
    assert spans_of([Measured(spec, Path("a.csv"))]) == [span]


def test_span_has_a_name_for_a_folder_and_reads_itself() -> None:
    span = Span("weekday", 34, 37)
    assert span.name == "weekday-1700-1830"
    assert spans_of([Measured(span.spec, Path("a.csv"))]) == [span]


def test_every_bad_hour_is_named_at_once() -> None:
    bad = ["17:10", "18:00-17:00", "monday/17:00", "7:00", "24:00", "25:00-26:00", "17:00-17:00", ""]
    with pytest.raises(RoadsRefused) as refused:
        spans_of([Measured(spec, Path("a.csv")) for spec in bad])
    assert len(refused.value.faults) == len(bad)
    assert all(f"--speeds {spec}=" in fault for spec, fault in zip(bad, refused.value.faults, strict=True))


def test_hours_that_overlap_are_refused_and_neighbours_are_not() -> None:
    a, b, c = (Measured(spec, Path("a.csv")) for spec in ("17:00-18:00", "17:30-19:00", "saturday/17:30"))
    with pytest.raises(RoadsRefused, match=r"weekday/17:00-18:00 and --speeds weekday/17:30-19:00 overlap"):
        spans_of([a, b, c])
    assert len(spans_of([a, Measured("18:00-19:00", Path("a.csv")), c])) == 3


def test_options_are_read_and_all_bad_ones_named() -> None:
    assert read_options(["17:00=a=b.csv"]) == [Measured("17:00", Path("a=b.csv"))]
    with pytest.raises(RoadsRefused) as refused:
        read_options(["17:00", "18:00=", "19:00=x.csv"])
    assert [fault.split(":  ")[0][:16] for fault in refused.value.faults] == ["--speeds 17:00: ", "--speeds 18:00=:"]


@pytest.mark.parametrize(
    "text",
    [
        "1,2,41.5\n2,30000000000,7\n",
        "from_node,to_node,km/h\r\n1,2,41.5\r\n\r\n2,30000000000,7\r\n",
        "\ufefffrom,to,speed\n 1 , 2 ,41.5,0.9\n2,30000000000,7",
    ],
)
def test_speeds_are_read_with_and_without_a_header(text: str, tmp_path: Path) -> None:
    file = tmp_path / "speeds.csv"
    file.write_text(text, "utf-8")
    speeds = read_speeds(Measured("17:00", file), STEPS)
    assert dict(zip(speeds.steps.tolist(), speeds.kmh.tolist(), strict=True)) == {0: 41.5, 2: 7.0}
    assert speeds.unknown == 0


def test_last_line_about_a_segment_counts_and_those_outside_the_graph_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "speeds.csv"
    file.write_text("1,2,10\n8,9,30\n1,2,20\n1,30000000000,40\n", "utf-8")
    speeds = read_speeds(Measured("17:00", file), STEPS)
    assert speeds.steps.tolist() == [0]
    assert speeds.kmh.tolist() == [20.0]
    assert speeds.unknown == 2


def test_every_faulty_line_is_named_with_its_number(tmp_path: Path) -> None:
    text = "1,2,30\n1;2;30\nx,2,30\n1,-2,30\n1,2,fast\n1,2,0\n1,2,151\n1,2,nan\n1,2\n2,1,30\n"
    faults = faults_of(text, tmp_path / "speeds.csv")
    assert [int(fault.split("line ")[1].split(":")[0]) for fault in faults] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert all(str(tmp_path / "speeds.csv") in fault for fault in faults)


def test_long_listings_end_with_a_number(tmp_path: Path) -> None:
    faults = faults_of("1,2,30\n" + "1,2,fast\n" * (MOST_FAULTS + 5), tmp_path / "speeds.csv")
    assert len(faults) == MOST_FAULTS + 1
    assert faults[-1].endswith("and 5 more")


def test_speeds_of_another_graph_are_refused_unless_they_are_averages_of_a_feed(tmp_path: Path) -> None:
    text = "1,2,30\n" + "".join(f"{number},{number + 1},30\n" for number in range(100, 120))
    (fault,) = faults_of(text, tmp_path / "speeds.csv")
    assert "of 21 segments only 1 are in the graph" in fault
    averages = read_speeds(Measured("17:00", tmp_path / "speeds.csv", is_collected=True), STEPS)
    assert averages.steps.tolist() == [0]
    assert averages.unknown == 20


@pytest.mark.parametrize("text", ["", "from_node,to_node,km/h\n"])
def test_file_without_speeds_is_refused(text: str, tmp_path: Path) -> None:
    assert "no line" in faults_of(text, tmp_path / "speeds.csv")[0]


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RoadsRefused, match="No such file"):
        read_speeds(Measured("17:00", tmp_path / "none.csv"), STEPS)
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(RoadsRefused, match="no text in UTF-8"):
        read_speeds(Measured("17:00", tmp_path / "binary.csv"), STEPS)
