"""The application that ``progress serve`` hands to Streamlit: the pages within a guard."""

from pathlib import Path

import streamlit as st

from progress.ui.guard import MIDDLEWARE

app = st.App(Path(__file__).with_name("main.py"), middleware=MIDDLEWARE)
