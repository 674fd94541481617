"""Use cases: ingest, measure, compare, series."""

from progress.pipeline.answers import (
    ComparedPair,
    MeasuredSession,
    compare_sessions,
    measure_session,
)
from progress.pipeline.followed_course import FollowedCourse, follow_course
from progress.pipeline.options import Options, Step, parse_region, silent
from progress.pipeline.sources import CourseFiles, SessionFiles, read_course, session_files

__all__ = [
    "ComparedPair",
    "CourseFiles",
    "FollowedCourse",
    "MeasuredSession",
    "Options",
    "SessionFiles",
    "Step",
    "compare_sessions",
    "follow_course",
    "measure_session",
    "parse_region",
    "read_course",
    "session_files",
    "silent",
]
