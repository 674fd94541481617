"""Outlining a scar or a mark on a client's first photo, in that photo's own pixels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from progress.model import Client, Region, RegionKind, Session
from progress.ui import desk
from progress.ui.layout import plain
from progress.views.catalogue import practitioner as words
from progress.views.labels import region_label

_CANVAS_PX = 1000
"""A portrait of a face is then about 4 px/mm, so that a mark of 3 mm has a dozen; a tablet held
upright shows all of it."""
_STROKE = "#00C2FF"
_FILL = "rgba(0, 194, 255, 0.15)"
_ORIGIN = {"left": 0.0, "top": 0.0, "center": 0.5, "right": 1.0, "bottom": 1.0}


def outlines_of(drawing: Mapping[str, Any] | None) -> list[NDArray[np.float64]]:
    """Return the corners of every polygon of a drawing, each of shape (K, 2), in canvas pixels.

    Parameters
    ----------
    drawing : mapping or None
        As the canvas reports it: a polygon's corners are told in its own coordinates, about the
        middle of its box, and moved, scaled and turned from there.
    """
    return [
        _corners(one)
        for one in (drawing or {}).get("objects", [])
        if str(one.get("type", "")).lower() == "polygon" and len(one.get("points", ())) >= 3
    ]


def outline_of(drawing: Mapping[str, Any] | None) -> NDArray[np.float64] | None:
    """Return the last polygon of a drawing as `outlines_of` does; None without a closed one."""
    found = outlines_of(drawing)
    return found[-1] if found else None


def _corners(shape: Mapping[str, Any]) -> NDArray[np.float64]:
    """Where a polygon's corners lie once it is moved, scaled and turned."""
    corners = np.array([(point["x"], point["y"]) for point in shape["points"]], dtype=float)
    low, high = corners.min(axis=0), corners.max(axis=0)
    scale = np.array([shape.get("scaleX", 1.0), shape.get("scaleY", 1.0)])
    turn = np.deg2rad(shape.get("angle", 0.0))
    rotation = np.array([(np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))])
    # Where the box's origin lies, as a share of it counted from its middle.
    origin = np.array([_ORIGIN[shape.get("originX", "left")], _ORIGIN[shape.get("originY", "top")]])
    stroke = float(shape.get("strokeWidth", 0.0))
    size = (high - low + stroke) * scale
    middle = np.array([shape["left"], shape["top"]]) + rotation @ ((0.5 - origin) * size)
    placed = (corners - (low + high) / 2) * scale @ rotation.T + middle
    return np.asarray(placed, dtype=np.float64)


def drawing_of(corners_xy: NDArray[Any]) -> dict[str, Any]:
    """Return a polygon in canvas pixels as a drawing that the canvas can begin with."""
    low, high = corners_xy.min(axis=0), corners_xy.max(axis=0)
    polygon = {
        "type": "Polygon",
        "points": [{"x": float(x), "y": float(y)} for x, y in corners_xy],
        "left": float(low[0] + high[0]) / 2,
        "top": float(low[1] + high[1]) / 2,
        "originX": "center",
        "originY": "center",
        "fill": _FILL,
        "stroke": _STROKE,
        "strokeWidth": 2,
        "strokeUniform": True,
    }
    return {"objects": [polygon]}


def show_drawing(client: Client, sessions: tuple[Session, ...]) -> None:
    """Show the client's first photo to outline something on it, and keep what is drawn.

    Parameters
    ----------
    client : Client
    sessions : tuple of Session
        In order of time.
    """
    # It registers itself with the server, so it can be imported where one runs and nowhere else.
    from streamlit_drawable_canvas import st_canvas

    first = next((photo for session in sessions for photo in session.photos), None)
    if first is None:
        st.info(words.DRAW_NO_PHOTO)
        return
    st.caption(words.DRAW_HELP)
    there = {region.name: region for region in desk.regions(client)}
    turn, last = st.session_state.get("drawn", (0, ""))
    choices = ["", *there]
    left, right = st.columns(2)
    which = left.selectbox(
        words.DRAW_WHICH,
        choices,
        index=choices.index(last) if last in choices else 0,
        format_func=lambda name: region_label(name) if name else words.DRAW_NEW,
        key=f"outline-{client.id}-{turn}",
    )
    name = which
    if not which:
        typed = right.text_input(words.DRAW_NAME, max_chars=40, placeholder=words.DRAW_NAME_HINT)
        name = "_".join(typed.split()).lower()
    picture = desk.small_picture(client, first, max_px=_CANVAS_PX)
    width, height = picture.size_px
    begun = drawing_of((there[which].polygon_xy + 0.5) * picture.scale) if which else None
    answer = st_canvas(
        fill_color=_FILL,
        stroke_width=2,
        stroke_color=_STROKE,
        background_image=picture.data,
        width=width,
        height=height,
        drawing_mode="polygon",
        initial_drawing=begun,
        key=f"canvas-{client.id}-{which}-{turn}",
    )
    outline = outline_of(answer.json_data)
    keep, remove = st.columns(2)
    if outline is None:
        keep.caption(words.DRAW_OPEN)
    if keep.button(words.DRAW_SAVE, type="primary", disabled=outline is None or not name):
        assert outline is not None  # noqa: S101 - the button is disabled without
        there[name] = Region(name, outline / picture.scale - 0.5, kind=RegionKind.DRAWN)
        st.session_state["drawn"] = (turn + 1, name)
        _keep(client, there, words.DRAW_KEPT.format(plain(region_label(name))))
    if which and remove.button(words.DRAW_REMOVE):
        del there[which]
        st.session_state["drawn"] = (turn + 1, "")
        _keep(client, there, words.DRAW_REMOVED.format(plain(region_label(which))))


def _keep(client: Client, drawn: Mapping[str, Region], told: str) -> None:
    """Store, say so and draw the page anew, with a new canvas."""
    desk.keep_regions(client, list(drawn.values()))
    st.session_state["told"] = told
    st.rerun()
