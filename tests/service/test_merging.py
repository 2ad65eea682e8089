"""JSON merge patch and pointers."""

from typing import Any

import pytest

from service.merging import merge_patch, pointer


@pytest.mark.parametrize(
    ("target", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({}, {"a": None}, {}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b", None]}, {"a": ["b", None]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": {"b": {"c": 1, "d": 2}}}, {"a": {"b": {"c": None}}}, {"a": {"b": {"d": 2}}}),
        ({"a": [1]}, {"a": {"b": {"c": None, "d": 1}}}, {"a": {"b": {"d": 1}}}),
        ({"a": 0}, {"a": False, "b": ""}, {"a": False, "b": ""}),
    ],
)
def test_patch_is_merged(target: dict[str, Any], patch: dict[str, Any], expected: dict[str, Any]) -> None:
    kept = repr(target)
    assert merge_patch(target, patch) == expected
    assert repr(target) == kept


def test_pointer_is_escaped() -> None:
    assert pointer("carries", "a/b~c", 3) == "/carries/a~1b~0c/3"
    assert pointer() == ""
