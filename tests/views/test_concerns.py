"""What people come for, and what comes next."""

from __future__ import annotations

from datetime import date

import pytest

from progress.metrics import all_metrics
from progress.views.concerns import Concern, concern_of, metrics_of
from progress.views.next_step import Due, NextStep, next_step

DONE = date(2026, 3, 2)


def test_every_metric_of_the_registry_speaks_to_one_concern():
    spread = [metric.id for concern in Concern for metric in metrics_of(concern)]
    assert sorted(spread) == sorted(metric.id for metric in all_metrics())


def test_a_metric_that_is_new_joins_its_kin_by_name_and_a_stranger_none():
    assert concern_of("scar_depth") is Concern.SCARS
    assert concern_of("moisture") is None


@pytest.mark.parametrize(
    ("last_session", "last_treatment", "today", "expected"),
    [
        (None, DONE, date(2026, 3, 3), NextStep(Due.FIRST_PHOTOS)),
        (date(2026, 3, 2), None, date(2026, 3, 3), NextStep(Due.NOTHING)),
        (date(2026, 3, 2), DONE, date(2026, 3, 16), NextStep(Due.HEALING, date(2026, 3, 16))),
        (date(2026, 3, 2), DONE, date(2026, 3, 17), NextStep(Due.WAITING, date(2026, 3, 30))),
        (date(2026, 3, 20), DONE, date(2026, 3, 30), NextStep(Due.FOLLOW_UP, date(2026, 3, 30))),
        (date(2026, 3, 30), DONE, date(2026, 5, 1), NextStep(Due.NOTHING)),
        (date(2026, 3, 1), date(2026, 4, 2), date(2026, 3, 2), NextStep(Due.NOTHING)),
    ],
)
def test_what_is_next_follows_from_the_days_of_photos_and_treatment(
    last_session, last_treatment, today, expected
):
    assert next_step(last_session, last_treatment, today=today) == expected
