"""Measurements and changes as tables for other programs."""

from __future__ import annotations

import csv
import io
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_reports import CHANGES, FIRST_DAY
from made_up_results import timeline

from progress.cli import main
from progress.exports.clinic_data import clinic_tables, write_tables
from progress.exports.data_dictionary import dictionary_page, dictionary_rows
from progress.exports.data_tables import (
    CHANGE_COLUMNS,
    MEASUREMENT_COLUMNS,
    TREATMENT_COLUMNS,
    Column,
    DataTable,
    Kind,
    change_rows,
    client_cells,
    csv_bytes,
    parquet_bytes,
    rows_of_csv,
)
from progress.metrics import all_metrics
from progress.model import Estimate, Measurement, NotAllowed, NotMeasured, View
from progress.model.people import OPERATOR, Caller, Role
from progress.pipeline import clinic_answers
from progress.pipeline.clinic import Clinic
from progress.store import NewPhoto

FERN = client_cells("0f3a", simulated=True)
COLUMNS = (
    Column("words", Kind.TEXT, "some"),
    Column("count", Kind.WHOLE, "some", "px"),
    Column("size", Kind.NUMBER, "some", "mm", "a paper"),
    Column("day", Kind.DAY, "some"),
    Column("so", Kind.YES_NO, "some"),
)
# Surrogates are no text, and a file of text holds no NUL.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "words": st.none()
            | TEXTS
            | st.sampled_from(["=1+1", "+a", "-a", "@a", "'=a", '"', "\r\n"]),
            "count": st.none() | st.integers(-(2**62), 2**62),
            "size": st.none() | st.floats(allow_nan=False, allow_infinity=False),
            "day": st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1)),
            "so": st.none() | st.booleans(),
        }
    ),
    max_size=6,
)


def in_parquet(content: bytes) -> list[dict[str, object]]:
    return pq.read_table(io.BytesIO(content)).to_pylist()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_csv_and_parquet_hold_what_the_rows_hold(rows: list[dict[str, object]]) -> None:
    table = DataTable("made_up", COLUMNS, rows)
    assert rows_of_csv(csv_bytes(table), COLUMNS) == rows
    assert in_parquet(parquet_bytes(table)) == rows


@given(TEXTS)
def test_no_cell_is_a_formula_to_a_spreadsheet(text: str) -> None:
    row = {"words": text, "count": None, "size": None, "day": None, "so": None}
    content = csv_bytes(DataTable("made_up", COLUMNS, [row])).decode("utf-8")
    cell = next(iter(list(csv.reader(io.StringIO(content, newline="")))[1:]))[0]
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_absent_is_empty_with_a_reason_and_never_a_number() -> None:
    rows = list(change_rows(FERN, timeline()))
    assert rows
    for row in rows:
        absent = row["change"] is None
        assert absent == (row["reason"] is not None)
        assert absent == (row["smallest_detectable_change"] is None)
        assert absent == (row["verdict"] == "not_comparable")
    text = csv_bytes(DataTable("changes", CHANGE_COLUMNS, rows)).decode()
    assert not {"nan", "inf", "None"} & {
        cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line
    }
    assert {row["baseline_date"] for row in rows} == {FIRST_DAY}
    assert rows[0]["days"] == 9
    assert rows[0]["healing"] is True


def test_another_header_is_refused() -> None:
    with pytest.raises(ValueError, match="expected the columns of this table"):
        rows_of_csv(b"a,b\r\n1,2\r\n", COLUMNS)


def test_parquet_fields_carry_units_and_the_file_its_versions() -> None:
    schema = pq.read_schema(io.BytesIO(parquet_bytes(DataTable("made_up", COLUMNS, []))))
    assert schema.field("size").metadata == {
        b"meaning": b"some",
        b"unit": b"mm",
        b"source": b"a paper",
    }
    assert schema.metadata[b"format"] == b"progress.data/1"
    assert schema.metadata[b"made_with"].startswith(b"skin-progress ")
    assert b'"redness": {"version"' in schema.metadata[b"metrics"]


