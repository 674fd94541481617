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
    "Use a picture for its channel only and unchanged. Rules on before-and-after pictures differ "
    "by country; check them with your own adviser before you publish."
)
