"""Start of the app for ``streamlit run app.py``; `progress serve` starts the same one."""

from pathlib import Path

import streamlit as st

import progress.ui
from progress.ui.guard import MIDDLEWARE

START = Path(progress.ui.__file__).parent / "start" / "main.py"

app = st.App(START, middleware=MIDDLEWARE)
