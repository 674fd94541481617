"""What marketing reads: only what clients have cleared exists here."""

from __future__ import annotations

CLEARED = "Cleared pictures"
NONE_CLEARED = "No picture is cleared for publication."
HOW = (
    "A picture appears here once its client has agreed to its use in public, for this purpose and "
    "channel, and as long as that agreement lasts. Ask a practitioner to talk to clients; nothing "
    "else of the record can be seen or asked for here."
)
COUNT = "{} cleared today. What is not here is not cleared."
USE = "For: {}"
ENDS = "Until {}"
NO_END = "No end was named"
CHANNELS = {
    "clinic": "inside the clinic",
    "website": "website",
    "social_media": "social media",
    "print": "print",
}
PICTURE = "A picture that its client has cleared for {}"
CAUTION = (
    "These copies are for looking. What is published goes out through the page Publish: there it "
    "is noted, so that it can come down again when a client takes the consent back."
)
ONLY_PARTS = (
    "No whole picture is cleared. Clients allow parts of their skin, without the face: these can "
    "be shown in a comparison."
)
MAKE_ONE = "Make a comparison"

# Publish: the questions
PUBLISH = "Publish"
PUBLISH_NOTE = (
    "A comparison of two or more visits, with proof that nothing was retouched. Consent, fairness "
    "and the law of the country are asked before anything is made, and the consent once more when "
    "it leaves."
)
ONE_DAY_CLEARED = (
    "Of no client two visits are cleared for the same channel, so there is nothing to compare yet."
)
WHO = "Client"
WHERE_SHOWN = "Where will it be seen?"
COUNTRY = "In which country?"
CHOOSE = "Choose"
OTHER_COUNTRY = "another country"
OTHER_LETTERS = "Its two letters"
OTHER_HINT = "for example FR"
OTHER_NOTE = (
    "The rules of this country are not known here, so nothing goes out. An administrator may sign "
    "for it, with a reason."
)
SIGN_REASON = "Why it may go out (you sign for it as administrator)"
LAYOUT = "Layout"
LAYOUTS = {
    "side_by_side": "Side by side",
    "over_time": "Over time",
    "slider": "Slider",
    "time_lapse": "Time-lapse",
}
FIRST_DAY = "Baseline"
LATER_DAY = "Follow-up"
LATER_DAYS = "Follow-ups"
SKIN = "Which skin is shown?"
CHEEKS = "Both cheeks, the same for everybody"
WHOLE = "The whole picture"
SKIN_BOUND = "The consent allows no other part."
FACE = "Show the face"
FACE_HELP = "The consent lets the client be recognised. Without it only skin is shown."
EYES = "Eyes"
EYES_SAY = {"shown": "shown", "covered": "covered by a bar", "blurred": "blurred"}
LABELS = "Under the pictures"
LABELS_SAY = {"dates": "dates", "weeks": "weeks since the baseline"}
FILM = "File"
FILMS = {"webp": "animated picture (WebP)", "webm": "film (WebM)", "mp4": "film (MP4)"}
BRAND = "Clinic's name, logo and font"
CLINIC_NAME = "Clinic's name"
LOGO = "Logo"
FONT = "Font"
COVER = "Cover a tattoo or the background"
COVER_HELP = (
    "Click around what must not be seen and click the first point again to close the outline; as "
    "many as you need. Each is carried to every picture with a margin."
)
COVERED = "To be covered: {}."
MAKE = "Make"
MAKING = "Making the comparison"
MISSING = "To make it, choose {}."
MISSING_COUNTRY = "a country"
MISSING_DAYS = "at least one follow-up"

# Publish: what came of it
PREVIEW = "As it will look"
PREVIEW_ALT = "The comparison; what it says stands below as text"
PREVIEW_NOTE = "A small copy. The file itself is handed over when it is let out."
SAYS = "What it says"
SAYS_NOTE = "Written from the measurements; nothing can be left out or added."
CANNOT_SHOW = "What it cannot show"
RULES = "Rules: {}"
RULES_OF = "As written down on {}. Check with your own adviser."
RULE_WARNS = "Know this before you publish"
RULE_CAPTIONS = "Printed below the pictures: “{}”"
RULE_SOURCE = "Rule {id}: {source}; as of {day}"
NO_RULES = "None that asks for anything."
SIGNED_FOR = "No rules are known for this country. An administrator signed for it: {}"
LET_OUT = "Let it out"
SIGNED_AS = "Signed as {}. An administrator can change that name."
LET_OUT_NOTE = (
    "This is noted with your name, the time and the consent. If the client takes the consent back, "
    "it stands on the list of what must come down."
)
IS_OUT = "It is noted. Save both files now; they are not kept here."
SAVE_PICTURE = "Save the comparison"
SAVE_PACK = "Save the evidence pack"
VERIFY = (
    "Keep the pack, and hand it to whoever doubts the picture: progress evidence verify makes the "
    "same pixels again from it, and tells if a pixel, a label or a day was altered."
)
