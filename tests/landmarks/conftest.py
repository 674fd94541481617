"""Drawn faces and what the finder made of them, each found once."""

import pytest
from drawn_face import draw_face

from progress.landmarks import find_face


@pytest.fixture(scope="session")
def frontal():
    return draw_face()


@pytest.fixture(scope="session")
def found(frontal):
    return find_face(frontal.photo())
