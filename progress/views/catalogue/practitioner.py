"""What the practitioner reads: exact, short, and what to do next.

A sentence with ``{}`` is filled by the page. None of them diagnoses, promises, or calls darker or
lighter better.
"""

from __future__ import annotations

LOOK = "Look"
LOOK_PHOTOS = "Photos"
LOOK_WHERE = "Where"
LOOK_SCARS = "Scars"
LOOK_MARKS = "Marks"
LOOK_ALIGNMENT = "Alignment"
SCARS_OUTLINED = "Scars outlined on both dates"
SCARS_NEAR = "Each numbered scar before beside after"
ALIGNMENT_ERROR = "Estimated alignment error on the baseline"
ALIGNMENT_SQUARES = "Squares of baseline and follow-up in turn"
NO_MAPS = "No metric could be mapped on these two photos."
METRIC = "Metric"
MAP_OF = "{} on both dates"
MAP_CHANGE = "Change of {}"
MAP_CAUTION = "A map shows where to look; only the regions' figures below carry an error."