def test_the_dictionary_tells_every_column_and_every_metric() -> None:
    tables = [
        DataTable(name, columns, [])
        for name, columns in (
            ("measurements", MEASUREMENT_COLUMNS),
            ("changes", CHANGE_COLUMNS),
            ("treatments", TREATMENT_COLUMNS),
        )
    ]
    rows = dictionary_rows(tables)
    told = {(row[0], row[1]) for row in rows}
    for table in tables:
        assert {(table.name, column.name) for column in table.columns} <= told
    assert {("metric", one.id) for one in all_metrics()} <= told
    assert all(row[4] for row in rows)
    page = dictionary_page(tables).decode()
    assert page.count("\n## ") == 4
    assert "no diagnosis" in page


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A record of one client with two visits, measured, and a course with made-up figures."""
    place = tmp_path / "home"
    with Clinic.open(place, caller=OPERATOR) as clinic:
        client = clinic.add_client("fern", note="=private")
        clinic.add_treatment(client.id, day=FIRST_DAY, kind="=peel", note="by Dr Ivy")
        with clinic._store.work() as work:
            for number, day in enumerate((FIRST_DAY, date(2026, 6, 22))):
                shot = NewPhoto(f"shot {number}".encode(), "ivy.jpg", View.FRONTAL, (61, 83))
                visit = work.add_session(client.id, day, photos=[shot])
                digest = (visit.photos[0].sha256,)
                work.save_measurements(
                    visit.id,
                    [
                        Measurement("redness", 1, "chin", "OD", found, digest, "made-up")
                        for found in (
                            [Estimate(0.1 + 0.2, 1e-3, 700)]
                            if not number
                            else [NotMeasured("dark")]
                        )
                    ],
                )
    monkeypatch.setattr(clinic_answers.ClinicAnswers, "timeline", lambda *_, **__: timeline())
    return place


def test_the_tables_are_what_the_record_holds(home: Path) -> None:
    with Clinic.open(home, caller=OPERATOR) as clinic:
        clients = clinic.clients()
        tables = {table.name: table for table in clinic_tables(clinic, clients)}
        with clinic._store.reading() as record:
            stored = [
                (session.taken_on, one)
                for session in record.sessions(clients[0].id)
                for one in record.measurements(session.id)
            ]
    measured = tables["measurements"]
    for content in (
        rows_of_csv(csv_bytes(measured), MEASUREMENT_COLUMNS),
        in_parquet(parquet_bytes(measured)),
    ):
        assert len(content) == len(stored) == 2
        for row, (day, one) in zip(content, stored, strict=True):
            assert (row["date"], row["metric"], row["region"]) == (day, one.metric, one.region)
            assert row["photos_sha256"] == one.photos[0]
            if isinstance(one.outcome, Estimate):
                assert row["value"] == one.outcome.value
                assert row["reason"] is None
            else:
                assert (row["value"], row["reason"]) == (None, one.outcome.reason)
    assert len(tables["changes"].rows) == sum(
        point.change is not None for series in timeline().series for point in series.points
    )
    assert [row["kind"] for row in tables["treatments"].rows] == ["=peel"]


def test_no_name_and_no_note_is_in_the_files(home: Path, tmp_path: Path) -> None:
    with Clinic.open(home, caller=OPERATOR) as clinic:
        written = write_tables(clinic_tables(clinic, clinic.clients()), tmp_path / "tables")
        assert "export record" in {line.action for line in clinic.audit()}
    assert len(written) == 8
    for path in written:
        content = path.read_bytes()
        for hidden in (b"fern", b"private", b"Ivy", b"ivy.jpg", str(tmp_path).encode()):
            assert hidden not in content, path.name
    assert b"'=peel" in (tmp_path / "tables" / "treatments.csv").read_bytes()


def test_whoever_may_not_export_the_record_gets_no_table(home: Path) -> None:
    with Clinic.open(home, caller=OPERATOR) as clinic:
        clients = clinic.clients()
        marketing = clinic.for_caller(Caller("m", Role.MARKETING))
        with pytest.raises(NotAllowed):
            clinic_tables(marketing, clients)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["progress", "data", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    assert isinstance(left.value.code, int)
    return left.value.code


def test_the_command_writes_a_folder(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "tables"
    common = ("--home", str(home), "--out", str(out))
    assert run(monkeypatch, *common) == 0
    assert "2 measurements" in capsys.readouterr().out
    assert run(monkeypatch, *common, "--client", "fern", "--named", "--quiet") == 0
    assert b"fern" in (out / "changes.csv").read_bytes()
    assert run(monkeypatch, *common, "--client", "nobody") == 2
    taken = tmp_path / "a file"
    taken.write_text("x")
    assert run(monkeypatch, "--home", str(home), "--out", str(taken)) == 2
    assert "expected a folder" in capsys.readouterr().err


def test_every_verdict_has_its_name_in_the_dictionary() -> None:
    (meaning,) = (one.meaning for one in CHANGE_COLUMNS if one.name == "verdict")
    assert all(change.verdict.value in meaning for change in CHANGES)
