"""What marketing reads: only what clients have cleared exists here."""

from __future__ import annotations

CLEARED = "Cleared pictures"
NONE_CLEARED = "No picture is cleared for publication."
HOW = (
    "A picture appears here once its client has agreed to its use in public, for this purpose and "
    "channel, and as long as that agreement lasts. Ask a practitioner to talk to clients; nothing "
    "else of the record can be seen or asked for here."
)
