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

# What a client allows
CONSENTS = "What you allow"
NOTHING_ALLOWED = (
    "You have not allowed any use of your pictures beyond your own care. Your care does not depend "
    "on it."
)
ALLOWED = "You allow {purpose}, {channel}: {number} of your pictures, since {since}."
ENDS_ON = "It ends on {}."
TAKEN_BACK_ON = "You took it back on {}."
WITHDRAW = "Take this back"
WITHDRAWN = "You have taken it back. It holds at once: the pictures are no longer cleared."
ALLOW = "Allow a use of your pictures"
BEFORE = "What you allowed before"
FOR_WHAT = "For what?"
WHERE = "Where may they be seen?"
WHICH_PICTURES = "Which pictures?"
PICTURES_OF = "visit of {}"
UNTIL = "Until when?"
PURPOSES = {
    "care": "your own care",
    "teaching": "teaching of other practitioners",
    "marketing": "publication by the clinic",
}
CHANNELS = {
    "clinic": "inside the clinic",
    "website": "on the clinic's website",
    "social_media": "on the clinic's social media",
    "print": "in print",
}
AGREEMENT = (
    "I allow {purpose}, {channel}, with my pictures of {days}, until {ends}. My face can be "
    "recognised in them. I can take this back at any time, here or by telling the clinic, and "
    "without a reason; what is in other people's hands by then may not come back. My care does "
    "not depend on it."
)
AGREEMENT_VERSION = "2026-11 plain words 1"
I_AGREE = "I have read this and agree"
GIVE = "Allow this"
GIVEN = "Thank you. It is noted, and you can take it back here at any time."
