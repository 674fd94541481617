"""What a chart holds, read from its specification and its drawing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_up_results import CHANGES, EVENTS, change, refused, series
from PIL import Image

from progress.model import BadInput, NotMeasured, TimelinePoint, TimelineSeries, Verdict
from progress.views.change_chart import changes_chart
from progress.views.chart_files import chart_svg, save_chart
from progress.views.chart_style import LOOKS
from progress.views.charts import timeline_chart


def rows_with(chart, *fields: str) -> list[dict]:
    """Data rows of the layers whose rows hold all these fields."""
    spec = chart.to_dict()
    assert spec["layer"]
    sets = spec["datasets"].values()
    return [row for rows in sets for row in rows if all(field in row for field in fields)]


def test_noise_stands_around_the_baseline_value():
    rows = rows_with(timeline_chart(series(), EVENTS), "middle")
    assert {row["middle"] for row in rows} == {0.31}
    assert all(row["high"] - row["low"] == pytest.approx(2 * 0.034) for row in rows)
    assert rows[0]["day"] == "2026-01-05"


def test_bars_are_95_percent_of_each_session():
    rows = [row for row in rows_with(timeline_chart(series()), "value") if row["when"]]
    assert rows[0]["high"] - rows[0]["low"] == pytest.approx(2 * 1.96 * 0.011)


def test_each_session_carries_its_verdict_and_healing_is_not_judged():
    rows = {row["day"]: row["verdict"] for row in rows_with(timeline_chart(series()), "value")}
    assert rows["2026-01-05"] == "baseline"
    assert rows["2026-01-14"] == "healing, not judged"
    assert rows["2026-06-22"] == "improved"


def test_a_session_without_a_figure_is_marked_with_its_reason():
    absent = [
        row for row in rows_with(timeline_chart(series()), "reason", "day") if "value" not in row
    ]
    assert [row["day"] for row in absent] == ["2026-03-30"]
    assert absent[0]["reason"] == "Sharpness: hold the camera still"


def test_healing_is_shaded_for_as_long_as_the_metric_asks():
    rows = rows_with(timeline_chart(series(), EVENTS), "until")
    assert [row["day"] for row in rows] == ["2026-01-07", "2026-02-18", "2026-04-01"]
    assert rows[0]["until"] == "2026-01-21"  # redness: 14 days
    short = rows_with(timeline_chart(series(), EVENTS, healing_for_days=7), "until")
    assert short[0]["until"] == "2026-01-14"
    assert not rows_with(timeline_chart(series(), EVENTS, healing_for_days=0), "until")


def test_the_title_says_the_verdict_and_the_axis_the_unit():
    spec = timeline_chart(series(reason="healing_window: wait"), EVENTS).to_dict()
    assert spec["title"]["text"] == "Redness, left cheek: improved beyond noise"
    assert "Healing window: wait." in spec["title"]["subtitle"]
    assert "Redness (OD)" in json.dumps(spec)


def test_treatments_are_labelled_and_broken_to_fit():
    rows = rows_with(timeline_chart(series(), EVENTS, width_px=200), "broken")
    assert [row["what"] for row in rows] == ["Micro-needling 1.0 mm"] * 3
    assert "\n" in rows[0]["broken"]


def test_verdicts_differ_by_shape_and_not_by_colour_alone():
    judged = ["improved", "worse", "within noise", "described", "not comparable"]
    assert len({LOOKS[name][0] for name in judged}) == len(judged)
    assert len({LOOKS[name][1] for name in LOOKS}) == len(LOOKS)


@pytest.mark.parametrize("colour", [colour for _, colour in LOOKS.values()])
def test_colours_are_readable_on_white(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    assert 1.05 / (luminance + 0.05) >= 4.5


def test_a_course_without_any_figure_still_draws_its_crosses():
    one = series()
    points = tuple(TimelinePoint(p.date, NotMeasured("no face"), None) for p in one.points)
    empty = TimelineSeries(
        "lines", 1, "forehead", "", "Lines", points, NotMeasured("x"), Verdict.NOT_COMPARABLE
    )
    assert len(rows_with(timeline_chart(empty), "reason")) == 6
    nothing = TimelineSeries(
        "lines", 1, "forehead", "", "Lines", (), NotMeasured("x"), Verdict.NOT_COMPARABLE
    )
    assert chart_svg(timeline_chart(nothing)).startswith("<svg")
    assert chart_svg(timeline_chart(empty, EVENTS)).startswith("<svg")


def test_changes_are_told_in_units_of_what_could_be_detected():
    rows = rows_with(changes_chart(CHANGES), "ratio")
    first = rows[0]
    assert first["what"] == "Redness, left cheek"
    assert first["ratio"] == pytest.approx(-0.09 / 0.034)
    # 1.96 standard errors are 1.96/2.77 of the smallest detectable change in the made-up figures.
    assert first["end"] - first["start"] == pytest.approx(2 * 1.96 / 2.77)


def test_changes_without_a_figure_keep_their_row_and_reason():
    row = next(
        r for r in rows_with(changes_chart([change(), refused()]), "ratio") if not r["ratio"]
    )
    assert row["verdict"] == "not comparable"
    assert row["reason"].startswith("Direction of the light")


def test_a_change_of_zero_noise_has_no_ratio():
    rows = rows_with(
        changes_chart([change(delta=0.0, noise=0.0, verdict=Verdict.WITHIN_NOISE)]), "ratio"
    )
    assert rows[0]["ratio"] is None


def test_charts_are_drawn_without_a_network(tmp_path: Path):
    svg = save_chart(tmp_path / "a.svg", timeline_chart(series(), EVENTS)).read_text("utf-8")
    assert "improved beyond noise" in svg
    assert "Micro-needling" in svg
    with Image.open(save_chart(tmp_path / "a.png", changes_chart(CHANGES), scale=1.0)) as image:
        assert image.width > 400
    with pytest.raises(BadInput, match=r"ending in .svg or .png"):
        save_chart(tmp_path / "a.gif", timeline_chart(series()))
