"""What is agreed to, taken back and told about it, in words that a client reads and may sign.

A changed wording gets a new version: what was signed under the old one is kept as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

AGREEMENT_VERSION = "2026-11 plain words 2"
GIVEN_DOCUMENT = "document of the clinic"
"""Version of a text that is not ours."""

PURPOSES = {
    "care": "care",
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
ONLY_IN = "only in {}"
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

COUNTRIES = {
    "AU": "Australia",
    "DE": "Germany",
    "GB": "the United Kingdom",
    "US": "the United States",
}
"""Those whose rules the program knows; others are told by their two letters."""

# The form
FOR_WHAT = "For what?"
WHERE = "Where may they be seen?"
WHICH_PICTURES = "Which pictures?"
PICTURES_OF = "visit of {}"
WHICH_PART = "Which part may be seen?"
WHICH_COUNTRY = "In which country?"
ANY_COUNTRY = "any country"
UNTIL = "Until when?"
HOW_SIGNED = "How is it signed?"
SIGN_HERE = "Sign here on the screen"
SIGN_FORM = "Upload a signed form"
SIGN_NOT = "Agree without a signature"
SIGN_MISSING = "For publication a signature is needed."
SIGN_FIELD = "Sign with a finger, a pen or the mouse in the field"
SIGN_AGAIN = "Clear the field"
FORM_FILE = "The signed form, as PDF or as a photo of it"
FORM_TOO_LARGE = "This file is larger than {} MB. Scan the form at a lower resolution."
EXPORTS = "What left with these pictures"
NO_EXPORTS = "Nothing has left with these pictures."
UNDER_CARE = "Part of the record of care; no consent was needed."
UNDER_CONSENT = "Under the consent of {}."
SINCE_WITHDRAWN = " (taken back since)"
NOTE_DOWN = "This is down again"
NOTED_DOWN = "It is noted as taken down."
SHOW_DOCUMENT = "What was signed"
SAVE_RECEIPT = "Save the receipt"
SAVE_DOCUMENT = "Save what was signed"
NO_DOCUMENT = "Only the digest of what was signed is kept."
BACK_SOME = "Take back single visits only"
BACK_WHICH = "Which visits?"


@dataclass(frozen=True, slots=True)
class ConsentVoice:
    """The words that differ between the client and whoever speaks about the client."""

    nothing_allowed: str
    allowed: str
    ends_on: str
    begins_on: str
    taken_back_on: str
    some_taken_back: str
    withdraw: str
    withdrawn: str
    allow: str
    before: str
    known: str
    known_help: str
    originals: str
    agree: str
    give: str
    given: str


FOR_CLIENT = ConsentVoice(
    nothing_allowed=(
        "You have not allowed any use of your pictures beyond your own care. Your care does not "
        "depend on it."
    ),
    allowed="You allow {purpose}, {channel}: {number} of your pictures, since {since}.",
    ends_on="It ends on {}.",
    begins_on="It begins on {}.",
    taken_back_on="You took it back on {}.",
    some_taken_back="You took {} of them back.",
    withdraw="Take this back",
    withdrawn="You have taken it back. It holds at once: the pictures are no longer cleared.",
    allow="Allow a use of your pictures",
    before="What you allowed before",
    known="My face may be recognised",
    known_help=(
        "Otherwise the clinic covers or cuts away what makes you known before anybody else sees "
        "them."
    ),
    originals="The original files may be handed on as proof that nothing was retouched",
    agree="I have read this and agree",
    give="Allow this",
    given="Thank you. It is noted, and you can take it back here at any time.",
)
FOR_PRACTITIONER = ConsentVoice(
    nothing_allowed="No use of the pictures beyond care is allowed.",
    allowed="Allowed: {purpose}, {channel}, {number} pictures, since {since}.",
    ends_on="It ends on {}.",
    begins_on="It begins on {}.",
    taken_back_on="Taken back on {}.",
    some_taken_back="{} of them were taken back.",
    withdraw="The client takes this back",
    withdrawn="It is taken back and holds at once. What has to come down stands below.",
    allow="Record what the client allows",
    before="Allowed before",
    known="The client may be recognised",
    known_help="Otherwise the face has to be covered or cut away before anybody else sees it.",
    originals="The original files may be handed on as proof that nothing was retouched",
    agree="The client has read this and agrees",
    give="Record this",
    given="It is recorded.",
)

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

DUE = "{} must come down: the consent was withdrawn or has run out."
DUE_LINE = "{client}: of {day}, for {channel}: {files}"
DUE_NEXT = "Take them down where they are seen, then note it on the client's page."
