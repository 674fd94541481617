"""What clients read about themselves: plain words, no score, no promise, no praise or blame.

Change is told only where it is larger than what two photos of unchanged skin would show.
"""

from __future__ import annotations

MINE = "Your progress"
GREETING = "These are your own pictures. Nobody else who signs in as a client can see them."
NO_VISIT = "There are no photos of you here yet. They appear after your first visit."
ONE_VISIT = (
    "These are your first photos. After your next visit you can see here what has changed, "
    "as far as photos can tell."
)
FIRST_PICTURE = "First visit, {}"
LAST_PICTURE = "Latest visit, {}"
OVERLAY = "Lay one over the other"
OVERLAY_HELP = "Drag the line to go from your first visit to your latest one."
NO_OVERLAY = (
    "These two photos were taken too differently to be laid over each other. That says nothing "
    "about your skin."
)
CHANGED = "What has changed"
WAIT = "Your photos are being looked at. This page fills itself when that is done."
STANDS_OUT = "What photos can tell"
NO_DIFFERENCE = "No difference that photos can tell"
NOT_FAIR = "Could not be compared fairly"
NOTHING_YET = (
    "Nothing stands out beyond ordinary photo-to-photo variation so far. Changes after needling "
    "take weeks to show, and small ones may be too small for photos."
)
CANNOT_TELL = (
    "The photos so far cannot be compared fairly, for example because the light differed. That "
    "says nothing about your skin."
)
HOW_SURE = (
    "Two photos of the same skin never look quite the same. Only a difference larger than that is "
    "called a change here."
)
HEALING = "Days of healing"
HEALING_NOW = (
    "Your last treatment was on {}. Until about {} redness and swelling can be part of healing. "
    "Photos from these days are kept, but they are not counted as a result, neither for better "
    "nor for worse."
)
HEALING_GENERAL = (
    "In the first two weeks after a treatment, redness and swelling can be part of healing. "
    "Photos from these days are kept, but not counted as a result, neither for better nor for "
    "worse. A result is told after about four weeks at the earliest."
)
CONTACT = "If anything worries you, speak with your practitioner. Do not wait for photos."
NEXT = "What is next"
NEXT_FIRST_PHOTOS = "Your first photos will be taken at your next visit."
NEXT_HEALING = "Let your skin heal. Photos that count can be taken from about {}."
NEXT_WAITING = "Photos that tell a result can be taken from {}."
NEXT_FOLLOW_UP = "New photos would now tell more. Ask for them at your next visit."
NEXT_NOTHING = "Nothing is due. Your practitioner tells you when the next visit makes sense."
VISITS = "Your visits"
YOUR_PICTURE = "Your picture of {}"
EARLIER = "Earlier pictures"

# What a client allows; the words of the form are in the catalogue of consent.
CONSENTS = "What you allow"
