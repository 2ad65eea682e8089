"""Travel that never costs twice: a source behind a memory in this process and in the database."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from threading import Lock

from service.store.database import Database
from service.store.events import new_id
from service.travel.cache_blocks import Header, Key, Question, Sheet, place_of
from service.travel.cache_lines import LineCache
from service.travel.cache_outside import Gap, Missing, has_to_wait, told
from service.travel.cache_rows import block_row
from service.travel.cache_snaps import SnapCache
from service.travel.cache_store import FRESH, Store, Writer
from service.travel.formula import FormulaTravel
from service.travel.haste import Haste
from service.travel.slots import ANY, Slots
from service.travel.source import Line, Place, Snap, State, Tables, TravelSource

SIDE_BY_SIDE = 2
"""A new place's row and column: an engine in process has two processes, and a server more."""

MERGED_FROM = 8
"""A table that lies in more blocks is kept as one, in their place."""

LARGEST_MERGED = 2_000_000
"""Ways in one block at most."""

MOST_BLOCKS = 400
"""Per profile and slot; the longest unused go first."""

MOST_CELLS = 8_000_000
"""Ways whose numbers a process holds, at nine bytes."""

FLUSH_S = 5.0


class CachedTravel:
    """A travel source that asks another one only for what it does not remember."""

    def __init__(self, source: TravelSource, database: Database, now: Callable[[], datetime]) -> None:
        self.source = source
        self._now = now
        self._store = Store(database)
        self._writer = Writer(database, now, lambda: source.version)
        self._lines = LineCache(source, self._store, self._writer, now)
        self._haste = Haste()
        self._snaps = SnapCache(source, self._store, self._writer, now, self._haste)
        self._lock = Lock()
        self._headers: dict[Key, dict[str, Header]] = {}
        self._cells: OrderedDict[str, Tables] = OrderedDict()
        self._held = 0

    @property
    def name(self) -> str:
        """Who answers."""
        return self.source.name

    @property
    def version(self) -> str:
        """Another one whenever the answers may be others."""
        return self.source.version

    @property
    def slots(self) -> Slots:
        """Which slots of the day it tells apart."""
        return self.source.slots

    def state(self) -> State:
        """Whether the source answers itself."""
        return self.source.state()

    def table(self, profile: str, origins: Sequence[Place], destinations: Sequence[Place], slot: str = ANY) -> Tables:
        """The ways from all origins to all destinations."""
        return self.tables([Question(profile, origins, destinations, slot)])[0]

    def tables(self, questions: Sequence[Question]) -> list[Tables]:
        """Several tables; what is missing of all of them is known before anything is asked.

        Raises Missing inside a transaction whose work can be begun anew.
        """
        version = self.source.version
        sheets = [question.sheet(version) for question in questions]
        used = [self._fill(sheet) for sheet in sheets]
        gaps = [(number, (sheet.key, *gap)) for number, sheet in enumerate(sheets) for gap in sheet.gaps()]
        if gaps and has_to_wait():
            raise Missing(self, [gap for _, gap in gaps])
        for (number, _), answer in zip(gaps, self.ask_all([gap for _, gap in gaps]), strict=True):
            self._take(sheets[number], [answer])
            used[number].add(answer[0].name)
        for sheet, blocks in zip(sheets, used, strict=True):
            self._tidy(sheet, blocks)
        return [question.tables_from(sheet) for question, sheet in zip(questions, sheets, strict=True)]

    def ask_all(self, gaps: Sequence[Gap]) -> list[tuple[Header, Tables]]:
        """Ask the source, side by side, and remember what it says itself."""
        if not gaps:
            return []
        return self._haste.ask(lambda: self._ask_now(gaps), lambda: [self._estimate(gap) for gap in gaps])

    def _ask_now(self, gaps: Sequence[Gap]) -> list[tuple[Header, Tables]]:
        if len(gaps) == 1:
            return [self._ask(gaps[0])]
        with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
            asked = [threads.submit(copy_context().run, self._ask, gap) for gap in gaps]
            return [one.result() for one in asked]

    def _estimate(self, gap: Gap) -> tuple[Header, Tables]:
        """What nobody waits for."""
        (_, profile, slot), origins, destinations = gap
        places = [place_of(code) for code in origins], [place_of(code) for code in destinations]
        tables = FormulaTravel().table(profile, *places, slot)._replace(degraded=True)
        return Header(new_id("ways"), origins, destinations, self._now()), tables

    def _ask(self, gap: Gap) -> tuple[Header, Tables]:
        key, origins, destinations = gap
        _, profile, slot = key
        places = [place_of(code) for code in origins], [place_of(code) for code in destinations]
        tables = self.source.table(profile, *places, slot)
        header = Header(new_id("ways"), origins, destinations, self._now())
        if not tables.degraded and self.source.version == key[0]:
            self._remember(key, header, tables)
            self._writer.add(block_row(key, header, tables))
        return header, tables

    def snaps(self, profile: str, places: Sequence[Place]) -> list[Snap]:
        """How far each place is from a road; asks for those that it does not remember."""
        return self._snaps.ask(profile, places)

    def recall_snaps(self, profile: str, places: Sequence[Place]) -> list[Snap | None]:
        """The same without asking: None where nobody has asked yet."""
        return self._snaps.recall(profile, places)

    def lines(self, profile: str, places: Sequence[Place], slot: str = ANY) -> list[Line]:
        """The legs between successive places."""
        return self._lines.ask(profile, places, slot)

    def recall_lines(self, profile: str, legs: Sequence[tuple[Place, Place]]) -> list[Line | None]:
        """Legs without asking: None where nobody has asked yet."""
        return self._lines.recall(profile, legs)

    def close(self) -> None:
        """Write what is to be kept, and give back what the source holds."""
        self.settle()
        close = getattr(self.source, "close", None)
        if close is not None:
            close()

    def settle(self, timeout_s: float = FLUSH_S) -> bool:
        """Wait until what was asked beside is answered, and what is to be kept written; whether it is."""
        return self._haste.settle(timeout_s) and self._writer.settle(timeout_s)

    def _fill(self, sheet: Sheet) -> set[str]:
        """Fill a table with what is remembered, in this process first; names of the blocks that were used."""
        self._take(sheet, told(sheet.key))
        used = self._take_blocks(sheet)
        if not sheet.known.all():
            self._read_headers(sheet.key)
            used |= self._take_blocks(sheet)
        return used

    def _take(self, sheet: Sheet, answers: Iterable[tuple[Header, Tables]]) -> None:
        by_name = {header.name: (header, tables) for header, tables in answers}
        for overlap in sheet.choose(header for header, _ in by_name.values()):
            sheet.fill(overlap, by_name[overlap.header.name][1])

    def _take_blocks(self, sheet: Sheet) -> set[str]:
        if sheet.known.all():
            return set()
        with self._lock:
            headers = list(self._headers.get(sheet.key, {}).values())
        chosen = sheet.choose(headers)
        tables = self._numbers(sheet.key, [overlap.header for overlap in chosen])
        used = set()
        for overlap in chosen:
            if overlap.header.name in tables:
                sheet.fill(overlap, tables[overlap.header.name])
                used.add(overlap.header.name)
        self._touch(sheet.key, [overlap.header for overlap in chosen if overlap.header.name in used])
        return used

    def _numbers(self, key: Key, headers: Sequence[Header]) -> dict[str, Tables]:
        """The numbers of blocks; a block that is no longer there is forgotten."""
        found: dict[str, Tables] = {}
        with self._lock:
            for header in headers:
                if header.name in self._cells:
                    self._cells.move_to_end(header.name)
                    found[header.name] = self._cells[header.name]
        absent = [header for header in headers if header.name not in found]
        if absent:
            read = self._store.tables(absent)
            with self._lock:
                for header in absent:
                    if header.name in read:
                        self._hold(header, read[header.name])
                    else:
                        self._headers.get(key, {}).pop(header.name, None)
            found |= read
        return found

    def _read_headers(self, key: Key) -> None:
        """Learn what other processes have written, and forget what they replaced."""
        with self._lock:
            known = dict(self._headers.get(key, {}))
        new, there = self._store.headers(key, known.keys())
        with self._lock:
            own = self._headers.setdefault(key, {})
            for name in known.keys() - there:
                if name not in self._cells:  # what we still hold may not have been written yet
                    own.pop(name, None)
            own.update((header.name, header) for header in new)

    def _remember(self, key: Key, header: Header, tables: Tables) -> None:
        with self._lock:
            for old in [one for one in self._headers if one[0] != key[0]]:
                del self._headers[old]
            own = self._headers.setdefault(key, {})
            own[header.name] = header
            self._hold(header, tables)
            if len(own) > MOST_BLOCKS:
                for one in sorted(own.values(), key=lambda block: (block.used_at, block.cells))[: len(own) // 4]:
                    self._drop(key, one.name)

    def _hold(self, header: Header, tables: Tables) -> None:
        """Keep numbers at hand, in place of those that were not asked for longest."""
        if header.name not in self._cells:
            self._held += header.cells
        self._cells[header.name] = tables
        while self._held > MOST_CELLS and len(self._cells) > 1:
            _, oldest = self._cells.popitem(last=False)
            self._held -= oldest.seconds.size

    def _drop(self, key: Key, name: str) -> None:
        self._headers.get(key, {}).pop(name, None)
        tables = self._cells.pop(name, None)
        if tables is not None:
            self._held -= tables.seconds.size

    def _touch(self, key: Key, headers: Sequence[Header]) -> None:
        now = self._now()
        old = [header for header in headers if header.used_at < now - FRESH]
        if not old:
            return
        with self._lock:
            own = self._headers.get(key, {})
            for header in old:
                if header.name in own:
                    own[header.name] = Header(header.name, header.origins, header.destinations, now)
        self._writer.touch([header.name for header in old], now)

    def _tidy(self, sheet: Sheet, used: set[str]) -> None:
        """Keep a table that lies in many blocks as one."""
        whole = len(used) > MERGED_FROM and not sheet.degraded and sheet.known.size <= LARGEST_MERGED
        if not whole or sheet.key[0] != self.source.version:
            return
        header = Header(new_id("ways"), sheet.origins, sheet.destinations, self._now())
        tables = Tables(sheet.seconds.copy(), sheet.metres.copy(), sheet.source.copy())
        with self._lock:
            replaced = [one.name for one in self._headers.get(sheet.key, {}).values() if one.lies_in(sheet)]
            for name in replaced:
                self._drop(sheet.key, name)
        self._remember(sheet.key, header, tables)
        self._writer.replace(block_row(sheet.key, header, tables), replaced)


def ask_all(travel: TravelSource, questions: Sequence[Question]) -> list[Tables]:
    """Several tables of any source; one that remembers is asked for all that it lacks at once."""
    if isinstance(travel, CachedTravel):
        return travel.tables(questions)
    return [travel.table(one.profile, one.origins, one.destinations, one.slot) for one in questions]


def recall_snaps(travel: TravelSource, profile: str, places: Sequence[Place]) -> list[Snap | None]:
    """How places lie to roads as far as that is known without asking an engine."""
    if isinstance(travel, CachedTravel):
        return travel.recall_snaps(profile, places)
    return list(travel.snaps(profile, places))
