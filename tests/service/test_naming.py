"""Ids and seconds of the planner in a dispatcher's words."""

import pytest

from service.planning.naming import Names
from tests.service.rows import a_depot_row, a_job_row, a_technician_row, days_from, planning_data

DATA = planning_data(
    a_technician_row(), a_technician_row("bert"), jobs=[a_job_row(id="job_1")], depots={"depot_1": a_depot_row()}
)
NAMES, HIDDEN = Names.of(DATA, days_from()), Names.hidden(DATA, days_from())


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("tech_anna would meet tech_bert", "Anna would meet Bert"),
        ("2 by tech_bert/2020-03-17", "2 by Bert on 2020-03-17"),
        (
            "comes after job_1, which tech_anna ends at 36000 s",
            "comes after job K7QF, which Anna ends at 2020-03-16 10:00",
        ),
        ("from 36000 to 39660 at place 7", "from 2020-03-16 10:00 to 2020-03-16 11:01"),
        ("takes 2 laptop of depot depot_1 at 30063", "takes 2 laptop of depot Noyal at 2020-03-16 08:21"),
        ("Anna of bubble /tech_anna (job_1)", "Anna (job K7QF)"),
        ("Anna of bubble A", "Anna of bubble A"),
        ("1800 s should lie between", "30 min should lie between"),
        ("at least 61 s", "at least 61 s"),
        ("network at level 2 is needed", "network at level 2 is needed"),
        ("tech_gone and job_gone", "tech_gone and job_gone"),
        ("over at 2020-03-16T10:00:00+01:00", "over at 2020-03-16T10:00:00+01:00"),
    ],
)
def test_detail_is_told_in_words(said: str, words: str) -> None:
    assert NAMES.in_words(said) == words
    assert NAMES.in_words(words) == words  # saying it again changes nothing


def test_portal_hears_of_nobody() -> None:
    told = HIDDEN.in_words("tech_anna meets tech_bert/2020-03-16 at job_1, depot_1")
    assert told == "somebody meets somebody on 2020-03-16 at another job, the depot"


def test_jobs_of_the_board_are_known_too() -> None:
    names = Names.of(DATA, days_from(), {"job_7": "ABCD"})
    assert names.in_words("job_7 and job_1") == "job ABCD and job K7QF"
