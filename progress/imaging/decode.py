"""From a photo file to upright sRGB codes, once per photo, with every refusal in one line.

Nothing is guessed: a file that is damaged, has no colour, is partly transparent or carries a
profile that cannot be applied is refused with the reason. The limits are checked on the header,
before memory is spent.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import io
import warnings
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from progress.imaging.deep import decode_deep, is_deep
from progress.imaging.exif import EXIF_ERRORS, ExifFacts, jpeg_quality, read_exif, upright
from progress.imaging.fine_chroma import fine_chroma
from progress.imaging.icc import ProfileError, codes_to_srgb, image_to_srgb, profile_name
from progress.imaging.photo import Codes, DecodedPhoto
from progress.model import Provenance, UnreadablePhoto

MAX_PIXELS = 100_000_000
"""More than any camera a clinic uses (medium format: 100 million); 300 MB as 8-bit codes."""
MAX_BYTES = 600_000_000
"""An uncompressed 16-bit TIFF of `MAX_PIXELS`."""

_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF")
_READABLE = "JPEG, PNG, WebP, TIFF, AVIF or HEIC"
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_DNG_VERSION, _PHOTOMETRIC, _SUBFILE, _ORIENTATION = 50706, 262, 254, 274
_COLOUR_FILTER_ARRAY = 32803
_GREYSCALE = ("1", "L", "LA", "La", "I", "F", "I;16", "I;16L", "I;16B", "I;16N")

_DAMAGE = (*EXIF_ERRORS, EOFError, MemoryError, RuntimeError, AssertionError, zlib.error,
           Image.DecompressionBombError)  # fmt: skip
"""What Pillow raises on bytes that are not a whole picture."""

# The limits below are checked on every header, so Pillow's own warning would only be a second line.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")


def _refuse(name: str, message: str, advice: str) -> UnreadablePhoto:
    """The error for a file, in one line."""
    return UnreadablePhoto(f"{name}: {' '.join(message.split())}", advice=advice)


def _bytes_of(source: Path, data: bytes | None) -> bytes:
    """The file's bytes, within the size limit."""
    try:
        size = source.stat().st_size if data is None else len(data)
        if size > MAX_BYTES:
            raise _refuse(
                source.name,
                f"expected at most {MAX_BYTES // 10**6} MB, got {size / 1e6:.0f} MB",
                "save it as JPEG of quality 95",
            )
        raw = source.read_bytes() if data is None else data
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _refuse(
            source.name, f"expected a readable file, got: {reason}", "check the path"
        ) from error
    if not raw:
        raise _refuse(source.name, "expected a photo, got an empty file", "copy the photo again")
    return raw


def _is_heif(raw: bytes) -> bool:
    """Whether the bytes begin as HEIC or HEIF (and not as AVIF, which Pillow reads)."""
    return raw[4:8] == b"ftyp" and raw[8:12] in _HEIF_BRANDS and b"avif" not in raw[8:64]


def _opened(name: str, raw: bytes) -> Image.Image:
    """The picture with its header read and its limits checked, its pixels not yet."""
    formats: tuple[str, ...] = _FORMATS
    if _is_heif(raw):
        if importlib.util.find_spec("pillow_heif") is None:
            raise _refuse(
                name,
                "expected a format that is installed, got HEIC",
                "pip install skin-progress[heic]",
            )
        from pillow_heif import register_heif_opener

        register_heif_opener()
        formats = ("HEIF",)
    try:
        image = Image.open(io.BytesIO(raw), formats=formats)
        width, height = image.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name, "more") from error
    except UnidentifiedImageError as error:
        raise _refuse(
            name, f"expected a photo ({_READABLE}), got another kind of file or a damaged one",
            "export the photo as JPEG",
        ) from error  # fmt: skip
    except _DAMAGE as error:
        raise _damaged(name, "photo") from error
    if width * height > MAX_PIXELS:
        raise _too_large(name, f"{width} x {height}")
    if min(width, height) < 1:
        raise _damaged(name, str(image.format))
    return image


def _too_large(name: str, got: str) -> UnreadablePhoto:
    """The error for a picture above the pixel limit."""
    limit = f"expected at most {MAX_PIXELS // 10**6} megapixels, got {got}"
    return _refuse(name, limit, "export the photo at a smaller size")


def _damaged(name: str, kind: str) -> UnreadablePhoto:
    """The error for a picture that ends early or contradicts itself."""
    return _refuse(
        name, f"expected a whole {kind}, got a truncated or damaged file", "copy the photo again"
    )


def _refuse_raw(name: str, image: Image.Image) -> None:
    """Refuse camera raw files, whose first TIFF picture is only a preview."""
    tags = getattr(image, "tag_v2", None) if image.format == "TIFF" else None
    if tags is None:
        return
    raw = _DNG_VERSION in tags or tags.get(_PHOTOMETRIC) == _COLOUR_FILTER_ARRAY
    if raw or tags.get(_SUBFILE) == 1:
        raise _refuse(
            name, "expected a developed photo, got a camera raw file",
            "develop it to 16-bit TIFF in sRGB",
        )  # fmt: skip


def _opaque(name: str, alpha: NDArray[np.uint8] | NDArray[np.uint16]) -> None:
    """Refuse transparency: what shines through is not in the file."""
    if alpha.size and alpha.min() < np.iinfo(alpha.dtype).max:
        raise _refuse(
            name, "expected an opaque photo, got transparent pixels", "export it without alpha"
        )


