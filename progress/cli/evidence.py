"""Commands about proof: evidence verify and evidence identity."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from progress.cli.shared import Home, Json, Quiet, app, existing_record, say, write_json
from progress.model.errors import BadInput

if TYPE_CHECKING:
    from progress.exports.evidence_story import Originals
    from progress.exports.evidence_verdict import PackCheck

_NOT_PROVEN = 3
_MOST_PEM_BYTES = 1 << 20

evidence_app = typer.Typer(
    help="Prove an exported picture. Example: progress evidence verify pack.zip",
    rich_markup_mode=None,
)
app.add_typer(evidence_app, name="evidence")


@evidence_app.command()
def verify(
    pack: Annotated[Path, typer.Argument(help="The evidence pack, a ZIP file.")],
    originals: Annotated[
        Path | None, typer.Option("--originals", help="Folder with the original photos.")
    ] = None,
    home: Home = None,
    signer: Annotated[
        str | None, typer.Option("--signer", help="Fingerprint that the clinic publishes.")
    ] = None,
    json_file: Json = None,
    quiet: Quiet = False,
) -> None:
    """Check digests and signature, and make the pixels again from the originals.

    Originals come from the pack, a folder, or the clinic's own record. Ends with exit code 3 if a
    check failed, and 2 if the file cannot be read as a pack.

    Example: progress evidence verify pack.zip --originals photos --signer "0a1b2c3d ..."
    """
    from progress.exports.evidence_check import check_pack

    found = check_pack(pack, originals=_originals(originals, home), signer=signer)
    write_json(found.to_dict(), json_file)
    for line in _lines(found):
        say(line, quiet=quiet, json_target=json_file)
    if not found.ok:
        raise typer.Exit(_NOT_PROVEN)


@evidence_app.command()
def identity(
    home: Home = None,
    organisation: Annotated[
        str | None, typer.Option("--organisation", help="What the clinic is called.")
    ] = None,
    chain: Annotated[
        Path | None, typer.Option("--chain", help="Certificates of an authority, PEM.")
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", help="Their P-256 key, PEM.")] = None,
    new_key: Annotated[
        bool,
        typer.Option("--new-key", help="Another key for packs: the published one is not safe."),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Print the fingerprint that others check packs with; name the clinic, or replace its keys.

    Certificates must be for e-mail protection, the signing one first. Without them the clinic
    makes its own, which others see as an unknown signer.

    Example: progress evidence identity --home ~/clinic --organisation "Fern Clinic"
    """
    from progress.model import OPERATOR
    from progress.pipeline.clinic import Clinic
    from progress.pipeline.signing_identity import clinic_identity, replace_identity

    changes = organisation is not None or chain is not None or key is not None or new_key
    chain_pem, key_pem = _pem(chain, "--chain"), _pem(key, "--key")
    with Clinic.open(existing_record(home), caller=OPERATOR) as clinic:
        known = (
            replace_identity(
                clinic,
                organisation=organisation,
                chain_pem=chain_pem,
                key_pem=key_pem,
                new_key=new_key,
            )
            if changes
            else clinic_identity(clinic)
        )
    for line in (
        f"organisation  {known.organisation}",
        f"fingerprint   {known.fingerprint()}",
        f"certificates  {'own' if known.self_made else 'of an authority'}, "
        f"until {known.valid_until.date().isoformat()}",
        "Publish the fingerprint where others trust it, such as the clinic's website.",
    ):
        say(line, quiet=quiet, json_target=None)


def _originals(folder: Path | None, home: Path | None) -> Originals | None:
    """Where originals come from that the pack does not hold."""
    from progress.exports.evidence_originals import originals_in_folder, originals_of_record

    if folder is not None and home is not None:
        raise BadInput(
            "--originals, --home: expected one of them, got both", advice="leave one out"
        )
    if folder is not None:
        if not folder.is_dir():
            raise BadInput(
                f"--originals {folder}: expected a folder, got none",
                advice="name the folder that holds the original photos",
            )
        return lambda wanted: originals_in_folder(folder, wanted)
    if home is None:
        return None
    record = existing_record(home)

    def of_record(wanted: tuple[str, ...]) -> dict[str, bytes]:
        from progress.model import OPERATOR
        from progress.pipeline.clinic import Clinic

        with Clinic.open(record, caller=OPERATOR) as clinic:
            return originals_of_record(clinic, wanted)

    return of_record


def _lines(found: PackCheck) -> list[str]:
    """A row for each check, who signed, and the sentence."""
    wide = max(len(row.name) for row in found.rows)
    return [
        *(f"{row.name:<{wide}}  {row.answer.value:<12}  {row.reason}" for row in found.rows),
        "",
        f"signed as    {found.organisation or 'nobody'}",
        f"fingerprint  {found.fingerprint or 'none'}",
        found.sentence,
    ]


def _pem(path: Path | None, option: str) -> str | None:
    """The text of a small file."""
    if path is None:
        return None
    if not path.is_file() or path.stat().st_size > _MOST_PEM_BYTES:
        raise BadInput(f"{option}: expected a PEM file, got none", advice="check the name")
    return path.read_text(encoding="ascii", errors="replace")
