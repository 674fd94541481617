"""Use cases about what leaves the house: asked for, let out, listed, noted as taken down."""

from __future__ import annotations

import errno
import os
import secrets
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from progress.model import BadInput, NotAllowed
from progress.model.consent import Channel, Grant, Purpose, Use
from progress.model.exports import BY_DOWNLOAD, ExportedFile, ExportRecord, Outgoing
from progress.pipeline.access import Action
from progress.pipeline.grants import check_grant, check_theirs, grant_from
from progress.pipeline.take_down import due
from progress.pipeline.use_case import Asking, now, use_case
from progress.store.exports import add_export, exports, note_taken_down

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # Windows has none


class ClinicExports(Asking):
    """The doors to the outside. A file goes out through one of them or not at all."""

    @use_case(Action.ASK_GRANT)
    def ask_grant(self, client_id: str, use: Use) -> Grant:
        """Whether the client allows a use at this moment.

        Raises
        ------
        NotAllowed
            If not; one line says what is missing.
        """
        with self._store.reading() as record:
            return grant_from(record, client_id, use, now())

    @use_case(Action.PUBLISH)
    def release(
        self,
        client_id: str,
        files: Sequence[Outgoing],
        *,
        grant: Grant,
        kind: str,
        detail: Mapping[str, Any] | None = None,
        export_id: str | None = None,
    ) -> ExportRecord:
        """Let files out that show a client's pictures to others.

        The consent is asked again in the unit of work that notes the export, so that a withdrawal
        comes before it, and there is no file, or after it, and the file is on the take-down list.

        Parameters
        ----------
        client_id : str
        files : sequence of Outgoing
        grant : Grant
            From `ask_grant`, of today, of this client.
        kind : str
            Such as ``marketing comparison``.
        detail : mapping, optional
            JSON: rules that applied, overrides.
        export_id : str, optional
            Where the files name it already; from `new_export_id`.

        Returns
        -------
        ExportRecord

        Raises
        ------
        NotAllowed
            If it is not, or no longer, allowed; no file is written then.
        BadInput
            If a folder is missing or cannot be written; nothing is noted then. If the disk is full
            or the folder goes away while the file is written, there is a note and no file.
        """
        # What only looks like a grant could answer one thing when asked and another when noted.
        if type(grant) is not Grant or type(grant.use) is not Use:
            raise NotAllowed(
                f"{Action.PUBLISH.value}: expected a grant, got {type(grant).__name__}",
                advice="ask for a grant of this client",
            )
        if grant.client_id != client_id:
            raise NotAllowed(
                f"{Action.PUBLISH.value}: expected the consent of this client, got another's",
                advice="ask for a grant of this client",
            )
        use = grant.use
        draft = ExportRecord(
            id=export_id or new_export_id(),
            client_id=client_id,
            kind=kind,
            purpose=use.purpose.value,
            channel=use.channel.value,
            jurisdiction=use.jurisdiction,
            made_at=now(),
            made_by=self._caller.login,
            files=_placed(files),
            photos=use.photos,
            consents=(),
            detail=dict(detail or {}),
        )
        return self._let_out(Action.PUBLISH, draft, files, grant)

    @use_case(Action.REPORT)
    def release_record(
        self,
        client_id: str,
        files: Sequence[Outgoing],
        *,
        kind: str,
        photos: Sequence[str] = (),
        detail: Mapping[str, Any] | None = None,
    ) -> ExportRecord:
        """Let files of the clinic's own record out, for the client's care: no consent is needed.

        Parameters
        ----------
        client_id : str
        files : sequence of Outgoing
        kind : str
            Such as ``clinical report``.
        photos : sequence of str
            Digests of the pictures that are seen in them.
        detail : mapping, optional

        Raises
        ------
        NotAllowed
            If the caller may not take the record out, or a picture is not this client's.
        BadInput
            As `release`.
        """
        draft = ExportRecord(
            id=new_export_id(),
            client_id=client_id,
            kind=kind,
            purpose=Purpose.CARE.value,
            channel=Channel.CLINIC.value,
            jurisdiction="",
            made_at=now(),
            made_by=self._caller.login,
            files=_placed(files),
            photos=tuple(photos),
            consents=(),
            detail=dict(detail or {}),
        )
        return self._let_out(Action.REPORT, draft, files)

    @use_case(Action.SEE_CONSENTS)
    def exports(self, client_id: str) -> tuple[ExportRecord, ...]:
        """What left of a client, in order of time."""
        with self._store.reading() as record:
            return exports(record, client_id)

    @use_case(Action.SEE_DUE)
    def take_down_due(self) -> tuple[ExportRecord, ...]:
        """What is still out though its consent was withdrawn or has run out, oldest first."""
        with self._store.reading() as record:
            return due(record, now())

    @use_case(Action.NOTE_DOWN)
    def note_taken_down(self, client_id: str, export_id: str) -> None:
        """Note that what an export published is down; `StoreError` if it is not this client's."""
        with self.changing(Action.NOTE_DOWN, client_id) as work:
            note_taken_down(work, client_id, export_id, now())

    def _let_out(
        self,
        action: Action,
        draft: ExportRecord,
        files: Sequence[Outgoing],
        grant: Grant | None = None,
    ) -> ExportRecord:
        """Hold a place beside the target, note it, write it there, put it: in this order only.

        Whoever kills this in between leaves a note without a file, or an empty file without a note.
        """
        waiting = _Waiting()
        try:
            detail = f"{draft.kind} {draft.id}"
            with self.changing(action, draft.client_id, detail=detail) as work:
                export = replace(draft, made_at=now())
                if grant is not None:
                    asked = check_grant(work, grant, export.made_at)
                    export = replace(export, consents=tuple(one.id for one in asked.consents))
                else:
                    check_theirs(work, draft.client_id, draft.photos, draft.purpose)
                add_export(work, export)
                waiting.hold(files)
            waiting.put()
        except BaseException:
            waiting.drop()
            raise
        return export


