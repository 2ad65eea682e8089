"""docs/weights.md names every weight with its default, and its examples follow from them."""

import re
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

from service.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "weights.md").read_text("utf-8")
NAMES = [one.name for one in fields(Settings) if one.name.startswith("weight_")]
WEIGHTS: dict[str, Decimal] = {name.removeprefix("weight_"): getattr(Settings(), name) for name in NAMES}


def test_every_weight_stands_in_the_table_with_its_default() -> None:
    rows = re.findall(r"^\| `TOURNEE_WEIGHT_(\w+)` \| ([\d.]+) \|", PAGE, re.M)
    assert {name.lower(): Decimal(value) for name, value in rows} == WEIGHTS
    assert len(rows) == len(WEIGHTS)


def test_examples_use_the_defaults() -> None:
    per_second_of_driving = WEIGHTS["paid"] + WEIGHTS["travel"]
    assert f"1 + {WEIGHTS['travel']}" in PAGE
    assert f"{WEIGHTS['not_preferred']} / {per_second_of_driving}" in PAGE
    assert WEIGHTS["moved"] / per_second_of_driving == 4 * 60
    assert round(24 * 3600 * WEIGHTS["urgency"] / per_second_of_driving / 60) == 115
    assert f"3600 x {WEIGHTS['overtime']} = 1800" in PAGE
    assert f"{WEIGHTS['left_out']} x 51" in PAGE
