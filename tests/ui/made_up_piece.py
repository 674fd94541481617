"""A comparison that nothing was computed for, with the real rules of consent and country."""

from __future__ import annotations

import hashlib
import io
import zipfile
from types import SimpleNamespace

import numpy as np
from PIL import Image

from progress.exports.claims import Claims
from progress.exports.marketing import MarketingPiece
from progress.exports.marketing_rules import rules_that_apply
from progress.exports.marketing_wish import MarketingWish
from progress.model.consent import Purpose, Use


def jpeg(level: int) -> bytes:
    held = io.BytesIO()
    Image.fromarray(np.full((90, 140, 3), level, np.uint8)).save(held, "JPEG")
    return held.getvalue()


def packed(pictures: list[bytes]) -> bytes:
    """As much of an evidence pack as a preview reads."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for number, data in enumerate(pictures):
            archive.writestr(f"picture-{number + 2}.jpg", data)
    return held.getvalue()


def make_up(clinic, wish: MarketingWish, step) -> MarketingPiece:
    """What `make_comparison` answers, in the same order of questions."""
    step("made up", 0.5)
    photos = clinic.shown_photos(wish.client_id, wish.days).photos
    use = Use(
        Purpose.MARKETING,
        wish.channel,
        photos,
        region=wish.region,
        with_face=wish.with_face,
        jurisdiction=wish.jurisdiction,
    )
    grant = clinic.ask_grant(wish.client_id, use)
    treatments = clinic.treatments(wish.client_id)
    ruled = rules_that_apply(clinic, wish, treatments, shows_improvement=True, limited=False)
    ruled.check()
    said = ("Redness, left cheek: lower by 29 % ± 11 %", "Individual results vary.")
    frames = [jpeg(90 + 10 * number) for number in range(len(wish.days))]
    return MarketingPiece(
        wish=wish,
        grant=grant,
        ruling=ruled,
        claims=Claims(said, shows_improvement=True),
        captions=said,
        composed=SimpleNamespace(limited=("the ruler is right to about 4 %",)),
        data=frames[0],
        pack=packed(frames),
        signed_as="Fern Clinic",
        export_id=hashlib.sha256(repr(wish).encode()).hexdigest()[:32],
        treatments=treatments,
    )
