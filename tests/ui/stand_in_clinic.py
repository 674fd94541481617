"""A clinic without a store and without measurements: it answers at once with made-up figures.

For the pages alone; the journey test drives the real one.
"""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from PIL import Image

from progress.imaging.photo import DecodedPhoto
from progress.imaging.when_taken import when_taken
from progress.model import (
    Change,
    Client,
    Comparability,
    Comparison,
    Direction,
    ErrorSummary,
    Estimate,
    Flatters,
    Gate,
    HeatMap,
    JudgedPhoto,
    Landmarks,
    Need,
    NotAligned,
    NotAllowed,
    NotMeasured,
    PairCheck,
    Photo,
    Provenance,
    QualityReport,
    Region,
    Registration,
    Scale,
    ScaleSource,
    Session,
    StoreError,
    Timeline,
    TimelineEvent,
    TimelinePoint,
    TimelineSeries,
    Treatment,
    Trend,
    UnreadablePhoto,
    Verdict,
    View,
)
from progress.model.consent import Consent, Grant, Purpose, Use
from progress.model.exports import BY_DOWNLOAD, ExportedFile, ExportRecord, Outgoing, Receipt
from progress.model.people import NOBODY, Caller
from progress.pipeline.access import Action
from progress.pipeline.advice import Advice
from progress.pipeline.clinic_cleared import ClearedSession, ShownPhotos
from progress.pipeline.clinic_consents import ClearedPicture
from progress.pipeline.guidance import Guidance
from progress.pipeline.known_photo import KnownPhoto
from progress.pipeline.moves import Moves
from progress.pipeline.options import Options
from progress.pipeline.use_case import VISITOR
from progress.store.client_list import ClientLine
from progress.store.consents import SignedDocument

FIRST_DAY = date(2026, 1, 5)
SIZE = (240, 300)
VALUES = {0: 0.31, 9: 0.38, 42: 0.29, 84: None, 126: 0.24, 168: 0.22}


def affected(needs: frozenset[Need]) -> list[str]:
    return sorted(need.value for need in needs)


def change(metric: str, delta: float, noise: float, verdict: Verdict, unit: str = "OD") -> Change:
    better = Direction.NONE if verdict is Verdict.DESCRIBED else Direction.LOWER
    return Change(
        metric,
        1,
        "left_cheek",
        unit,
        better,
        0.31,
        0.31 + delta,
        delta,
        noise / 2.77,
        noise,
        verdict,
        noise_source="5 simulated re-shoots of the baseline",
        days=56.0,
    )


CHANGES = (
    change("redness", -0.09, 0.034, Verdict.IMPROVED),
    change("tone", 4.0, 3.0, Verdict.DESCRIBED, "deg"),
    change("texture", 0.02, 0.04, Verdict.WITHIN_NOISE, "%"),
    Change(
        "scar_relief",
        1,
        "left_cheek",
        "%",
        Direction.LOWER,
        None,
        None,
        None,
        None,
        None,
        Verdict.NOT_COMPARABLE,
        "light_direction: put the lamp where it was",
    ),
)


def judged_photo(name: str) -> JudgedPhoto:
    gates = (
        Gate("faces", 1.0, "faces", 1.0, passed=True),
        Gate(
            "resolution",
            3.5,
            "px/mm",
            10.0,
            passed=False,
            advice="Come closer or use the main camera.",
            touches=frozenset({Need.DETAIL}),
        ),
    )
    return JudgedPhoto(
        Provenance(name, hashlib.sha256(name.encode()).hexdigest(), "JPEG", SIZE),
        Scale(4.0, 0.04, ScaleSource.IRIS),
        QualityReport(gates),
    )


def oval(level: int) -> np.ndarray:
    """A plain oval on grey; nobody's face."""
    x, y = np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1]))
    inside = ((x - 120) / 80) ** 2 + ((y - 150) / 110) ** 2 < 1
    picture = np.full((SIZE[1], SIZE[0], 3), 205, np.uint8)
    picture[inside] = (level, level - 40, level - 60)
    return picture


def known_oval(name: str, face: Landmarks | None) -> KnownPhoto:
    return KnownPhoto(
        judged=judged_photo(name),
        area="face",
        landmarks=face,
        facts=None,
        zones=NotMeasured("made up"),
        reference=NotMeasured("made up"),
        picture=oval(190),
    )