def _placed(files: Sequence[Outgoing]) -> tuple[ExportedFile, ...]:
    """Where each will be found when it must come down."""
    return tuple(
        ExportedFile(one.name, str(_place(one.path)) if one.path else BY_DOWNLOAD, one.sha256)
        for one in files
    )


def _place(target: Path) -> Path:
    """Where a file really comes to lie; a link of that name is replaced and not followed."""
    return target.parent.resolve() / target.name


def new_export_id() -> str:
    """A number that means nothing."""
    return uuid.uuid4().hex


class _Waiting:
    """Places beside the targets: empty until the export is noted, then written, then renamed."""

    def __init__(self) -> None:
        self._parts: list[tuple[Path, Path, bytes]] = []

    def hold(self, files: Sequence[Outgoing]) -> None:
        """Make an empty file beside each target; raises `BadInput` if one cannot be made."""
        for one in files:
            if one.path is None:
                continue
            target = _place(one.path)
            part = target.with_name(f".{secrets.token_hex(8)}.part")
            with _told(one.path):
                if target.is_dir() and not target.is_symlink():
                    raise IsADirectoryError(errno.EISDIR, "a folder of that name")
                os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            self._parts.append((part, target, one.data))

    def put(self) -> None:
        """Write them all, then rename them; raises `BadInput` if one cannot be written."""
        for part, target, data in self._parts:
            # Never made anew: what was held is ours, and whoever took it away meant it.
            with _told(target), os.fdopen(os.open(part, os.O_WRONLY | _NO_LINK), "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
        for part, target, _ in self._parts:
            with _told(target):
                part.replace(target)

    def drop(self) -> None:
        """Take away what was not put in its place."""
        for part, _, _ in self._parts:
            with suppress(OSError):
                part.unlink()


@contextmanager
def _told(target: Path) -> Iterator[None]:
    """Say in one line which place refused."""
    try:
        yield
    except OSError as error:
        raise BadInput(
            f"{target}: expected a place to write to, got {error.strerror or error}",
            advice="choose another folder",
        ) from None
