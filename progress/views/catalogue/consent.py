"""What is agreed to, taken back and told about it, in words that a client reads and may sign.

A changed wording gets a new version: what was signed under the old one is kept as it was.
"""

from __future__ import annotations

AGREEMENT_VERSION = "2026-11 plain words 2"
GIVEN_DOCUMENT = "document of the clinic"
"""Version of a text that is not ours."""

PURPOSES = {
    "care": "your own care",
    "teaching": "teaching of other practitioners",
    "research": "research",
    "marketing": "publication by the clinic",
}
MY_PURPOSES = {**PURPOSES, "care": "my own care"}
CHANNELS = {
    "clinic": "inside the clinic",
    "website": "on the clinic's website",
    "social_media": "on the clinic's social media",
    "print": "in print",
}
AGREEMENT = (
    "I allow {purpose}, {channel}, with {pictures}, from {begins} until {ends}.",
    "What may be shown: {region}.",
    "Where: {country}.",
    "{face}",
    "{originals}",
    "I can take this back at any time, in the clinic's app or by telling the clinic, and without "
    "a reason. It then ends at once, and the clinic takes down what it has published. What is in "
    "other people's hands by then may not come back.",
    "My care does not depend on it.",
)
MY_PICTURES = "{number} of my pictures of {days}"
NO_END = "I take it back"
WHOLE_PICTURE = "all of the picture"
EVERYWHERE = "in every country"
ONLY_IN = "only where the law of {} holds"
FACE_KNOWN = "My face can be recognised in them."
FACE_HIDDEN = "Before anybody else sees them, what makes my face known is covered or cut away."
ORIGINALS_GO = (
    "The original files may be handed on as proof that nothing was retouched, with all that they "
    "show."
)
ORIGINALS_STAY = "The original files stay in the clinic."
AGREEMENT_TITLE = "What I allow"
SIGNED = "Agreed on {}"
SIGNATURE = "Signature"

# The receipt of a withdrawal
RECEIPT = "Receipt for a consent that was taken back"
RECEIPT_NUMBER = "Number of this receipt: {}"
TAKEN_BACK = "Taken back on {day} at {time} (UTC). This receipt was written by {by}."
WHAT = "What was taken back"
WHAT_LINE = "{purpose}, {channel}, allowed since {since}: {number}"
FROM_NOW = "From that moment no new file can be made with these pictures for what was taken back."
MUST_COME_DOWN = "What the clinic has to take down"
NOTHING_DOWN = "Nothing was given out under it, so nothing has to come down."
DOWN_LINE = "{kind}, {channel}, made on {day} by {by}"
DOWN_ALREADY = "noted as taken down on {}"
FILE_LINE = "file {name}, SHA-256 {sha256}"
FILE_DOWNLOADED = "file {name}, handed over by the browser, SHA-256 {sha256}"
STAYS = "What shows these pictures and stays"
STAYS_WHY = (
    "It rests on another consent of yours that still holds, or belongs to the record of your care."
)
RECORD_STAYS = "Your record of care stays"
RECORD_STAYS_WHY = (
    "Taking back a consent ends the use that was allowed. Your photos and notes stay in the "
    "clinic's own record, because a record of what was done has to be kept for your care. You may "
    "see it, get a copy of it, and ask the clinic to erase what it need not keep."
)
OUT_OF_REACH = (
    "Copies that other people have made by now may not come back. The clinic can ask, and cannot "
    "reach into them."
)
