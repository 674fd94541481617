"""The script that ``progress serve`` hands to Streamlit.

It stands in a folder of its own: with a folder called ``pages`` beside it, Streamlit would also run
those files by themselves, past the router and so past its error line.
"""

from progress.ui.router import run

run()
