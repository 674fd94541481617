"""Commands about what a client allows: given, taken back, listed."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from progress.cli.client_record import ClientName
from progress.cli.consent_options import (
    channel_of,
    client_id_of,
    consent_id_of,
    country_of,
    day_of,
    document_of,
    one_of,
    purpose_of,
    region_of,
    sessions_of,
)
from progress.cli.shared import Home, Json, Quiet, app, record_of, say, write_json
from progress.model.errors import BadInput

if TYPE_CHECKING:
    from progress.model.consent import Channel, Consent, Purpose
    from progress.views.consent_words import Agreement

consent_app = typer.Typer(
    help="What a client allows. Example: progress consent grant --client fern --purpose marketing "
    "--channel website --document signed.pdf",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(consent_app, name="consent")

_YEAR = timedelta(days=365)

Sessions = Annotated[
    list[str] | None,
    typer.Option("--session", help="Day of a session, e.g. 2026-01-05; may be repeated."),
]
PurposeName = Annotated[
    str | None, typer.Option("--purpose", help="care, teaching, research or marketing.")
]
ChannelName = Annotated[
    str | None, typer.Option("--channel", help="clinic, website, social_media or print.")
]


@consent_app.command()
def grant(
    client: ClientName,
    session: Sessions = None,
    purpose: PurposeName = None,
    channel: ChannelName = None,
    expires: Annotated[
        str | None, typer.Option("--expires", help="Its last day; default: after one year.")
    ] = None,
    document: Annotated[
        Path | None, typer.Option("--document", help="What was signed: PDF, picture or text.")
    ] = None,
    region: Annotated[
        str, typer.Option("--region", help="The only part that may be shown, e.g. chin.")
    ] = "",
    with_face: Annotated[
        bool, typer.Option("--with-face", help="The client may be recognised.")
    ] = False,
    with_originals: Annotated[
        bool, typer.Option("--with-originals", help="Original files may be handed on as proof.")
    ] = False,
    jurisdiction: Annotated[
        str, typer.Option("--jurisdiction", help="The only country, e.g. GB; default: any.")
    ] = "",
    granted_on: Annotated[
        str | None, typer.Option("--granted-on", help="Its first day; default: today.")
    ] = None,
    home: Home = None,
    json_file: Json = None,
    quiet: Quiet = False,
) -> None:
    """Record a client's yes to one use, for the sessions there are now or those that are named.

    Without --purpose and --channel it is for care inside the clinic, which is the least.

    Example: progress consent grant --client fern --purpose marketing --channel website
    --session 2026-01-05 --session 2026-03-30 --document signed.pdf
    """
    from progress.model.consent import Channel, Purpose
    from progress.pipeline.use_case import now
    from progress.views.catalogue.consent import AGREEMENT_VERSION, GIVEN_DOCUMENT
    from progress.views.consent_tables import consent_json
    from progress.views.consent_words import Agreement, agreement_text

    today = now().date()
    begins = day_of(granted_on, "--granted-on") or today
    ends = day_of(expires, "--expires") or begins + _YEAR
    wanted = purpose_of(purpose) or Purpose.CARE
    given = None if document is None else document_of(document)
    with record_of(home) as clinic:
        client_id = client_id_of(clinic, client)
        chosen = sessions_of(clinic.sessions(client_id), session)
        asked = Agreement(
            wanted,
            channel_of(channel) or Channel.CLINIC,
            chosen,
            begins,
            ends,
            region=region_of(region),
            with_face=with_face,
            with_originals=with_originals,
            jurisdiction=country_of(jurisdiction),
        )
        data, media_type = given or (agreement_text(asked).encode(), "text/plain; charset=utf-8")
        consent = clinic.give_consent(
            client_id,
            purpose=asked.purpose,
            channel=asked.channel,
            document=data,
            media_type=media_type,
            text_version=GIVEN_DOCUMENT if given else AGREEMENT_VERSION,
            photo_ids=[photo.id for one in chosen for photo in one.photos],
            with_face=with_face,
            with_originals=with_originals,
            granted_on=begins,
            expires_on=ends,
            region=asked.region,
            jurisdiction=asked.jurisdiction,
        )
    answer = {"format": "progress.consent/1", "client_id": client_id}
    write_json(answer | consent_json(consent, today), json_file)
    lines = _granted(consent, asked, today, signed=given is not None)
    say("\n".join(lines), quiet=quiet, json_target=json_file)


@consent_app.command()
def withdraw(
    client: ClientName,
    session: Sessions = None,
    purpose: PurposeName = None,
    channel: ChannelName = None,
    consent: Annotated[
        list[str] | None, typer.Option("--consent", help="Only this one; its first 8 letters do.")
    ] = None,
    receipt: Annotated[
        Path | None,
        typer.Option("--receipt", help="The client's receipt: .html or .txt."),
    ] = None,
    home: Home = None,
    json_file: Json = None,
    quiet: Quiet = False,
) -> None:
    """Take consents back at once, and print what has to come down: everything but care by default.

    With --session only the pictures of those days are taken back. Run again, it lists again.

    Example: progress consent withdraw --client fern --channel website --receipt receipt.html
    """
    from progress.views.consent_tables import receipt_lines
    from progress.views.letters import receipt_page, receipt_text

    if receipt is not None and not (
        receipt.suffix.lower() in (".html", ".txt") and receipt.parent.is_dir()
    ):
        raise BadInput(
            f"--receipt: expected a file .html or .txt in a folder that is there, got {receipt}",
            advice="choose another name",
        )
    wanted, where = purpose_of(purpose), channel_of(channel)
    with record_of(home) as clinic:
        client_id = client_id_of(clinic, client)
        known = clinic.consents(client_id)
        photos = None
        if session:
            days = sessions_of(clinic.sessions(client_id), session)
            photos = frozenset(photo.sha256 for one in days for photo in one.photos)
        named = {consent_id_of(known, one) for one in consent or ()}
        chosen = _matching(known, named, wanted, where, photos)
        done = clinic.withdraw_consent(client_id, *(one.id for one in chosen), photos=photos)
        known = clinic.consents(client_id)
    if receipt is not None:
        page = receipt_page if receipt.suffix.lower() == ".html" else receipt_text
        receipt.write_text(page(done, known), encoding="utf-8")
    write_json(done.to_dict(), json_file)
    say("\n".join(receipt_lines(done)), quiet=quiet, json_target=json_file)


@consent_app.command("list")
def list_consents(
    client: ClientName,
    session: Sessions = None,
    purpose: PurposeName = None,
    channel: ChannelName = None,
    home: Home = None,
    json_file: Json = None,
    quiet: Quiet = False,
) -> None:
    """Print what a client allows, whether it holds today, and what left under it.

    Example: progress consent list --client fern --home ~/clinic --json -
    """
    from progress.pipeline.use_case import now
    from progress.views.consent_tables import consent_lines, consents_json

    wanted, where, today = purpose_of(purpose), channel_of(channel), now().date()
    with record_of(home) as clinic:
        client_id = client_id_of(clinic, client)
        consents, exports = clinic.consents(client_id), clinic.exports(client_id)
        days = sessions_of(clinic.sessions(client_id), session) if session else None
    photos = None if days is None else {photo.sha256 for one in days for photo in one.photos}
    shown = [one for one in consents if _fits(one, wanted, where, photos)]
    ids = {one.id for one in shown}
    whole = wanted is None and where is None and photos is None
    left = [one for one in exports if whole or ids & set(one.consents)]
    write_json(consents_json(client_id, shown, left, today), json_file)
    say("\n".join(consent_lines(shown, left, today)), quiet=quiet, json_target=json_file)


@consent_app.command()
def due(
    client: Annotated[
        str | None, typer.Option("--client", help="Pseudonym or id; default: every client.")
    ] = None,
    home: Home = None,
    json_file: Json = None,
    quiet: Quiet = False,
) -> None:
    """What is still out though its consent was withdrawn or has run out, by client.

    Example: progress consent due --home ~/clinic
    """
    from progress.views.consent_tables import due_json, due_lines

    with record_of(home) as clinic:
        whose = client_id_of(clinic, client) if client else None
        found = [one for one in clinic.take_down_due() if whose in (None, one.client_id)]
    write_json(due_json(found), json_file)
    for line in due_lines(found):
        say(line, quiet=quiet, json_target=json_file)


@consent_app.command("taken-down")
def taken_down(
    client: ClientName,
    export: Annotated[
        list[str], typer.Option("--export", help="Of the take-down list; may be repeated.")
    ],
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """Note that what left is down again: removed from where it was shown.

    Example: progress consent taken-down --client fern --export 3f2a90c1
    """
    with record_of(home) as clinic:
        client_id = client_id_of(clinic, client)
        known = [one.id for one in clinic.exports(client_id)]
        chosen = [one_of(known, one, "--export", "an export") for one in export]
        for one in chosen:
            clinic.note_taken_down(client_id, one)
    say(f"noted as down: {', '.join(chosen)}", quiet=quiet, json_target=None)


def _granted(consent: Consent, asked: Agreement, today: date, *, signed: bool) -> list[str]:
    """What was recorded, with all that was chosen for the caller."""
    from progress.model.consent import Purpose
    from progress.views.consent_tables import consent_lines
    from progress.views.consent_words import pictures_label

    days = ", ".join(str(one.taken_on) for one in asked.sessions)
    lines = [
        *consent_lines([consent], [], today),
        f"covers {pictures_label(len(consent.photos))} of {days}; a later picture is not covered",
        f"kept, sealed: {consent.text_version} (SHA-256 {consent.document_sha256})",
    ]
    if not signed:
        lines.append("a standard text was kept, which is not a signature")
    if not signed and consent.purpose is Purpose.MARKETING:
        lines.append("for marketing let the client sign, and keep that with --document FILE")
    return lines


def _matching(
    known: tuple[Consent, ...],
    named: set[str],
    purpose: Purpose | None,
    channel: Channel | None,
    photos: frozenset[str] | None,
) -> list[Consent]:
    """Which consents a withdrawal means; what was taken back already is told again."""
    from progress.model.consent import Purpose

    found = [
        one
        for one in known
        if _fits(one, purpose, channel, photos) and (not named or one.id in named)
        # Care rests on the treatment, not on a yes: whoever means it names it.
        if purpose is not None or named or one.purpose is not Purpose.CARE
    ]
    if not found:
        raise BadInput(
            "withdraw: expected a consent of this client that fits, got none",
            advice="see: progress consent list",
        )
    return [one for one in found if one.withdrawn_at is None] or found


def _fits(
    consent: Consent,
    purpose: Purpose | None,
    channel: Channel | None,
    photos: frozenset[str] | set[str] | None,
) -> bool:
    return (
        purpose in (None, consent.purpose)
        and channel in (None, consent.channel)
        and (photos is None or bool(photos & set(consent.photos)))
    )
