"""A clinic of rendered mannequins, for the demo: nobody in it is real."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import progress
from progress.model import BadInput, Client
from progress.model.people import OPERATOR
from progress.pipeline.clinic import Clinic
from progress.pipeline.followed_course import FollowedCourse
from progress.pipeline.options import Step
from progress.pipeline.sources import CourseFiles, read_course

SAMPLE_HOME = Path.home() / ".progress-demo"
SAMPLES = Path(progress.__file__).resolve().parent.parent / "samples" / "clients"


def sample_folders() -> list[Path]:
    """One folder per sample client.

    Raises
    ------
    BadInput
        If the samples are not there, as in an installation without the repository.
    """
    folders = sorted(p for p in SAMPLES.iterdir() if p.is_dir()) if SAMPLES.is_dir() else []
    if not folders:
        raise BadInput(
            "samples: expected rendered mannequins in samples/clients, got none",
            advice="run python samples/make_samples.py in the repository",
        )
    return folders


def make_sample_clinic(home: Path, step: Step) -> Iterator[tuple[str, FollowedCourse]]:
    """Put the sample clients into the record in `home` and follow their courses, one by one.

    A second run adds nothing that is there already. A followed course holds a third of a gigabyte
    for each photo: let go of one before the next.

    Parameters
    ----------
    home : Path
    step : Step

    Yields
    ------
    tuple of str and FollowedCourse
        The pseudonym with the course.
    """
    folders = sample_folders()
    with Clinic.open(home, caller=OPERATOR) as clinic:
        for index, folder in enumerate(folders):
            course = read_course(folder)
            client = enter_sample(clinic, folder.name, course)

            def watch(
                label: str, fraction: float, *, index: int = index, name: str = folder.name
            ) -> None:
                step(f"{name}: {label}", (index + fraction) / len(folders))

            yield folder.name, clinic.follow(client.id, watch)


def enter_sample(clinic: Clinic, name: str, course: CourseFiles) -> Client:
    """A sample client with all sessions and treatments of the course in the record.

    Parameters
    ----------
    clinic : Clinic
    name : str
        Its pseudonym; what is there already under it is joined.
    course : CourseFiles
        From `read_course` of a folder of `sample_folders`.
    """
    known = {client.pseudonym: client for client in clinic.clients()}
    client = known.get(name) or clinic.add_client(
        name, note="rendered mannequin, no real person", simulated=True
    )
    for session in course.sessions:
        assert session.taken_on is not None  # noqa: S101 - `read_course` dates every session
        clinic.add_session(
            client.id,
            taken_on=session.taken_on,
            photos=[(path.name, path.read_bytes()) for path in session.photos],
            view=course.view,
        )
    for event in course.events:
        kind, depth = needle_depth(event.label)
        clinic.add_treatment(client.id, day=event.date, kind=kind, needle_depth_mm=depth)
    clinic.keep_regions(client.id, course.regions)
    return client


def needle_depth(label: str) -> tuple[str, float | None]:
    """A treatment's kind and, where it ends in one, its needle depth: ``"needling 1.5 mm"``."""
    words = label.split()
    if len(words) >= 3 and words[-1] == "mm":
        try:
            return " ".join(words[:-2]), float(words[-2])
        except ValueError:
            pass
    return label, None
