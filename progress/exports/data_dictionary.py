"""What every column and every metric of the data tables means, as a table and as a page."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from importlib.metadata import version

from progress.exports.data_tables import DATA_FORMAT, DataTable, Kind
from progress.metrics import Metric, all_metrics
from progress.pipeline.import_tables import guarded
from progress.views.labels import better_phrase

COLUMNS = ("table", "column", "type", "unit", "meaning", "source")
_LEAD = (
    "Tables are UTF-8 CSV (RFC 4180) and Parquet with the same cells. A cell without a value is "
    "empty, and the column `reason` of its row says why. A text that a spreadsheet would take for "
    "a formula begins with an apostrophe in the CSV. Clients are told apart by numbers that mean "
    "nothing outside the record; names that were given to outlined regions stand as they are. "
    "The figures describe skin in photographs. They are no diagnosis."
)


def dictionary_rows(tables: Sequence[DataTable]) -> list[tuple[str, ...]]:
    """Return one row for each column, then one for each metric of the registry."""
    rows = [
        (table.name, one.name, one.kind.value, one.unit, one.meaning, one.source)
        for table in tables
        for one in table.columns
    ]
    return rows + [_metric_row(one) for one in all_metrics()]


def dictionary_csv(tables: Sequence[DataTable]) -> bytes:
    """Return the dictionary as CSV."""
    held = io.StringIO(newline="")
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in dictionary_rows(tables):
        writer.writerow([guarded(cell) for cell in row])
    return held.getvalue().encode("utf-8")


def dictionary_page(tables: Sequence[DataTable]) -> bytes:
    """Return the dictionary as Markdown."""
    lines = [
        "# Data dictionary",
        "",
        f"{DATA_FORMAT}, written by skin-progress {version('skin-progress')}.",
        "",
        _LEAD,
    ]
    rows = dictionary_rows(tables)
    for name in dict.fromkeys(row[0] for row in rows):
        lines += ["", f"## {name}", "", "| name | type | unit | meaning | source |"]
        lines.append("|---|---|---|---|---|")
        for _, *cells in (row for row in rows if row[0] == name):
            escaped = [cell.replace("|", "\\|").replace("\n", " ") for cell in cells]
            lines.append(f"| {' | '.join(escaped)} |")
    return ("\n".join(lines) + "\n").encode("utf-8")


def _metric_row(one: Metric) -> tuple[str, ...]:
    meaning = f"{one.label}, version {one.version}: {one.summary} ({better_phrase(one.better)})"
    return ("metric", one.id, Kind.NUMBER.value, one.unit, meaning, one.source)