class StandInClinic:
    """The names of `progress.pipeline.clinic.Clinic`."""

    def __init__(self, *, simulated: bool = True, empty: bool = False) -> None:
        self.caller = NOBODY
        self.sits_here = VISITOR
        self.given: list[Consent] = []
        self.documents: list[bytes] = []
        self.left: list[ExportRecord] = []
        self.refuses_pairs = False
        self.broken = False
        self.face: Landmarks | None = None
        self.worked: list[str] = []
        self.areas: list[str | None] = []
        self.drawn: tuple[Region, ...] = ()
        self.asked: list[tuple[Region, ...]] = []
        self._clients: list[Client] = []
        self._sessions: dict[str, list[Session]] = {}
        self._treatments: dict[str, list[Treatment]] = {}
        if not empty:
            client = Client("c1", "Mannequin <b>A</b>", simulated)
            self._clients.append(client)
            for days in VALUES:
                day = FIRST_DAY + timedelta(days=days)
                self.add_session(client.id, taken_on=day, photos=[(f"{day}.jpg", b"x%d" % days)])
            for days in (2, 44, 86):
                self.add_treatment(
                    client.id,
                    day=FIRST_DAY + timedelta(days=days),
                    kind="Micro-needling",
                    needle_depth_mm=1.0,
                )

    def for_caller(self, caller: Caller) -> StandInClinic:
        self.caller = caller
        return self

    def visitor(self) -> Caller | None:
        return self.sits_here

    def asking(self, action: Action, client_id: str | None = None) -> None:
        """Let everybody in; `tests/pipeline/test_access.py` asks the real rules."""

    def clients(self) -> tuple[Client, ...]:
        if self.broken:
            raise StoreError("home: expected a record, got nothing", advice="start it again")
        return tuple(self._clients)

    def client(self, client_id: str) -> Client:
        return next(one for one in self.clients() if one.id == client_id)

    def client_lines(self, *, words: str = "") -> tuple[ClientLine, ...]:
        lines = []
        for client in self.clients():
            held = f"{client.pseudonym} {client.note}".lower()
            if all(word in held for word in words.lower().split()):
                days = [s.taken_on for s in self.sessions(client.id)]
                done = [t.date for t in self.treatments(client.id)]
                last, treated = max(days, default=None), max(done, default=None)
                lines.append(ClientLine(client, len(days), last, treated))
        return tuple(lines)

    def photo_picture(self, client_id: str, photo_id: str, *, max_px: int) -> bytes:
        held = io.BytesIO()
        Image.fromarray(oval(190)).save(held, "JPEG")
        return held.getvalue()

    def consents(self, client_id: str) -> tuple[Consent, ...]:
        return tuple(self.given)

    def give_consent(self, client_id: str, *, document: bytes, **more) -> Consent:
        begins = more.pop("granted_on", None) or FIRST_DAY
        photos = tuple(more.pop("photo_ids"))
        more.pop("media_type", None)
        more = {"region": "", "jurisdiction": ""} | more
        told = hashlib.sha256(document).hexdigest()
        self.documents.append(document)
        now = datetime(2026, 7, 1)  # noqa: DTZ001 - the record's own way, without zone
        made = Consent(
            id=f"k{len(self.given)}",
            client_id=client_id,
            photos=photos,
            granted_on=begins,
            withdrawn_at=None,
            document_sha256=told,
            recorded_by="c",
            recorded_at=now,
            **more,
        )
        self.given.append(made)
        return made

    def withdraw_consent(
        self, client_id: str, consent_id: str, *, photos: Collection[str] | None = None
    ) -> Receipt:
        found = next(n for n, one in enumerate(self.given) if one.id == consent_id)
        gone = datetime(2026, 7, 2)  # noqa: DTZ001 - the record's own way, without zone
        change = {"withdrawn_at": gone} if photos is None else {"withdrawn_photos": tuple(photos)}
        self.given[found] = replace(self.given[found], **change)
        shown = self.given[found].photos if photos is None else tuple(photos)
        return Receipt(client_id, gone, "c", (consent_id,), shown, tuple(self.left), ())

    def consent_document(self, client_id: str, consent_id: str) -> SignedDocument | None:
        return SignedDocument(self.documents[int(consent_id[1:])], "text/html")

    def exports(self, client_id: str) -> tuple[ExportRecord, ...]:
        return tuple(self.left)

    def take_down_due(self) -> tuple[ExportRecord, ...]:
        ended = {one.id for one in self.given if one.withdrawn_at is not None}
        return tuple(
            one for one in self.left if one.taken_down_at is None and ended & set(one.consents)
        )

    def note_taken_down(self, client_id: str, export_id: str) -> None:
        now = datetime(2026, 7, 3)  # noqa: DTZ001 - the record's own way, without zone
        self.left = [
            replace(one, taken_down_at=now) if one.id == export_id else one for one in self.left
        ]

    def cleared_sessions(self) -> tuple[ClearedSession, ...]:
        found = []
        for session in self.sessions("c1"):
            shown = {photo.sha256 for photo in session.photos}
            over = tuple(one for one in self._holding() if shown & set(one.photos))
            if over:
                body = all(photo.view is View.BODY for photo in session.photos)
                found.append(ClearedSession("c1", session.taken_on, over, True, body))
        return tuple(found)

    def ask_grant(self, client_id: str, use: Use) -> Grant:
        held = [one for one in self._holding() if one.channel is use.channel]
        if not held or not set(use.photos) <= {sha for one in held for sha in one.photos}:
            raise NotAllowed(
                f"marketing on {use.channel.value}: the client's consent was withdrawn",
                advice="ask the client, and record the answer",
            )
        return Grant(client_id, use, datetime(2026, 7, 1), tuple(held))  # noqa: DTZ001 - as above

    def release(self, client_id: str, files: Sequence[Outgoing], *, grant: Grant, **more):
        asked = self.ask_grant(client_id, grant.use)
        photos = grant.use.photos
        return self._noted(client_id, files, "marketing", asked.consents, photos=photos, **more)

    def release_record(self, client_id: str, files: Sequence[Outgoing], **more) -> ExportRecord:
        return self._noted(client_id, files, "care", (), **more)

    def _noted(self, client_id, files, purpose, consents, *, kind, photos=(), **more):
        put = tuple(ExportedFile(one.name, BY_DOWNLOAD, one.sha256) for one in files)
        at = datetime(2026, 7, 1)  # noqa: DTZ001 - the record's own way, without zone
        key = more.get("export_id") or f"x{len(self.left)}"
        held = tuple(one.id for one in consents)
        where = (purpose, "website", "GB", at, "c", put, tuple(photos), held)
        self.left.append(ExportRecord(key, client_id, kind, *where, more.get("detail") or {}))
        return self.left[-1]

    def _holding(self) -> list[Consent]:
        marketing = [one for one in self.given if one.purpose is Purpose.MARKETING]
        return [one for one in marketing if one.withdrawn_at is None]

    def shown_photos(self, client_id: str, days: Sequence[date]) -> ShownPhotos:
        shown = [one for one in self.sessions(client_id) if one.taken_on in days]
        ids = tuple(one.id for one in shown)
        return ShownPhotos(tuple(days), ids, tuple(one.photos[0].sha256 for one in shown))

    def granted_facts(self, client_id: str, grant: Grant, shown: ShownPhotos) -> SimpleNamespace:
        self.ask_grant(client_id, grant.use)
        return SimpleNamespace(treatments=self.treatments(client_id))

    def cleared_pictures(self) -> tuple[ClearedPicture, ...]:
        return tuple(
            ClearedPicture(one.id, photo, one.channel, "", "", one.expires_on)
            for one in self.given
            if one.withdrawn_at is None
            for photo in one.photos
        )

    def cleared_picture(self, consent_id: str, sha256: str) -> bytes:
        return self.photo_picture("", sha256, max_px=720)

    def keep_regions(self, client_id: str, regions: Sequence[Region]) -> None:
        self.drawn = tuple(regions)
        for region in regions:  # a browser's test reads them in the server's log
            sys.stdout.write(f"kept {region.name} {region.polygon_xy.tolist()}\n")
        sys.stdout.flush()

    def add_client(self, pseudonym: str, *, note: str = "") -> Client:
        client = Client(f"c{len(self._clients) + 1}", pseudonym, note=note)
        self._clients.append(client)
        return client

    def change_client(self, client_id: str, **changes) -> Client:
        at = next(n for n, one in enumerate(self._clients) if one.id == client_id)
        self._clients[at] = replace(self._clients[at], **changes)
        return self._clients[at]

    def sessions(self, client_id: str) -> tuple[Session, ...]:
        return tuple(sorted(self._sessions.get(client_id, []), key=lambda s: s.taken_on))

    def treatments(self, client_id: str) -> tuple[Treatment, ...]:
        return tuple(self._treatments.get(client_id, []))

    def regions(self, client_id: str) -> tuple[Region, ...]:
        return self.drawn

    def add_session(
        self,
        client_id: str,
        *,
        taken_on: date,
        photos: Sequence[tuple[str, bytes]],
        note: str = "",
        view: View = View.FRONTAL,
    ) -> Session:
        key = f"{client_id}-{taken_on}"
        records = tuple(
            Photo(f"{key}-{n}", key, hashlib.sha256(data).hexdigest(), name, view, SIZE)
            for n, (name, data) in enumerate(photos)
        )
        session = Session(key, client_id, taken_on, records, note)
        self._sessions.setdefault(client_id, []).append(session)
        return session

    def add_treatment(self, client_id: str, *, day: date, kind: str, **more) -> Treatment:
        done = Treatment(f"t-{client_id}-{day}", client_id, day, kind, **more)
        self._treatments.setdefault(client_id, []).append(done)
        return done

    def first_photo(self, client_id: str, view: View) -> Photo | None:
        photos = [p for s in self.sessions(client_id) for p in s.photos if p.view is view]
        return photos[0] if photos else None

    def known_photo(self, photo: Photo, *, options: Options) -> KnownPhoto:
        self.worked.append("known")
        return known_oval(photo.file, self.face)

    def guide_upload(
        self, name: str, data: bytes, *, baseline: KnownPhoto | None, options: Options
    ) -> Guidance:
        self.areas.append(options.area)
        self.worked.append("guide")
        if data.startswith(b"not a photo"):
            raise UnreadablePhoto(
                f"{name}: expected a photo, got text", advice="choose the camera's file"
            )
        ready = data.startswith(b"\x89PNG")
        turn = Advice("pose", "Turn the face 8° to the client's left.", ("texture",))
        seen = known_oval(name, self.face)
        named = replace(seen.judged.provenance, taken_at=when_taken(Path(name), data=data))
        return Guidance(
            seen=replace(seen, judged=replace(seen.judged, provenance=named)),
            baseline=baseline,
            checks=(),
            moves=Moves(turn_left_deg=8.0) if baseline else None,
            advice=() if ready else (turn,),
            left_out=0,
            metrics_lost=() if ready else ("texture",),
            ready=ready,
        )

    def timeline(
        self, client_id: str, step: Callable[[str, float], None], *, options: Options
    ) -> Timeline:
        self.areas.append(options.area)
        self.worked.append("timeline")
        step("Measuring", 0.5)
        points = []
        for session, value in zip(self.sessions(client_id), VALUES.values(), strict=False):
            if value is None:
                missing = NotMeasured("sharpness: hold the camera still")
                points.append(TimelinePoint(session.taken_on, missing, None))
                continue
            moved = replace(CHANGES[0], delta=value - 0.31, followup=value)
            against = moved if points else None
            points.append(
                TimelinePoint(
                    session.taken_on, Estimate(value, 0.011, 900), against, healing=value > 0.35
                )
            )
        series = tuple(
            TimelineSeries(
                "redness",
                1,
                region,
                "OD",
                "Redness",
                tuple(points),
                Trend(-0.016, -0.02, -0.012, 4),
                Verdict.IMPROVED,
                judged_on=points[-1].date if points and points[-1].change else None,
            )
            for region in ("left_cheek", "right_cheek")
        )
        events = tuple(TimelineEvent(t.date, t.kind) for t in self.treatments(client_id))
        judged = {s.taken_on: (judged_photo(s.photos[0].file),) for s in self.sessions(client_id)}
        return Timeline(judged, events, series, affected, simulated=True)

    def pair(
        self,
        client_id: str,
        first_id: str,
        second_id: str,
        step: Callable[[str, float], None],
        *,
        options: Options,
    ) -> SimpleNamespace:
        self.areas.append(options.area)
        self.asked.append(options.user_regions)
        self.worked.append("pair")
        step("Aligning", 0.5)
        columns, rows = SIZE[0] // 4 + 1, SIZE[1] // 4 + 1
        x, y = np.meshgrid(np.arange(columns) * 4.0, np.arange(rows) * 4.0)
        registration: Registration | NotAligned = Registration(
            SIZE,
            SIZE,
            4,
            np.stack([x, y], axis=-1).astype(np.float32),
            ((x - 120) / 80) ** 2 + ((y - 150) / 110) ** 2 < 1,
            np.full((rows, columns), 0.06, np.float32),
            ErrorSummary(0.05, 0.14),
            0.97,
            "made up",
            1,
        )
        if self.refuses_pairs:
            registration = NotAligned("these are two people")
        checks = (
            PairCheck("pose", 1.2, "deg", 6.0, passed=True),
            PairCheck(
                "light_direction",
                12.1,
                "deg",
                5.0,
                passed=False,
                flatters=Flatters.FOLLOWUP,
                advice="Put the lamp where it was.",
                touches=frozenset({Need.RELIEF_LIGHT}),
            ),
        )
        values = np.full((75, 60), 0.3, np.float32)
        maps = {
            "redness": tuple(
                HeatMap("redness", "Redness", "OD", v, (0, 0, *SIZE))
                for v in (values, values - 0.1)
            )
        }
        comparison = Comparison(
            (judged_photo("a.jpg"),),
            (judged_photo("b.jpg"),),
            Comparability(checks),
            registration,
            CHANGES,
            affected,
        )
        return SimpleNamespace(
            comparison=comparison,
            baseline_photo=DecodedPhoto.from_codes(oval(190)),
            followup_photo=DecodedPhoto.from_codes(oval(180)),
            registration=registration,
            heat_maps=maps,
            shots=None,
            marks=(),
            px_per_mm=4.0,
            simulated=True,
        )
