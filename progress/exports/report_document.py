"""A document of headings, sentences, tables and pictures, typeset as an accessible PDF.

What a document says goes into the typesetter as JSON, never as markup, so no note of a client can
become a command. Only the fonts of the typesetter's own package are used, nothing is fetched, and
every picture has an alternative text: PDF/UA-1 and PDF/A-2a are checked while it is made.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import typst

from progress.exports.printable import MISSING, MISSING_NOTE, printable


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; it becomes a bookmark too.

    Parameters
    ----------
    text : str
    level : int
        1 for parts, 2 for what is in them.
    new_page : bool
        Whether it begins a page.
    """

    text: str
    level: int = 1
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; `style` is ``"body"``, ``"lead"``, ``"soft"``, or ``"intro"`` to a table."""

    text: str
    style: str = "body"


@dataclass(frozen=True, slots=True)
class Bullets:
    """Sentences one below the other."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with what they are, such as a day or a version."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Banner:
    """What must not be overlooked; `look` is ``"good"``, ``"limited"``, ``"bad"``, ``"plain"``."""

    title: str
    text: str
    look: str = "plain"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings that stand again on every page.

    Parameters
    ----------
    caption : str
        Stands above; empty where a heading says it.
    headings : tuple of str
    rows : tuple of tuple of tuple of str
        Cells of lines.
    widths : tuple of float
        Shares of the width of the page.
    figures : tuple of int
        Columns that are set to the right.
    verdict : int or None
        Column whose words are coloured.
    together : bool
        Whether a short one is kept on one page.
    """

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], ...], ...]
    widths: tuple[float, ...]
    figures: tuple[int, ...] = ()
    verdict: int | None = None
    together: bool = True

    def __post_init__(self) -> None:
        count = len(self.headings)
        if len(self.widths) != count or any(len(row) != count for row in self.rows):
            raise ValueError(f"Table: expected {count} cells in every row and as many widths")


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture or chart.

    Parameters
    ----------
    content : bytes
        Of the file.
    suffix : str
        ``".jpg"``, ``".png"`` or ``".svg"``.
    alt : str
        What a reader who cannot see it should know.
    caption : str
        Stands below; empty for none.
    most_mm : float
        Height beyond which its pixels would show.
    """

    content: bytes = field(repr=False)
    suffix: str
    alt: str
    caption: str = ""
    most_mm: float = 250.0

    def __post_init__(self) -> None:
        if not self.alt:
            raise ValueError("Picture.alt: expected words, got an empty string")


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Pictures beside each other, at most `tall_mm` high each."""

    pictures: tuple[Picture, ...]
    tall_mm: float = 110.0


@dataclass(frozen=True, slots=True)
class Formula:
    """One of the formulas that the template knows, with its words."""

    name: str
    alt: str


Block = Heading | Words | Bullets | Facts | Banner | Table | Pictures | Formula


def cells(*texts: str) -> tuple[tuple[str, ...], ...]:
    """Return a row whose cells have one line each."""
    return tuple((text,) for text in texts)


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """What one PDF says.

    Parameters
    ----------
    title : str
    subtitle : str
        Below the title; empty for none.
    blocks : sequence of Block
    made_on : date
        The only time in the file: it names no hour, so that the same answer gives the same bytes.
    simulated : bool
        Every page says so.
    hidden : tuple of str
        Words that must not leave the house, such as names of files; taken out wherever they stand.
    """

    title: str
    blocks: Sequence[Block]
    made_on: date
    subtitle: str = ""
    simulated: bool = False
    hidden: tuple[str, ...] = ()


def typeset(document: Document, template: str = "report.typ") -> bytes:
    """Return a document as a tagged PDF.

    Parameters
    ----------
    document : Document
    template : str
        Name of a file in ``templates``.

    Returns
    -------
    bytes
        With title, language, bookmarks and numbers of pages; without author, hour or path.
    """
    with _folder(document) as folder:
        made = typst.compile(
            folder / template,
            root=folder,
            font_paths=typst.Fonts(include_system_fonts=False),
            timestamp=_midnight(document.made_on),
            pdf_standards=["ua-1", "a-2a"],
        )
    return _unbannered(made)


def page_pictures(
    document: Document, template: str = "report.typ", *, ppi: float = 80
) -> list[bytes]:
    """Return every page as a PNG, to be looked at."""
    with _folder(document) as folder:
        made: bytes | list[bytes] = typst.compile(
            folder / template,
            root=folder,
            font_paths=typst.Fonts(include_system_fonts=False),
            timestamp=_midnight(document.made_on),
            format="png",
            ppi=ppi,
        )
    return made if isinstance(made, list) else [made]


@contextmanager
def _folder(document: Document) -> Iterator[Path]:
    """A folder of its own that holds templates, data and pictures while a document is set."""
    places = files("progress.exports") / "templates"
    with as_file(places) as templates, tempfile.TemporaryDirectory(prefix="report-") as name:
        folder = Path(name)
        for source in templates.glob("*.typ"):
            (folder / source.name).write_bytes(source.read_bytes())
        (folder / "data.json").write_text(json.dumps(_data(document, folder)), encoding="utf-8")
        yield folder


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _data(document: Document, folder: Path) -> dict[str, Any]:
    """What the template reads; pictures become files of the folder."""
    names = (f"picture-{number}" for number in range(10_000))
    told = {
        "title": document.title,
        "subtitle": document.subtitle,
        "simulated": document.simulated,
        "made_with": f"skin-progress {version('skin-progress')}",
        "day": [document.made_on.year, document.made_on.month, document.made_on.day],
        "blocks": [_plain(block, folder, names) for block in document.blocks],
    }
    hidden = sorted((name for name in document.hidden if name), key=len, reverse=True)
    cleaned: dict[str, Any] = _cleaned(told, hidden)
    lacking = MISSING in json.dumps(cleaned, ensure_ascii=False)
    return {**cleaned, "note": MISSING_NOTE if lacking else ""}


def _plain(block: Block, folder: Path, names: Iterator[str]) -> dict[str, Any]:
    """A block as the template reads it."""
    kind = type(block).__name__.lower()
    if isinstance(block, Pictures):
        shown = []
        for picture in block.pictures:
            file = f"{next(names)}{picture.suffix}"
            (folder / file).write_bytes(picture.content)
            tall_mm = min(block.tall_mm, picture.most_mm)
            told = {"alt": picture.alt, "caption": picture.caption, "tall_mm": tall_mm}
            shown.append({"file": file, **told})
        return {"kind": kind, "pictures": shown}
    return {"kind": kind, **{name: getattr(block, name) for name in type(block).__slots__}}


def _cleaned(value: Any, hidden: Sequence[str]) -> Any:
    """The same with every text free of hidden words and of signs that the fonts lack."""
    if isinstance(value, str):
        for name in hidden:
            value = value.replace(name, "the photo")
        return printable(value)
    if isinstance(value, Mapping):
        return {key: _cleaned(one, hidden) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(one, hidden) for one in value]
    return value


def _unbannered(pdf: bytes) -> bytes:
    """The PDF with the typesetter's name replaced by this program's, byte for byte as long.

    The catalogue of a PDF counts bytes, so the new name takes the same room.
    """
    start = pdf.find(b"/Creator(")
    banner = pdf[start + len(b"/Creator(") : pdf.find(b")", start)] if start >= 0 else b""
    return pdf.replace(banner, b"progress".ljust(len(banner))) if banner else pdf
