"""The app on the stand-in clinic, for a real browser; whose it is comes from the environment."""

import os
import sys
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from stand_in_clinic import StandInClinic

from progress.model.people import Caller, Role
from progress.ui import open_record
from progress.ui.router import run


@cache
def clinic() -> StandInClinic:
    made = StandInClinic()
    role = os.environ.get("STAND_IN_ROLE")
    if role is not None:
        chosen = Role(role)
        made.sits_here = Caller("x", chosen, "c1" if chosen is Role.CLIENT else None)
    return made


open_record.open_clinic = clinic
run()
