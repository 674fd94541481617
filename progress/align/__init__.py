"""Where the baseline's skin lies in the follow-up, and how surely; or why that cannot be said.

Regions are drawn once on the baseline and carried along the field; pixels are never warped for
measuring.
"""

from progress.align.area import align_areas
from progress.align.face import align_faces
from progress.align.field_file import read_field, write_field
from progress.align.perspective import nearness_change_per_m

__all__ = ["align_areas", "align_faces", "nearness_change_per_m", "read_field", "write_field"]
