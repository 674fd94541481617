"""Start of the app for ``streamlit run app.py``; `progress serve` starts the same one."""

from progress.ui.router import run

run()
