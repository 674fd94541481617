"""Charts to SVG and PNG on this machine, without a browser or a network."""

from __future__ import annotations

import io
from pathlib import Path

import altair as alt
import numpy as np
import vl_convert as vlc
from PIL import Image

from progress.model import BadInput
from progress.views.chart_style import Chart, styled
from progress.views.lettering import Codes
from progress.views.picture_files import save_bytes


def chart_svg(chart: Chart) -> str:
    """Return a chart as an SVG element, drawn on this machine."""
    # A chart is checked against the schema where it is made; once more takes as long as drawing it.
    spec = styled(chart).to_dict(validate=False)
    svg: str = vlc.vegalite_to_svg(spec, vl_version=_vega_lite_version())
    return svg


def save_chart(path: Path, chart: Chart, *, scale: float = 2.0) -> Path:
    """Write a chart as .svg or .png and return its path, whole or not at all.

    Raises
    ------
    BadInput
        If the ending is neither.
    """
    suffix = path.suffix.lower()
    if suffix == ".svg":
        return save_bytes(path, chart_svg(chart).encode("utf-8"))
    if suffix == ".png":
        return save_bytes(path, _png(chart, scale))
    raise BadInput(
        f"{path.name}: expected a chart name ending in .svg or .png", advice="choose one of them"
    )


def chart_picture(chart: Chart, *, scale: float = 2.0) -> Codes:
    """Return a chart as a picture on white, to stand among pictures."""
    return np.array(Image.open(io.BytesIO(_png(chart, scale))).convert("RGB"))


def _png(chart: Chart, scale: float) -> bytes:
    """The chart as a PNG file's bytes."""
    spec = styled(chart, background="white").to_dict()
    png: bytes = vlc.vegalite_to_png(spec, vl_version=_vega_lite_version(), scale=scale)
    return png


def _vega_lite_version() -> str:
    """The version that the installed Altair writes, as the converter names it."""
    return ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
