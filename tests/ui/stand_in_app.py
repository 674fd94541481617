"""The app on the stand-in clinic, for a real browser."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from stand_in_clinic import StandInClinic

from progress.ui import desk
from progress.ui.router import run

desk.open_clinic = StandInClinic
run()
