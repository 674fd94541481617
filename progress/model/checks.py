"""Checks that types share when they are made: read-only arrays of a stated shape."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]


def frozen_array(
    values: Any, *, dtype: Any, shape: tuple[int | None, ...], name: str
) -> NDArray[Any]:
    """Return `values` as a read-only array of `dtype`, or say what was wrong with its shape.

    Parameters
    ----------
    values : array_like
        Data; not copied when it already has the right type.
    dtype : data-type
        Required element type.
    shape : tuple of int or None
        Required shape; ``None`` accepts any length along that axis.
    name : str
        How the error message calls the argument.

    Raises
    ------
    ValueError
        If the number of axes or a fixed length differs.
    """
    array = np.asarray(values, dtype=dtype)
    fits = array.ndim == len(shape) and all(
        want is None or want == got for want, got in zip(shape, array.shape, strict=True)
    )
    if not fits:
        expected = "(" + ", ".join("any" if n is None else str(n) for n in shape) + ")"
        raise ValueError(f"{name}: expected shape {expected}, got {array.shape}")
    view = array.view()
    view.flags.writeable = False
    return view
