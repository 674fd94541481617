"""In which light a photo was taken: by a chart, a card, untreated skin or the white of the eye."""

from progress.colour.axes import axes_for_ita
from progress.colour.chart import ChartColour, find_chart
from progress.colour.gains import gains_to_match
from progress.colour.grey_card import GreyCard, read_grey_card
from progress.colour.order import (
    Aid,
    ByGains,
    ColourAids,
    Correction,
    InTurn,
    SettledColour,
    best_common_aid,
    in_light,
    settle_colour,
)
from progress.colour.reference import find_reference, neck_polygon, reference_at
from progress.colour.same_reference import SeenReference, reference_again
from progress.colour.sclera import WhiteOfEye, find_sclera, gains_by_sclera
from progress.colour.surround import Surround, read_surround

__all__ = [
    "Aid",
    "ByGains",
    "ChartColour",
    "ColourAids",
    "Correction",
    "GreyCard",
    "InTurn",
    "SeenReference",
    "SettledColour",
    "Surround",
    "WhiteOfEye",
    "axes_for_ita",
    "best_common_aid",
    "find_chart",
    "find_reference",
    "find_sclera",
    "gains_by_sclera",
    "gains_to_match",
    "in_light",
    "neck_polygon",
    "read_grey_card",
    "read_surround",
    "reference_again",
    "reference_at",
    "settle_colour",
]