def _refuse_grey(name: str, mode: str) -> None:
    """Refuse pictures without colour."""
    if mode in _GREYSCALE:
        raise _refuse(
            name, "expected a colour photo, got greyscale, from which no redness can be read",
            "use the colour original",
        )  # fmt: skip


def _as_rgb(name: str, image: Image.Image, icc: bytes | None) -> tuple[Image.Image, str]:
    """An RGB picture in the colours of its profile if it has one, and what was done to get it."""
    mode = image.mode
    _refuse_grey(name, mode)
    if mode in ("RGBA", "PA", "RGBa") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        _opaque(name, np.asarray(rgba.getchannel("A")))
        return rgba.convert("RGB"), "opaque alpha dropped"
    if mode == "CMYK" and icc is None:
        raise _refuse(
            name, "expected RGB or a colour profile, got CMYK without one", "export it as sRGB JPEG"
        )
    if mode in ("RGB", "CMYK"):
        return image, ""
    if mode in ("P", "YCbCr", "RGBX"):
        return image.convert("RGB"), {"P": "palette to RGB"}.get(mode, f"{mode} to RGB")
    raise _refuse(name, f"expected an RGB photo, got {mode}", "export it as sRGB JPEG")


def _shallow_codes(
    name: str, image: Image.Image, icc: bytes | None
) -> tuple[NDArray[np.uint8], ExifFacts, list[str]]:
    """8-bit sRGB codes as stored, EXIF facts, and the conversions made."""
    try:
        image.load()
        facts = read_exif(image)
        rgb, done = _as_rgb(name, image, icc)
        notes = [done] if done else []
        if icc is not None:
            converted = image_to_srgb(rgb, icc)
            if converted is not rgb:
                notes.append(f"{rgb.mode} profile to sRGB")
            rgb = converted
        return np.asarray(rgb, dtype=np.uint8), facts, notes
    except ProfileError:
        raise
    except _DAMAGE as error:
        raise _damaged(name, str(image.format)) from error


def _deep_codes(
    name: str, image: Image.Image, raw: bytes, icc: bytes | None
) -> tuple[NDArray[np.uint16], ExifFacts, list[str]]:
    """16-bit sRGB codes as stored, EXIF facts, and the conversions made."""
    _refuse_grey(name, image.mode)
    try:
        facts = read_exif(image)
        codes = decode_deep(image, raw)
    except _DAMAGE as error:
        raise _damaged(name, f"16-bit RGB {image.format}") from error
    notes = []
    if codes.shape[2] == 4:
        _opaque(name, codes[..., 3])
        codes = np.ascontiguousarray(codes[..., :3])
        notes.append("opaque alpha dropped")
    if icc is not None:
        converted = codes_to_srgb(codes, icc)
        if converted is not codes:
            notes.append("RGB profile to sRGB")
        codes = converted
    return codes, facts, notes


def read_photo(source: Path, *, data: bytes | None = None) -> DecodedPhoto:
    """The photo in a file, upright, in sRGB.

    Parameters
    ----------
    source : Path
        The file; only its name is used when `data` is given.
    data : bytes, optional
        The file's bytes, if they are in memory already.

    Returns
    -------
    DecodedPhoto
        8-bit codes; 16-bit ones from 16-bit PNG and TIFF (AVIF and HEIC of 10 or 12 bits are read
        as 8). EXIF orientation and embedded profile are applied; without a profile the photo is
        taken for sRGB and the provenance says so. Of several frames the first is used, and the
        provenance says that too. GPS is not read.

    Raises
    ------
    UnreadablePhoto
        For anything that is not a whole, opaque colour photo within the limits of 100 megapixels
        and 600 MB; one line with advice.
    """
    name = source.name or "photo"
    raw = _bytes_of(source, data)
    with contextlib.closing(_opened(name, raw)) as image:
        kind = "JPEG" if image.format == "MPO" else str(image.format)
        _refuse_raw(name, image)
        try:
            icc = image.info.get("icc_profile") or None
            frames = int(getattr(image, "n_frames", 1))  # walks through the file's directories
            tables = getattr(image, "quantization", None) if kind == "JPEG" else None
            deep = is_deep(image, raw)
        except _DAMAGE as error:
            raise _damaged(name, kind) from error
        codes: Codes
        try:
            profile = profile_name(icc) if icc else "sRGB (assumed)"
            if deep:
                codes, facts, notes = _deep_codes(name, image, raw, icc)
            else:
                codes, facts, notes = _shallow_codes(name, image, icc)
        except ProfileError as error:
            raise _refuse(name, str(error), "export the photo as sRGB") from error
    if frames > 1:
        notes.append(f"first of {frames} frames used")
    codes = upright(codes, facts.orientation)
    lost = fine_chroma(raw) if kind == "JPEG" else None
    if lost is not None:
        lost = np.ascontiguousarray(upright(lost, facts.orientation))
    height, width = codes.shape[:2]
    provenance = Provenance(
        file=name,
        sha256=hashlib.sha256(raw).hexdigest(),
        format=kind,
        size_px=(width, height),
        bit_depth=16 if deep else 8,
        colour_profile=profile,
        taken_at=facts.taken_at,
        camera=facts.camera,
        focal_length_35mm=facts.focal_length_35mm,
        flash_fired=facts.flash_fired,
        jpeg_quality=jpeg_quality(tables) if tables else None,
        converted="; ".join(notes),
    )
    return DecodedPhoto(codes, provenance, lost_chroma=lost)
