"""16-bit PNG and TIFF: whether a file is one, and its codes at full depth.

Pillow opens these files but keeps the upper 8 bits only, so it checks them and OpenCV reads them.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

_BITS_PER_SAMPLE = 258


def is_deep(image: Image.Image, data: bytes) -> bool:
    """Whether an opened picture stores 16 bits per channel.

    Parameters
    ----------
    image : PIL.Image.Image
        Opened, not necessarily loaded.
    data : bytes
        The file.
    """
    if image.format == "PNG":
        return len(data) > 24 and data[24] == 16  # IHDR: bit depth after length, name, two sizes
    if image.format == "TIFF":
        bits = getattr(image, "tag_v2", {}).get(_BITS_PER_SAMPLE, (8,))
        return bool(max(bits if isinstance(bits, tuple) else (bits,)) > 8)
    return False


def decode_deep(image: Image.Image, data: bytes) -> NDArray[np.uint16]:
    """The 16-bit codes of a PNG or TIFF file, as stored (not turned upright).

    Parameters
    ----------
    image : PIL.Image.Image
        The opened picture; used up by the check.
    data : bytes
        The file.

    Returns
    -------
    ndarray of uint16, shape (H, W, 3) or (H, W, 4)
        Red, green, blue and, if stored, alpha.

    Raises
    ------
    ValueError
        If the file is damaged, or not RGB of 16 bits. Pillow's own errors pass through.
    """
    size = image.size
    # OpenCV reads half a file in silence or complains on standard error; Pillow finds damage first.
    image.load()
    codes = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    if codes is None:
        raise ValueError("damaged")
    if codes.dtype != np.uint16 or codes.ndim != 3 or codes.shape[2] not in (3, 4):
        raise ValueError("expected 16-bit RGB")
    if codes.shape[1::-1] not in (size, size[::-1]):
        raise ValueError("expected one size in header and pixels")
    order = cv2.COLOR_BGR2RGB if codes.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
    return np.asarray(cv2.cvtColor(codes, order), dtype=np.uint16)
