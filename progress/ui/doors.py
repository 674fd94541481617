"""Who sits at this screen."""

from __future__ import annotations

import streamlit as st

from progress.model.people import NOBODY, Caller
from progress.pipeline.clinic import Clinic

_SIGNED_IN = "signed_in"


def caller(record: Clinic) -> Caller:
    """Return who has signed in at this screen, a visitor of a sample record, or nobody."""
    signed_in = st.session_state.get(_SIGNED_IN)
    if isinstance(signed_in, Caller):
        return signed_in
    return record.visitor() or NOBODY
