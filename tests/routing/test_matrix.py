"""A matrix refuses what is no matrix, and hands out plain lists."""

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
    with pytest.raises(InvalidProblem) as caught:
        a_matrix([[1, -1], [0, 0]])
    assert [(issue.code, issue.path) for issue in caught.value.issues] == [
        ("too_small", "/seconds"),
        ("inconsistent", "/seconds"),
        ("too_small", "/metres"),
        ("inconsistent", "/metres"),
    ]


def test_arrays_of_different_sizes_are_refused() -> None:
    with pytest.raises(InvalidProblem) as caught:
        Matrix(np.zeros((2, 2), dtype=np.int32), np.zeros((3, 3), dtype=np.int32))
    assert [(issue.code, issue.path) for issue in caught.value.issues] == [("inconsistent", "/metres")]
