"""An import is whole, or names every fault and changes nothing."""

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from service.addresses.extract import LONGEST_LINE
from service.addresses.faults import MOST_LISTED, BadExtract
from service.addresses.finding import find_address
from service.addresses.importing import addresses_in, import_addresses
from service.addresses.index import AddressIndex, UnreadableIndex
from tests.service.addresses.extracts import HEADING, LEPERDIT, STREETS, WHEN, bring, row, rows_of, write

ADDRESS = "4 rue Leperdit, 35000 Rennes"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where the index goes."""
    return tmp_path / "deep" / "addresses.sqlite3"


def kept(target: Path) -> list[str]:
    """What stands beside the index."""
    return sorted(file.name for file in target.parent.iterdir() if not file.name.endswith(".lock"))


@pytest.mark.parametrize("name", ["adresses-35.csv.gz", "adresses-35.csv"])
def test_file_becomes_an_index(tmp_path: Path, target: Path, name: str) -> None:
    done = bring(write(tmp_path / name, rows_of()), target)
    assert (done.streets, done.numbers, done.left_out, done.unchanged) == (len(STREETS), 17, 0, False)
    assert find_address(AddressIndex.open(target, "addresses"), ADDRESS).label == "4 Rue Leperdit 35000 Rennes"
    about = addresses_in(target)
    assert about is not None
    assert (about["file"], about["imported_at"], about["numbers"]) == (name, "2026-01-02T03:00:00+00:00", "17")
    assert len(about["sha256"]) == 64
    assert kept(target) == ["addresses.sqlite3"]


def test_second_run_of_the_same_file_does_nothing(tmp_path: Path, target: Path) -> None:
    file = write(tmp_path / "a.csv.gz", rows_of())
    bring(file, target)
    before = target.stat().st_ino
    assert bring(file, target).unchanged
    assert target.stat().st_ino == before
    write(file, rows_of([LEPERDIT]))
    assert bring(file, target).streets == 1
    assert target.stat().st_ino != before


def test_columns_may_stand_elsewhere_and_be_more(tmp_path: Path, target: Path) -> None:
    heading = "lat;lon;nom_commune;code_insee;code_postal;nom_voie;rep;numero;id_ban_adresse"
    file = write(tmp_path / "a.csv", ["48.1131;-1.6809;Rennes;35238;35000;Rue Leperdit;bis;4;x"], "\ufeff" + heading)
    bring(file, target)
    assert find_address(AddressIndex.open(target, "addresses"), "4bis rue leperdit Rennes").precision == "house"


def test_quoted_names_are_read(tmp_path: Path, target: Path) -> None:
    line = '1;;4;;"Rue ""du Coq""; haute";35000;35238;Rennes;;;;;-1.68;48.11;;;;;;;;1;'
    bring(write(tmp_path / "a.csv", [line]), target)
    assert AddressIndex.open(target, "addresses").candidates('"coq"')[0].name == 'Rue "du Coq"; haute'


BAD = {
    "numero": row("quatre", "", LEPERDIT, "48.1", "-1.6"),
    "numero ": row("4_0", "", LEPERDIT, "48.1", "-1.6"),
    "numero  ": row("999999999999", "", LEPERDIT, "48.1", "-1.6"),
    "rep": row("4", "x" * 30, LEPERDIT, "48.1", "-1.6"),
    "nom_voie": row("4", "", ("", "35238", "Rennes", "35000", ()), "48.1", "-1.6"),
    "nom_voie ": row("4", "", ("Rue\x07", "35238", "Rennes", "35000", ()), "48.1", "-1.6"),
    "nom_commune": row("4", "", ("Rue A", "35238", "", "35000", ()), "48.1", "-1.6"),
    "code_postal": row("4", "", ("Rue B", "35238", "Rennes", "35 00", ()), "48.1", "-1.6"),
    "code_insee": row("4", "", ("Rue C", "Rennes", "Rennes", "35000", ()), "48.1", "-1.6"),
    "lon/lat": row("4", "", LEPERDIT, "nord", "-1.6"),
    "lon/lat ": row("4", "", LEPERDIT, "nan", "-1.6"),
    "lon/lat  ": row("4", "", LEPERDIT, "148.1", "-1.6"),
    "lon/lat   ": row("4", "", LEPERDIT, "-1.68", "48.1"),
    "wrong number of columns": "1;2;3",
}


@pytest.mark.parametrize("kind", BAD)
def test_fault_is_named_with_its_line_and_nothing_is_changed(tmp_path: Path, target: Path, kind: str) -> None:
    bring(write(tmp_path / "good.csv", rows_of([LEPERDIT])), target)
    before = target.read_bytes()
    with pytest.raises(BadExtract) as refused:
        bring(write(tmp_path / "bad.csv", [*rows_of(), BAD[kind]]), target)
    text = str(refused.value)
    assert "1 of 18 rows cannot be used; nothing was imported. --skip-bad imports the other 17." in text
    assert f"1 x {kind.strip()}" in text
    assert "line 19: " in text
    assert target.read_bytes() == before
    assert kept(target) == ["addresses.sqlite3"]


def test_row_with_several_faults_names_them_all(tmp_path: Path, target: Path) -> None:
    bad = row("x", "", ("", "?", "", "?", ()), "a", "b")
    with pytest.raises(BadExtract) as refused:
        bring(write(tmp_path / "bad.csv", [*rows_of(), bad]), target)
    for name in ("numero", "nom_voie", "nom_commune", "code_postal", "code_insee", "lon"):
        assert name in str(refused.value)


def test_ten_thousand_faults_are_counted_and_some_are_listed(tmp_path: Path, target: Path) -> None:
    bad = [row("x", "", LEPERDIT, "48.1", "-1.6")] * 7_000 + [row("4", "", LEPERDIT, "", "")] * 3_000
    file = write(tmp_path / "bad.csv.gz", [*bad, *rows_of()])
    with pytest.raises(BadExtract) as refused:
        bring(file, target)
    text = str(refused.value)
    assert "10 000 of 10 017 rows cannot be used" in text
    assert "7 000 x numero" in text
    assert "3 000 x lon/lat" in text
    assert text.count("line ") == MOST_LISTED
    assert f"and {10_000 - MOST_LISTED:,} more rows".replace(",", " ") in text
    assert not target.exists()
    done = bring(file, target, skip_bad=True)
    assert (done.numbers, done.left_out) == (17, 10_000)
    assert "7 000 x numero" in done.told
    assert find_address(AddressIndex.open(target, "addresses"), ADDRESS).located
    about = addresses_in(target)
    assert about is not None
    assert about["left_out"] == "10000"
    with pytest.raises(BadExtract):
        bring(file, target)  # that some were left out was agreed to then, not now
    assert bring(file, target, skip_bad=True).unchanged


def test_letters_of_another_encoding_are_faults_of_their_rows(tmp_path: Path, target: Path) -> None:
    file = tmp_path / "latin.csv"
    file.write_bytes("\n".join([HEADING, *rows_of()]).encode("latin-1"))
    with pytest.raises(BadExtract, match="not UTF-8"):
        bring(file, target)


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def spoilt(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(255 - one for one in data[middle : middle + 20]) + data[middle + 20 :]


PACKED = gzip.compress("\n".join([HEADING, *rows_of() * 50]).encode())

USELESS = {
    "cut": (cut(PACKED), "cut off before its end"),
    "spoilt": (spoilt(PACKED), "damaged|cut off"),
    "empty": (b"", "is empty"),
    "empty-gz": (gzip.compress(b""), "is empty"),
    "heading": (HEADING.encode(), "no row"),
    "commas": (HEADING.replace(";", ",").encode() + b"\n", "semicolons are wanted"),
    "columns": (b"id;name\n1;x\n", "missing: numero, rep, nom_voie"),
    "utf-16": (("\ufeff" + HEADING).encode("utf-16"), "no UTF-8"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(500), "no UTF-8|missing"),
    "one-line": (HEADING.encode() + b"\n" + b"x" * (2 * LONGEST_LINE), "more than"),
    "all-bad": (HEADING.encode() + b"\n1;2\n3;4\n", "No row can be used"),
}


@pytest.mark.parametrize("name", USELESS)
@pytest.mark.parametrize("skip_bad", [False, True])
def test_useless_file_is_refused_whole(tmp_path: Path, target: Path, name: str, skip_bad: bool) -> None:
    data, said = USELESS[name]
    file = tmp_path / "a.csv.gz"
    file.write_bytes(data)
    with pytest.raises(BadExtract, match=said):
        bring(file, target, skip_bad=skip_bad)
    assert kept(target) == []


def test_missing_file_and_folder_are_refused(tmp_path: Path, target: Path) -> None:
    with pytest.raises(BadExtract, match="There is no file"):
        bring(tmp_path / "nothing.csv.gz", target)
    with pytest.raises(BadExtract, match="cannot be read"):
        bring(tmp_path, target)


def test_disk_that_takes_nothing_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "addresses.sqlite3"
    target.mkdir()  # a file cannot take its place
    with pytest.raises(BadExtract, match="cannot be written"):
        bring(write(tmp_path / "a.csv", rows_of()), target)
    assert kept(target) == ["a.csv", "addresses.sqlite3"]


def test_addresses_of_another_region_are_imported_with_a_warning(tmp_path: Path, target: Path) -> None:
    file = write(tmp_path / "a.csv", rows_of())
    done = import_addresses(file, target, lambda: WHEN, lambda *_: None, skip_bad=False, boxes=[(43.0, 5.0, 44.0, 6.0)])
    assert "is this the right department?" in done.told
    assert target.exists()
    target.unlink()
    done = import_addresses(
        file, target, lambda: WHEN, lambda *_: None, skip_bad=False, boxes=[(48.0, -2.0, 48.3, -1.4)]
    )
    assert done.told == ""


def test_what_a_killed_import_left_is_taken_away(tmp_path: Path, target: Path) -> None:
    target.parent.mkdir()
    (target.parent / f".{target.name}.12345.new").write_bytes(b"half")
    bring(write(tmp_path / "a.csv", rows_of()), target)
    assert kept(target) == ["addresses.sqlite3"]


def test_index_of_another_format_or_damaged_is_not_read(tmp_path: Path, target: Path) -> None:
    bring(write(tmp_path / "a.csv", rows_of()), target)
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("UPDATE about SET value = '0' WHERE name = 'format'")
        connection.commit()
    with pytest.raises(UnreadableIndex, match="format 0"):
        AddressIndex.open(target, "addresses")
    target.write_bytes(b"no database" * 1000)
    with pytest.raises(UnreadableIndex):
        AddressIndex.open(target, "addresses")
    assert addresses_in(target) is None


def test_two_imports_at_once_are_one(tmp_path: Path, target: Path) -> None:
    file = write(tmp_path / "a.csv", rows_of())
    refused: list[str] = []

    def try_another(_done: int, _size: int) -> None:
        with pytest.raises(BadExtract) as error:
            bring(file, target)
        refused.append(str(error.value))

    import_addresses(file, target, lambda: WHEN, try_another, skip_bad=False, boxes=[])
    assert refused == ["Another import is running: wait for its end."]
    assert bring(file, target).unchanged
