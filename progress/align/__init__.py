"""Where the baseline's skin lies in the follow-up, and how surely; or why that cannot be said.

Regions are drawn once on the baseline and carried along the field; pixels are never warped for
measuring.
"""

from progress.align.area import align_areas
from progress.align.face import align_faces
from progress.align.field_file import read_field, write_field

__all__ = ["align_areas", "align_faces", "read_field", "write_field"]
