"""A face, a change of its skin of known dose, and a second shot.

The change is put in before the simulated camera, by a model that no metric shares; both photos are
files, as a user's are.
"""

from __future__ import annotations

import enum
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto, ita_deg, lab_from_linear, read_photo
from progress.imaging.colour_space import linear_from_codes
from progress.landmarks import find_face
from progress.model import Landmarks
from progress.model.checks import FloatArray
from progress.phantom.camera import jpeg_bytes
from progress.phantom.injection import (
    SkinColour,
    more_blood,
    more_clouds,
    more_melanin,
    soft_inside,
)
from progress.phantom.reshoot import Reshoot, develop, reshoot
from progress.phantom.reshoot_kinds import hard, mild
from progress.phantom.sensors import CAMERAS, ILLUMINANTS
from progress.phantom.skin import SkinTone
from progress.quality import gather_facts
from progress.regions import face_regions

FIRST_QUALITY = 95
_SOFT_EDGE_MM = 3.0
_LIGHTEST_ITA, _DARKEST_ITA = 60.0, -55.0


class Shooting(enum.Enum):
    """How the second photo differs from the first, apart from the skin."""

    STILL = "still"
    """Not at all: the same light, pose and camera, stored once more."""
    MILD = "mild"
    HARD = "hard"

    def draw(self, rng: np.random.Generator) -> Reshoot:
        """What differs this time; compression is left to the file."""
        kinds = {Shooting.MILD: mild, Shooting.HARD: hard}
        return kinds[self](rng) if self in kinds else Reshoot()


class Dose(enum.Enum):
    """What is changed in the skin of the whole face; the neck stays as it is."""

    NOTHING = "nothing"
    BLOOD = "blood"
    MELANIN = "melanin"
    CLOUDS = "clouds"
    """Standard deviation of ln blood of clouds of 2 to 8 mm."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One pair to be shot.

    Parameters
    ----------
    dose : Dose
    before, after : float
        Amount in the first and in the second photo; shares added for blood and melanin.
    shooting : Shooting
    """

    dose: Dose
    before: float
    after: float
    shooting: Shooting


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """A trial on disk.

    Parameters
    ----------
    trial : Trial
    first, second : Path
        Files that last until the next trial is shot.
    outlines : tuple of two ndarray, shape (K, 2)
        True outline of the face in either photo.
    """

    trial: Trial
    first: Path
    second: Path
    outlines: tuple[NDArray[np.float64], NDArray[np.float64]] = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A face in linear light, and where it is.

    Parameters
    ----------
    name : str
    linear : ndarray of float32, shape (H, W, 3)
    landmarks : Landmarks
    ita_deg : float
    skin : SkinColour
        Whose spectra a dose is made with; camera and lamp differ from subject to subject.
    """

    name: str
    linear: FloatArray = field(repr=False)
    landmarks: Landmarks = field(repr=False)
    ita_deg: float
    skin: SkinColour

    def with_dose(self, dose: Dose, amount: float, seed: int) -> FloatArray:
        """The face with its skin changed, in linear light."""
        if dose is Dose.NOTHING or amount == 0:
            return self.linear
        where = self._face()
        if dose is Dose.CLOUDS:
            return more_clouds(
                self.linear, where, amount, self.skin,
                px_per_mm=self.landmarks.scale.px_per_mm, rng=np.random.default_rng(seed),
            )  # fmt: skip
        change = {Dose.BLOOD: more_blood, Dose.MELANIN: more_melanin}[dose]
        return change(self.linear, where, amount, self.skin)

    @property
    def outline(self) -> NDArray[np.float64]:
        """Of the whole face, shape (K, 2)."""
        whole = max(face_regions(self.landmarks), key=lambda r: float(np.ptp(r.polygon_xy)))
        return np.asarray(whole.polygon_xy)

    def _face(self) -> FloatArray:
        """Share of the dose at each pixel: the whole face, softly ending."""
        soft_px = _SOFT_EDGE_MM * self.landmarks.scale.px_per_mm
        return soft_inside(self.outline, self.linear.shape[:2], soft_px=soft_px)


def photo_subject(path: Path, *, seed: int) -> Subject:
    """A photographed face as the subject of trials.

    Parameters
    ----------
    path : Path
    seed : int
        Draws the camera and the lamp of the dose.

    Raises
    ------
    ProgressError
        If the file is no photo of one face.
    """
    photo = read_photo(path)
    return _subject(path.name, linear_from_codes(photo.codes), photo, seed)


def scene_subject(name: str, linear: FloatArray, *, seed: int) -> Subject:
    """A rendered face in linear light as the subject of trials; else as `photo_subject`."""
    photo = DecodedPhoto.from_codes(_as_it_is(linear))
    return _subject(name, linear, photo, seed)


def _subject(name: str, linear: FloatArray, photo: DecodedPhoto, seed: int) -> Subject:
    marks = find_face(photo)
    lab = lab_from_linear(np.exp(-gather_facts(photo, marks).density)[None, None])
    ita = float(np.ravel(ita_deg(lab))[0])
    rng = np.random.default_rng(seed)
    skin = SkinColour(
        SkinTone.from_ita(name, float(np.clip(ita, _DARKEST_ITA, _LIGHTEST_ITA))),
        camera=str(rng.choice(CAMERAS)),  # type: ignore[arg-type]
        illuminant=str(rng.choice(ILLUMINANTS)),  # type: ignore[arg-type]
    )
    return Subject(name, linear, marks, ita, skin)


def shoot_trials(subject: Subject, trials: Sequence[Trial], *, seed: int) -> Iterator[Taken]:
    """Both photos of every trial of a subject, one trial after the other.

    Parameters
    ----------
    subject : Subject
    trials : sequence of Trial
    seed : int
        Of the second shots; trials of one number draw the same.

    Yields
    ------
    Taken
    """
    marks = subject.landmarks
    with tempfile.TemporaryDirectory() as name:
        for number, trial in enumerate(trials):
            rng = np.random.default_rng((seed, number))
            first, second = (Path(name) / f"{number}_{which}.jpg" for which in "ab")
            before = subject.with_dose(trial.dose, trial.before, seed)
            after = subject.with_dose(trial.dose, trial.after, seed)
            first.write_bytes(jpeg_bytes(_as_it_is(before), FIRST_QUALITY))
            spec = trial.shooting.draw(rng)
            # Stored once, as the spec says: compressed twice is another camera.
            shot = reshoot(
                after, marks.points_xy, marks.depth_px, replace(spec, jpeg_quality=None), rng
            )
            second.write_bytes(jpeg_bytes(shot.codes, spec.jpeg_quality or FIRST_QUALITY))
            outlines = subject.outline, shot.followup_from_baseline(subject.outline)
            yield Taken(trial, first, second, outlines)


def _as_it_is(linear: FloatArray) -> NDArray[np.uint8]:
    """Codes of a camera that adds nothing of its own."""
    return develop(linear, np.ones_like(linear), Reshoot(), rng=np.random.default_rng(0))
