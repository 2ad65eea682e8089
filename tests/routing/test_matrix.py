"""A matrix refuses what is no matrix, and hands out plain lists."""

import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from routing import InvalidProblem, Matrix
from routing.matrix import LONGEST_S
from tests.builders import a_matrix


def test_good_matrix_is_kept_as_it_came() -> None:
    matrix = a_matrix([[0, 60], [90, 0]])
    assert len(matrix) == 2
    assert matrix.seconds_rows == [[0, 60], [90, 0]]
    assert matrix.metres_rows == [[0, 600], [900, 0]]


def test_matrix_does_not_change_with_the_array_it_came_from() -> None:
    array = np.zeros((2, 2), dtype=np.int32)
    matrix = Matrix(array, array)
    array[0, 1] = 5
    assert matrix.seconds_rows[0][1] == 0
    with pytest.raises(ValueError, match="read-only"):
        matrix.seconds[0, 1] = 5


def test_matrix_survives_pickling_without_its_lists() -> None:
    matrix = a_matrix([[0, 60], [90, 0]])
    size = len(pickle.dumps(matrix))
    assert matrix.seconds_rows
    again: Matrix = pickle.loads(pickle.dumps(matrix))  # noqa: S301
    assert len(pickle.dumps(matrix)) == size
    assert again.seconds_rows == matrix.seconds_rows


Change = Callable[[Any], Any]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda array: array[0], "wrong_type"),
        (lambda array: array[:1], "wrong_type"),
        (lambda array: array.astype(float), "wrong_type"),
        (lambda array: array - np.array([[0, 1], [0, 0]]), "too_small"),
        (lambda array: array.astype(np.int64) + np.array([[0, 2**40], [0, 0]]), "too_large"),
        (lambda array: array + np.array([[0, LONGEST_S + 1], [0, 0]]), "too_large"),
        (lambda array: array + np.array([[1, 0], [0, 0]]), "inconsistent"),
    ],
)
def test_bad_seconds_are_refused(change: Change, code: str) -> None:
    array = np.zeros((2, 2), dtype=np.int32)
    with pytest.raises(InvalidProblem) as caught:
        Matrix(change(array), array)
    assert [(issue.code, issue.path) for issue in caught.value.issues] == [(code, "/seconds")]


def test_all_faults_of_both_arrays_are_named_at_once() -> None:
    table = np.array([[1, -1], [0, 0]])
    assert faults(table, table) == [
        ("too_small", "/seconds"),
        ("inconsistent", "/seconds"),
        ("too_small", "/metres"),
        ("inconsistent", "/metres"),
    ]


def test_arrays_of_different_sizes_are_refused() -> None:
    assert faults(np.zeros((2, 2), dtype=np.int32), np.zeros((3, 3), dtype=np.int32)) == [("inconsistent", "/metres")]


def faults(seconds: Any, metres: Any) -> list[tuple[str, str]]:
    """Code and path of everything that is wrong, which must be something."""
    with pytest.raises(InvalidProblem) as caught:
        Matrix(seconds, metres)
    assert all(issue.message and issue.action for issue in caught.value.issues)
    return [(issue.code, issue.path) for issue in caught.value.issues]


def test_lists_of_whole_numbers_are_a_matrix() -> None:
    table: Any = [[0, 60], [90, 0]]
    assert Matrix(table, np.array(table, dtype=object)).metres_rows == table


NAN, INF = math.nan, math.inf
MASKED = np.ma.masked_array(np.zeros((2, 2), dtype=int), mask=[[False, False], [True, False]])


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ([[0, 1], [2]], [("wrong_type", "")]),
        ([[0, 1], 2], [("wrong_type", "")]),
        ([[0, [1]], [1, 0]], [("wrong_type", "")]),
        ([np.zeros((2, 2)), np.zeros((2, 3))], [("wrong_type", "")]),
        (None, [("wrong_type", "")]),
        ("zero", [("wrong_type", "")]),
        ({0: {0: 0}}, [("wrong_type", "")]),
        ([["0", "1"], ["1", "0"]], [("wrong_type", "")]),
        ([[0, object()], [1, 0]], [("wrong_type", "")]),
        ([[False, True], [True, False]], [("wrong_type", "")]),
        (np.zeros((2, 2), dtype="datetime64[s]"), [("wrong_type", "")]),
        ([[0, None], [1, 0]], [("required", "/0/1")]),
        (np.array([[0, 1], [None, 0]], dtype=object), [("required", "/1/0")]),
        (MASKED, [("required", "/1/0")]),
        ([[0, NAN], [1, 0]], [("required", "/0/1"), ("wrong_type", "")]),
        (np.array([[0, 0.5], [INF, 0]], dtype=object), [("required", "/1/0"), ("wrong_type", "")]),
        ([[0, 1.5], [None, 0]], [("required", "/1/0"), ("wrong_type", "")]),
        (
            [[5, None], [-1, "x"]],
            [("required", "/0/1"), ("wrong_type", ""), ("too_small", ""), ("inconsistent", "")],
        ),
        ([[5, None], [-1, 0]], [("required", "/0/1"), ("too_small", ""), ("inconsistent", "")]),
        ([[0, 2**31], [0, 0]], [("too_large", "")]),
        ([[0, 2**70], [0, 0]], [("too_large", "")]),
        ([[0, 10**5000], [-1, 0]], [("too_small", ""), ("too_large", "")]),
        (np.full((2, 2), 2**63, dtype=np.uint64), [("too_large", ""), ("inconsistent", "")]),
        (np.full((2, 2), -(2**63)), [("too_small", ""), ("inconsistent", "")]),
    ],
)
def test_hostile_tables_are_refused_for_what_they_are(table: Any, expected: list[tuple[str, str]]) -> None:
    sound = np.zeros((2, 2), dtype=np.int32)
    of_seconds = [(code, f"/seconds{path}") for code, path in expected]
    of_metres = [(code, f"/metres{path}") for code, path in expected]
    assert faults(table, sound) == of_seconds
    assert faults(sound, table) == of_metres
    assert faults(table, table) == of_seconds + of_metres


def test_empty_cell_is_named_with_what_to_do_about_it() -> None:
    table: Any = [[0, 1, None], [1, 0, None], [1, 1, 0]]
    with pytest.raises(InvalidProblem) as caught:
        Matrix(table, np.zeros((3, 3), dtype=np.int32))
    (issue,) = caught.value.issues
    assert "row 0, column 2" in issue.message
    assert "1 more" in issue.message
    assert "cannot be reached" in issue.action
    assert "clip" in issue.action
