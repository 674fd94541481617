"""What things are: frozen types that every room above speaks in."""

from progress.model.errors import (
    BadInput,
    BadTable,
    NoSingleFace,
    NotAllowed,
    ProgressError,
    Refused,
    StoreError,
    UnreadablePhoto,
)
from progress.model.heat_map import HeatMap
from progress.model.landmarks import Landmarks, Pose, Scale, ScaleSource
from progress.model.outcome import (
    Change,
    Direction,
    Estimate,
    Measurement,
    NotMeasured,
    Outcome,
    Verdict,
)
from progress.model.patch import ChromophoreAxes, Patch, ReferenceSkin
from progress.model.quality import (
    Comparability,
    Flatters,
    Gate,
    Need,
    PairCheck,
    PairVerdict,
    QualityReport,
)
from progress.model.raster import Encoding, Provenance, Raster
from progress.model.records import Client, Photo, Session, Treatment, View
from progress.model.region import Region, Side
from progress.model.registration import ErrorSummary, NotAligned, Registration
from progress.model.results import (
    AffectedMetrics,
    Comparison,
    JudgedPhoto,
    SessionMeasured,
    Timeline,
    TimelineEvent,
    TimelinePoint,
    TimelineSeries,
    Trend,
)

__all__ = [
    "AffectedMetrics",
    "BadInput",
    "BadTable",
    "Change",
    "ChromophoreAxes",
    "Client",
    "Comparability",
    "Comparison",
    "Direction",
    "Encoding",
    "ErrorSummary",
    "Estimate",
    "Flatters",
    "Gate",
    "HeatMap",
    "JudgedPhoto",
    "Landmarks",
    "Measurement",
    "Need",
    "NoSingleFace",
    "NotAligned",
    "NotAllowed",
    "NotMeasured",
    "Outcome",
    "PairCheck",
    "PairVerdict",
    "Patch",
    "Photo",
    "Pose",
    "ProgressError",
    "Provenance",
    "QualityReport",
    "Raster",
    "ReferenceSkin",
    "Refused",
    "Region",
    "Registration",
    "Scale",
    "ScaleSource",
    "Session",
    "SessionMeasured",
    "Side",
    "StoreError",
    "Timeline",
    "TimelineEvent",
    "TimelinePoint",
    "TimelineSeries",
    "Treatment",
    "Trend",
    "UnreadablePhoto",
    "Verdict",
    "View",
]
