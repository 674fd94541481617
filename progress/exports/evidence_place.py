"""Whether a photo file says where it was taken."""

from __future__ import annotations

import io

from PIL import Image

from progress.imaging.exif import EXIF_ERRORS

_GPS_IFD = 0x8825
_XMP_PLACE = (b"GPSLatitude", b"GPSLongitude", b"photoshop:City", b"Iptc4xmpCore:Location")
"""Names of a place in XMP, which lies in a file as plain text."""


def tells_a_place(data: bytes) -> bool:
    """Whether a photo's EXIF block or XMP names a place; True also where that cannot be known.

    Parameters
    ----------
    data : bytes
        Of a photo file.
    """
    if any(word in data for word in _XMP_PLACE):
        return True
    try:
        with Image.open(io.BytesIO(data)) as image:
            return bool(image.getexif().get_ifd(_GPS_IFD))
    except (*EXIF_ERRORS, Image.DecompressionBombError):
        return True
