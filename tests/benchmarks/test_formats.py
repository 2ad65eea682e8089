"""Files in the published formats are read as they are written, and refused when they are something else."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.formats import FormatFault
from benchmarks.formats.pillac import Row, is_trsp, read_trsp
from benchmarks.formats.solomon import is_solomon, read_solomon
from benchmarks.formats.vrplib import NEVER, read_best_known, read_vrplib
from benchmarks.formats.vrptw import Place
from tests.benchmarks.files import SOLOMON, TRSP, VRPLIB, VRPLIB_WITH_MATRIX, write

# ---- technician routing ----


def test_trsp_file_has_a_depot_its_crew_and_requests(tmp_path: Path) -> None:
    instance = read_trsp(write(tmp_path, "SMALL.7_2-2-2-2.txt", TRSP))
    assert (instance.name, instance.crew) == ("SMALL.7_2-2-2-2", 2)
    assert [row.number for row in instance.technicians] == [1, 2]
    assert [row.number for row in instance.requests] == [3, 4, 5, 6, 7, 8, 9]
    assert instance.rows[2] == Row(2, 20, 0, 10, 190, 0, (0, 1), (0, 1), (1, 4))
    assert instance.rows[9] == Row(9, 15, 0, 60, 140, 7.5, (1,), (), (0, 0))
    assert instance.rows[0].skills == ()


def test_text_is_told_apart_by_its_heads(tmp_path: Path) -> None:
    trsp, solomon = write(tmp_path, "a.txt", TRSP), write(tmp_path, "b.txt", SOLOMON)
    assert (is_trsp(trsp), is_solomon(trsp)) == (True, False)
    assert (is_trsp(solomon), is_solomon(solomon)) == (False, True)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("CREW", "TEAM", "not a technician routing instance"),
        ("4    10    5 ", "4    10    ", "not a technician routing instance"),
        ("5    20    7", "50   20    7", "not numbered"),
        ("2       2       2       2", "10      2       2       2", "crew of 10"),
        ("0    0     0     0      200    0 ", "0    0     0     0      200    9 ", "service time"),
    ],
)
def test_wrong_trsp_file_is_refused_by_name(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in TRSP
    with pytest.raises(FormatFault, match=rf"wrong\.txt.*{words}"):
        read_trsp(write(tmp_path, "wrong.txt", TRSP.replace(old, new)))


# ---- vehicle routing with time windows ----


def test_solomon_file_has_vehicles_and_places(tmp_path: Path) -> None:
    instance = read_solomon(write(tmp_path, "small.txt", SOLOMON))
    assert (instance.name, instance.vehicles, instance.capacity) == ("small", 3, 10)
    assert len(instance.places) == 7
    assert instance.places[2] == Place(6, 8, 4, 10, 60, 5)
    assert instance.distances[0].round(3).tolist() == [0, 5, 10, 1.414, 7, 10, 5]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("VEHICLE", "CARS"),
        ("    5     10    0", "    7     10    0"),
        ("   50    5", "   50"),
        ("6    8    4", "6 8 4.5"),
    ],
)
def test_wrong_solomon_file_is_refused(tmp_path: Path, old: str, new: str) -> None:
    assert old in SOLOMON
    with pytest.raises(FormatFault, match=r"wrong\.txt"):
        read_solomon(write(tmp_path, "wrong.txt", SOLOMON.replace(old, new)))


def test_vrplib_file_says_the_same_as_solomons(tmp_path: Path) -> None:
    instance = read_vrplib(write(tmp_path, "small.vrp", VRPLIB))
    same = read_solomon(write(tmp_path, "small.txt", SOLOMON))
    assert (instance.name, instance.vehicles, instance.capacity) == ("small", 2, 10)
    assert instance.places == same.places[:4]
    assert np.array_equal(instance.distances, same.distances[:4, :4])


def test_vrplib_sections_may_be_missing_or_give_all_cells(tmp_path: Path) -> None:
    instance = read_vrplib(write(tmp_path, "small.vrp", VRPLIB_WITH_MATRIX))
    assert instance.vehicles == 2
    assert instance.distances.tolist() == [[0, 7, 8.25], [7, 0, 9], [8, 9, 0]]
    assert [place.service for place in instance.places] == [0, 6, 7]
    assert {(place.opens, place.closes) for place in instance.places} == {(0, NEVER)}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("DIMENSION : 4", "DIMENSION : 5", "4 lines for 5 places"),
        ("EUC_2D", "GEO", "distances are given as GEO"),
        ("1\n-1", "1\n2\n-1", "depot"),
        ("CAPACITY : 10", "", "CAPACITY"),
        ("3 10 60\n", "3 10\n", "1 numbers for place 3"),
        ("2 4\n3 4", "2 4.5\n3 4", "4.5 is not whole"),
    ],
)
def test_wrong_vrplib_file_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in VRPLIB
    with pytest.raises(FormatFault, match=words):
        read_vrplib(write(tmp_path, "wrong.vrp", VRPLIB.replace(old, new)))


def test_best_known_cost_is_read_from_a_solution(tmp_path: Path) -> None:
    solution = write(tmp_path, "small.sol", "Route #1: 1 2\nRoute #2: 3\nCost 22.8\n")
    assert read_best_known(solution) == 22.8
    assert read_best_known(tmp_path / "none.sol") is None
