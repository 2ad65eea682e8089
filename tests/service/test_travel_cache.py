"""Travel that never costs twice: in one process, over processes, and beside a database that does not want to."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from service.errors import StorageFull
from service.store.database import Database
from service.store.tables import Table, TravelBlockRow, TravelLineRow, TravelSnapRow
from service.travel import FormulaTravel, Place, Snap
from service.travel.cache import MERGED_FROM, CachedTravel, ask_all
from service.travel.cache_blocks import MOST_RECTANGLES, Question, Sheet, code_of, place_of
from service.travel.cache_outside import Missing, asked_outside, once_per_work
from service.travel.cache_rows import read_shape, write_shape
from tests.service.fake_roads import PEAK, RUSH, FakeRoads
from tests.service.rows import EXAMPLES

NOW = datetime(2020, 3, 13, 5, 30, tzinfo=UTC)
PLACES: list[Place] = [(48.1 + number / 500, -1.7 + number / 300) for number in range(30)]


class Clock:
    """The real time, as the test wants it."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def roads() -> FakeRoads:
    return FakeRoads(RUSH)


class Processes:
    """Caches that share nothing but the database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self.begun: list[CachedTravel] = []

    def begin(self, version: str = "graph-1", roads: FakeRoads | None = None) -> tuple[CachedTravel, FakeRoads]:
        """One more."""
        roads = roads or FakeRoads(RUSH, version)
        self.begun.append(CachedTravel(roads, self.database, self.clock))
        return self.begun[-1], roads


@pytest.fixture
def processes(database: Database, clock: Clock) -> Iterator[Processes]:
    all_of_them = Processes(database, clock)
    yield all_of_them
    assert all(travel.settle() for travel in all_of_them.begun)


@pytest.fixture
def cached(processes: Processes, roads: FakeRoads) -> CachedTravel:
    return processes.begin(roads=roads)[0]


def count(database: Database, table: type[Table] = TravelBlockRow) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def assert_is_formulas(travel: CachedTravel, origins: list[Place], destinations: list[Place]) -> None:
    """What is remembered is what would be answered."""
    told = travel.table("car", origins, destinations)
    starts, ends = ([place_of(code_of(place)) for place in places] for places in (origins, destinations))
    wanted = FormulaTravel().table("car", starts, ends)
    assert (told.seconds == wanted.seconds).all()
    assert (told.metres == wanted.metres).all()
    assert (told.source == 1).all()
    assert not told.degraded


# ---- what is asked for ----


def test_same_table_is_asked_for_once(cached: CachedTravel, roads: FakeRoads) -> None:
    for _ in range(3):
        assert_is_formulas(cached, PLACES, PLACES)
    assert roads.asked == [("car", "any", 30, 30)]


def test_part_of_it_in_another_order_costs_nothing(cached: CachedTravel, roads: FakeRoads) -> None:
    assert_is_formulas(cached, PLACES, PLACES)
    assert_is_formulas(cached, PLACES[20:4:-1], PLACES[3:9])
    assert_is_formulas(cached, [PLACES[2], PLACES[2]], [PLACES[5], PLACES[2], PLACES[5]])
    assert len(roads.asked) == 1


def test_new_place_costs_one_row_and_one_column(cached: CachedTravel, roads: FakeRoads) -> None:
    assert_is_formulas(cached, PLACES[:29], PLACES[:29])
    roads.asked.clear()
    assert_is_formulas(cached, PLACES, PLACES)
    assert sorted(roads.asked) == [("car", "any", 1, 30), ("car", "any", 29, 1)]


def test_two_days_together_cost_what_lies_between_them(cached: CachedTravel, roads: FakeRoads) -> None:
    for day in (PLACES[:10], PLACES[10:]):
        assert_is_formulas(cached, day, day)
    roads.asked.clear()
    assert_is_formulas(cached, PLACES, PLACES)
    assert sorted(roads.asked) == [("car", "any", 10, 20), ("car", "any", 20, 10)]


def test_profiles_slots_and_versions_are_kept_apart(cached: CachedTravel, roads: FakeRoads) -> None:
    day = cached.table("car", PLACES, PLACES)
    rush = cached.table("car", PLACES, PLACES, PEAK)
    walk = cached.table("foot", PLACES, PLACES)
    assert (rush.seconds >= day.seconds).all()
    assert (walk.seconds >= day.seconds).all()
    assert len(roads.asked) == 3
    roads.version = "graph-2"
    cached.table("car", PLACES, PLACES)
    assert len(roads.asked) == 4


def test_degraded_answer_is_not_kept(cached: CachedTravel, database: Database, roads: FakeRoads) -> None:
    roads.down = True
    for _ in range(2):
        assert cached.table("car", PLACES, PLACES).degraded
    assert len(roads.asked) == 2
    roads.down = False
    assert not cached.table("car", PLACES, PLACES).degraded
    assert cached.settle()
    assert count(database) == 1


def test_remembered_ways_outlive_the_engine(cached: CachedTravel, roads: FakeRoads) -> None:
    cached.table("car", PLACES, PLACES)
    roads.down = True
    assert_is_formulas(cached, PLACES, PLACES)


def test_empty_tables_have_their_shape(cached: CachedTravel) -> None:
    assert cached.table("car", [], PLACES).seconds.shape == (0, 30)
    assert cached.table("car", PLACES, []).metres.shape == (30, 0)


@EXAMPLES
@given(
    st.lists(st.tuples(st.sets(st.integers(0, 11), min_size=1), st.sets(st.integers(0, 11), min_size=1)), max_size=6)
)
def test_gaps_are_what_is_missing_and_nothing_else(parts: list[tuple[set[int], set[int]]]) -> None:
    codes = tuple(code_of(place) for place in PLACES[:12])
    sheet = Sheet(("v", "car", "any"), codes, codes)
    for rows, columns in parts:
        sheet.known[np.ix_(sorted(rows), sorted(columns))] = True
    asked = np.zeros((12, 12), int)
    for origins, destinations in sheet.gaps():
        asked[np.ix_([codes.index(one) for one in origins], [codes.index(one) for one in destinations])] += 1
    assert (asked[~sheet.known] == 1).all()
    kinds = {row.tobytes() for row in sheet.known if not row.all()}
    if len(kinds) <= MOST_RECTANGLES:
        assert not asked[sheet.known].any()


@EXAMPLES
@given(st.tuples(st.floats(-90, 90), st.floats(-180, 180)))
def test_place_survives_its_number(place: Place) -> None:
    back = place_of(code_of(place))
    assert back == pytest.approx(place, abs=6e-7)
    assert code_of(back) == code_of(place)


# ---- over processes ----


def test_another_process_reads_what_this_one_asked(
    cached: CachedTravel, processes: Processes, roads: FakeRoads
) -> None:
    cached.table("car", PLACES, PLACES)
    assert cached.settle()
    other, others = processes.begin()
    assert_is_formulas(other, PLACES, PLACES)
    assert (others.asked, len(roads.asked)) == ([], 1)
    other.table("car", [(47.0, -1.0)], PLACES)
    assert other.settle()
    cached.table("car", [(47.0, -1.0)], PLACES)
    assert len(roads.asked) == 1


def test_many_small_blocks_become_one(cached: CachedTravel, processes: Processes, database: Database) -> None:
    for number in range(2, 2 + MERGED_FROM):
        assert_is_formulas(cached, PLACES[:number], PLACES[:number])
    assert cached.settle()
    assert count(database) > 1
    assert_is_formulas(cached, PLACES, PLACES)
    assert cached.settle()
    assert count(database) == 1
    other, others = processes.begin()
    assert_is_formulas(other, PLACES, PLACES)
    assert others.asked == []


def test_block_that_another_process_replaced_is_asked_for_again(
    cached: CachedTravel, processes: Processes, database: Database
) -> None:
    cached.table("car", PLACES, PLACES)
    assert cached.settle()
    other, others = processes.begin()
    other.table("car", PLACES[:1], PLACES[:1])
    with database.write() as session:
        session.execute(text("DELETE FROM travel_block"))
    other._cells.clear()
    assert_is_formulas(other, PLACES, PLACES)
    assert others.cells == 900
    assert other.settle()


def test_two_processes_write_at_once(processes: Processes, database: Database) -> None:
    both = [processes.begin() for _ in range(2)]
    barrier = Barrier(2)

    def ask(travel: CachedTravel) -> None:
        barrier.wait(timeout=30)
        for number in range(5, 30, 5):
            travel.table("car", PLACES[:number], PLACES[:number])
            travel.lines("car", PLACES[:number])

    threads = [Thread(target=ask, args=(travel,)) for travel, _ in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert all(travel.settle(30) for travel, _ in both)
    last, asked = processes.begin()
    assert_is_formulas(last, PLACES[:25], PLACES[:25])
    assert asked.asked == []
    assert count(database, TravelLineRow) == 24


# ---- a database that does not want to ----


def test_locked_database_costs_only_the_memory(
    cached: CachedTravel, database: Database, clock: Clock, roads: FakeRoads, sqlite_url: str
) -> None:
    database = Database(sqlite_url)
    cached = CachedTravel(roads, database, clock)
    holder = sqlite3.connect(str(database.url.database), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert_is_formulas(cached, PLACES, PLACES)
    assert_is_formulas(cached, PLACES, PLACES)
    assert len(roads.asked) == 1
    holder.execute("ROLLBACK")
    holder.close()
    assert cached.settle(30)
    assert count(database) == 1  # it was written when the other had gone
    database.close()


def test_full_disk_costs_only_the_memory(
    cached: CachedTravel, database: Database, clock: Clock, roads: FakeRoads, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise StorageFull("the disk is full")

    cached = CachedTravel(roads, database, clock)
    with monkeypatch.context() as patch:
        patch.setattr(database, "write", full)
        assert_is_formulas(cached, PLACES, PLACES)
        assert cached.settle()
    assert_is_formulas(cached, PLACES, PLACES)
    assert (len(roads.asked), count(database)) == (1, 0)


def test_database_without_the_tables_costs_only_the_memory(
    cached: CachedTravel, database: Database, clock: Clock, roads: FakeRoads, tmp_path: object
) -> None:
    database = Database(f"sqlite:///{tmp_path}/empty.sqlite3")
    cached = CachedTravel(roads, database, clock)
    assert_is_formulas(cached, PLACES, PLACES)
    assert len(cached.lines("car", PLACES)) == 29
    assert cached.snaps("car", PLACES[:1]) == [Snap(3.0)]
    assert cached.settle()
    database.close()


def test_asking_within_a_writers_transaction_does_not_wait_for_it(
    cached: CachedTravel, database: Database, roads: FakeRoads
) -> None:
    with database.write():
        assert_is_formulas(cached, PLACES, PLACES)
    assert cached.settle()
    assert (len(roads.asked), count(database)) == (1, 1)


# ---- personal data ----


@pytest.mark.parametrize("column", ["origins", "destinations", "seconds", "metres", "source"])
@pytest.mark.parametrize("spoil", [lambda it: it[:-3], lambda it: bytes([it[0] ^ 1]) + it[1:], lambda _: b""])
def test_damaged_block_is_asked_for_again(
    processes: Processes, database: Database, column: str, spoil: Callable[[bytes], bytes]
) -> None:
    first, _ = processes.begin()
    first.table("car", PLACES[:9], PLACES[:9])
    first.table("car", PLACES[20:], PLACES[20:])
    assert first.settle()
    with database.write() as session:
        row = session.scalars(select(TravelBlockRow).order_by(func.length(TravelBlockRow.seconds))).first()
        assert row is not None
        setattr(row, column, spoil(getattr(row, column)))
    second, roads = processes.begin()
    assert_is_formulas(second, PLACES[20:], PLACES[20:])
    assert roads.asked == []
    assert_is_formulas(second, PLACES[:9], PLACES[:9])
    assert roads.asked == [("car", "any", 9, 9)]


def test_damaged_line_is_drawn_again(processes: Processes, database: Database) -> None:
    first, roads = processes.begin()
    lines = first.lines("car", PLACES[:3])
    assert first.settle()
    with database.write() as session:
        for row in session.scalars(select(TravelLineRow)):
            row.shape = row.shape[:-3]
    second, _ = processes.begin(roads=roads)
    assert second.recall_lines("car", [(PLACES[0], PLACES[1])]) == [None]
    assert second.lines("car", PLACES[:3]) == lines
    assert second.settle()
    third, _ = processes.begin(roads=roads)
    drawn = roads.drawn
    assert [line.source for line in third.lines("car", PLACES[:3])] == ["osrm"] * 2
    assert roads.drawn == drawn


def test_what_nobody_asks_for_is_forgotten(
    processes: Processes, database: Database, clock: Clock, roads: FakeRoads
) -> None:
    old, _ = processes.begin()
    old.table("car", PLACES[:5], PLACES[:5])
    old.lines("car", PLACES[:5])
    old.snaps("car", PLACES[:5])
    assert old.settle()
    clock.at = NOW + timedelta(days=20)
    reader, _ = processes.begin()
    reader.table("car", PLACES[:5], PLACES[:5])
    reader.lines("car", PLACES[:3])
    assert reader.settle()
    clock.at = NOW + timedelta(days=31)
    later, roads = processes.begin()
    later.table("car", PLACES[10:12], PLACES[10:12])  # something to write
    assert later.settle()
    assert count(database) == 2  # its own, and the one that was read meanwhile
    assert count(database, TravelLineRow) == 2
    assert count(database, TravelSnapRow) == 0
    assert_is_formulas(later, PLACES[:5], PLACES[:5])
    assert len(roads.asked) == 1


def test_other_versions_are_forgotten_soon(processes: Processes, database: Database, clock: Clock) -> None:
    old, _ = processes.begin()
    old.table("car", PLACES, PLACES)
    assert old.settle()
    clock.at = NOW + timedelta(hours=2)
    new, _ = processes.begin("graph-2")
    new.table("car", PLACES, PLACES)
    assert new.settle()
    assert count(database) == 2  # another process may still have the old graph
    clock.at = NOW + timedelta(days=2)
    last, _ = processes.begin("graph-2")
    last.table("car", [(47.0, -1.0)], PLACES)
    assert last.settle()
    with database.read() as session:
        assert set(session.scalars(select(TravelBlockRow.version))) == {"graph-2"}


# ---- outside transactions ----


def test_work_that_can_be_begun_anew_asks_outside(cached: CachedTravel, database: Database, roads: FakeRoads) -> None:
    begun, located = [], []

    def work() -> int:
        begun.append(1)
        once_per_work("located", lambda: located.append(1))
        with database.write():
            tables = ask_all(cached, [Question("car", PLACES, PLACES, slot) for slot in ("any", PEAK)])
            walk = cached.table("foot", PLACES[:2], PLACES[:2])
            return int(tables[0].seconds.sum() + tables[1].seconds.sum() + walk.seconds.sum())

    asked = asked_outside(work)
    assert (roads.asked_inside, len(roads.asked)) == (0, 3)
    assert (len(begun), len(located)) == (3, 1)
    assert asked_outside(work) == asked
    assert len(begun) == 4


def test_engine_that_is_down_is_asked_outside_too(cached: CachedTravel, database: Database, roads: FakeRoads) -> None:
    roads.down = True

    def work() -> bool:
        with database.read():
            return cached.table("car", PLACES, PLACES).degraded

    assert asked_outside(work)
    assert (roads.asked_inside, len(roads.asked)) == (0, 1)


def test_without_it_the_engine_is_asked_inside(cached: CachedTravel, database: Database, roads: FakeRoads) -> None:
    with database.read():
        cached.table("car", PLACES, PLACES)
    assert roads.asked_inside == 1


def test_work_that_never_has_enough_asks_inside_at_last(
    cached: CachedTravel, database: Database, roads: FakeRoads
) -> None:
    begun: list[int] = []

    def work() -> None:
        begun.append(1)
        with database.read():
            cached.table("car", [(40.0 + len(begun), 0.0)], PLACES)

    asked_outside(work)
    assert roads.asked_inside == 1


def test_other_failures_are_those_of_the_work(cached: CachedTravel) -> None:
    def work() -> None:
        cached.table("car", PLACES, PLACES)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asked_outside(work)
    assert not issubclass(Missing, ValueError)


# ---- lines and snaps ----


def test_legs_are_drawn_once(cached: CachedTravel, processes: Processes, roads: FakeRoads) -> None:
    lines = cached.lines("car", PLACES)
    assert [line.source for line in lines] == ["osrm"] * 29
    again = cached.lines("car", PLACES)
    assert np.allclose([line.places for line in again], [line.places for line in lines], atol=1e-6)
    assert roads.drawn == 29
    assert cached.settle()
    other, others = processes.begin()
    assert other.recall_lines("car", [(PLACES[3], PLACES[4]), (PLACES[4], PLACES[3])]) == [again[3], None]
    assert len(other.lines("car", PLACES[5:])) == 24
    assert others.drawn == 0


def test_straight_legs_are_drawn_anew_each_time(cached: CachedTravel, database: Database, roads: FakeRoads) -> None:
    roads.down = True
    assert [line.source for line in cached.lines("car", PLACES[:3])] == ["formula", "formula"]
    roads.down = False
    assert [line.source for line in cached.lines("car", PLACES[:3])] == ["osrm", "osrm"]
    assert cached.settle()
    assert count(database, TravelLineRow) == 2


@EXAMPLES
@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=2, max_size=20))
def test_shape_survives_its_bytes(places: list[Place]) -> None:
    back = read_shape(write_shape(places), "osrm")
    assert back.source == "osrm"
    assert np.allclose(back.places, places, atol=6e-7)


def test_snaps_are_asked_for_once(cached: CachedTravel, processes: Processes, roads: FakeRoads) -> None:
    roads.far[place_of(code_of(PLACES[1]))] = Snap(412.5, True)
    assert cached.recall_snaps("car", PLACES[:2]) == [None, None]
    assert cached.snaps("car", [*PLACES[:2], PLACES[1]]) == [Snap(3.0), Snap(412.5, True), Snap(412.5, True)]
    assert cached.snaps("car", PLACES[:2]) == cached.recall_snaps("car", PLACES[:2])
    assert len(roads.snapped) == 2
    assert cached.settle()
    other, others = processes.begin()
    assert other.recall_snaps("car", PLACES[:3]) == [Snap(3.0), Snap(412.5, True), None]
    assert others.snapped == []


def test_snaps_of_an_engine_that_comes_back_meanwhile_are_not_kept(cached: CachedTravel, roads: FakeRoads) -> None:
    """Whoever was refused while another found it well again was told nothing about the place."""
    roads.down = True
    snaps = roads.snaps

    def answer(profile: str, places: Sequence[Place]) -> list[Snap]:
        told = snaps(profile, places)
        roads.down = False
        return told

    roads.snaps = answer  # type: ignore[method-assign]
    assert cached.snaps("car", PLACES[:1]) == [Snap(None)]
    assert cached.recall_snaps("car", PLACES[:1]) == [None]
    assert cached.snaps("car", PLACES[:1]) == [Snap(3.0)]


def test_snaps_of_an_engine_that_is_down_are_not_kept(cached: CachedTravel, roads: FakeRoads) -> None:
    roads.down = True
    assert cached.snaps("car", PLACES[:1]) == [Snap(None)]
    assert cached.recall_snaps("car", PLACES[:1]) == [None]
    roads.down = False
    assert cached.snaps("car", PLACES[:1]) == [Snap(3.0)]
