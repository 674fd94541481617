"""Pixels to numbers: every metric of the contract, each in a file of its own.

>>> from progress.metrics import all_metrics
>>> [metric.id for metric in all_metrics()][:2]
['redness', 'tone']
"""

import importlib

from progress.metrics.analysis import Analysis, Selection, Skin, Window
from progress.metrics.registry import Metric, affected_by, all_metrics, get_metric, metric

__all__ = [
    "Analysis",
    "Metric",
    "Selection",
    "Skin",
    "Window",
    "affected_by",
    "all_metrics",
    "get_metric",
    "metric",
]

# A metric registers itself when its module is imported; this is the order of reports.
for _name in (
    "redness",
    "tone",
    "pigment",
    "spot_burden",
    "evenness",
    "pore_density",
    "pore_area",
    "texture",
    "lines",
    "scar_relief",
    "scar_count",
    "scar_area",
    "mark_contrast",
    "mark_width",
    "mark_redness",
    "mark_pigment",
    "mark_length",
    "mark_area",
    "radiance",
):
    importlib.import_module(f"{__name__}.{_name}")
