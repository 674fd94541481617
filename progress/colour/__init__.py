"""In which light a photo was taken: by a chart, a card, untreated skin or the white of the eye."""

from progress.colour.axes import axes_for_ita
from progress.colour.chart import ChartColour, find_chart
from progress.colour.gains import gains_to_match
from progress.colour.reference import find_reference, neck_polygon, reference_at

__all__ = [
    "ChartColour",
    "axes_for_ita",
    "find_chart",
    "find_reference",
    "gains_to_match",
    "neck_polygon",
    "reference_at",
]
