"""In which light a photo was taken, told by skin that was not treated; the client's axes."""

from progress.colour.axes import axes_for_ita
from progress.colour.gains import gains_to_match
from progress.colour.reference import find_reference, neck_polygon, reference_at

__all__ = ["axes_for_ita", "find_reference", "gains_to_match", "neck_polygon", "reference_at"]
