"""Simulated re-shoots of one baseline are played once and kept, and never taken for others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from progress.model import Region, RegionKind
from progress.pipeline import Options, compare_sessions, session_files
from progress.pipeline.sample_clinic import SAMPLES


@dataclass
class Memory:
    texts: dict[str, str] = field(default_factory=dict)
    found: int = 0

    def kept(self, key: str) -> str | None:
        self.found += key in self.texts
        return self.texts.get(key)

    def keep(self, key: str, text: str) -> None:
        self.texts[key] = text


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("photos")

    def photo(day: str) -> Path:
        path = folder / f"{day}.jpg"
        with Image.open(SAMPLES / "fern" / day / "frontal.jpg") as full:
            full.resize((full.width * 4 // 12, full.height * 4 // 12)).save(path, quality=92)
        return path

    return photo


def test_the_same_pair_is_rehearsed_once_and_answered_the_same(
    small: Callable[[str], Path],
) -> None:
    pair = session_files(small("2026-01-05")), session_files(small("2026-06-22"))
    memory = Memory()
    options = Options(reshoots=4, shelf=memory)
    first = compare_sessions(*pair, options)
    assert len(memory.texts) == 1
    assert all(len(key) <= 64 for key in memory.texts)
    again = compare_sessions(*pair, options)
    assert memory.found == 1
    assert again.comparison.to_dict() == first.comparison.to_dict()
    without = compare_sessions(*pair, replace(options, shelf=None))
    assert without.comparison.to_dict() == first.comparison.to_dict()


def test_another_question_is_rehearsed_anew(small: Callable[[str], Path]) -> None:
    pair = session_files(small("2026-01-05")), session_files(small("2026-06-22"))
    memory = Memory()
    square = np.array([(250.0, 420.0), (300.0, 420.0), (300.0, 470.0), (250.0, 470.0)])
    drawn = (Region("mine", square, kind=RegionKind.DRAWN),)
    plain = Options(reshoots=4, shelf=memory)
    others = {"reshoots": 5}, {"user_regions": drawn}, {"seed": 3}
    for options in (plain, *(replace(plain, **other) for other in others)):
        compare_sessions(*pair, options)
    assert memory.found == 0
    assert len(memory.texts) == 4
