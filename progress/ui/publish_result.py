"""A comparison that was made: how it looks, what it says, which rules apply, and letting it out."""

from __future__ import annotations

import streamlit as st

from progress.exports.jurisdiction import Effect, Rule, Ruling
from progress.exports.layouts import Layout
from progress.exports.marketing_preview import Preview
from progress.ui import publishing
from progress.ui.before_after import before_after
from progress.ui.layout import day_words, plain
from progress.ui.publishing import Made
from progress.views.catalogue import marketing as words

_LOOK_EVERY_S = 5
_FILM_WIDTH_PX = 560
"""Most films are portraits: all of it is seen at once on a tablet."""
_TYPES = {
    ".jpg": "image/jpeg",
    ".html": "text/html",
    ".webp": "image/webp",
    ".webm": "video/webm",
    ".mp4": "video/mp4",
}


def show_made(held: Made) -> None:
    """Show a comparison with all that whoever lets it out must know.

    Parameters
    ----------
    held : Made
        Asked anew on this run of the page whether it may be shown.
    """
    _watch()
    piece = held.piece
    st.subheader(words.PREVIEW)
    _show_preview(held.preview, piece.wish.under, key=held.key)
    st.caption(words.PREVIEW_NOTE)
    left, right = st.columns(2)
    with left:
        st.subheader(words.SAYS)
        st.markdown(_listed(piece.captions))
        st.caption(words.SAYS_NOTE)
        if piece.composed.limited:
            st.subheader(words.CANNOT_SHOW)
            st.markdown(_listed(piece.composed.limited))
    with right:
        _show_rules(piece.ruling)
    if held.export is None:
        asking = st.empty()
        with asking.container():
            st.caption(words.LET_OUT_NOTE)
            st.caption(plain(words.SIGNED_AS.format(held.piece.signed_as)))
            if not st.button(words.LET_OUT, type="primary", icon=":material/outbox:"):
                return
        held = publishing.let_out(held)
        asking.empty()
    _show_files(held)


@st.fragment(run_every=_LOOK_EVERY_S)
def _watch() -> None:
    """Draw the page anew by itself when the consent has ended while somebody looks at it."""
    if not publishing.holds():
        st.rerun()


def _show_preview(preview: Preview, under: tuple[str, ...], *, key: str) -> None:
    """One picture, two under a slider, or a film that can be stopped."""
    if preview.film is not None:
        st.video(preview.film, format="video/webm", loop=True, muted=True, width=_FILM_WIDTH_PX)
    elif preview.layout is Layout.SLIDER:
        first, then = preview.frames
        before_after(first, then, (under[0], under[1]), key=f"made-{key}")
    else:
        st.image(preview.frames[0], alt=words.PREVIEW_ALT)


def _show_rules(ruling: Ruling) -> None:
    """Which rule and why, with its source; those that warn first."""
    if ruling.pack is None:
        st.subheader(words.RULES.format(plain(ruling.country)))
        if ruling.override is not None:
            st.warning(
                words.SIGNED_FOR.format(plain(ruling.override.reason)), icon=":material/gavel:"
            )
        return
    st.subheader(words.RULES.format(ruling.pack.name))
    for rule in ruling.rules:
        _show_rule(rule)
    if not ruling.rules:
        st.write(words.NO_RULES)
    st.caption(words.RULES_OF.format(day_words(ruling.pack.stated_on)))


def _show_rule(rule: Rule) -> None:
    with st.container(border=True):
        if rule.effect is Effect.WARN:
            st.markdown(f":material/gavel: **{words.RULE_WARNS}**")
        else:
            st.markdown(f":material/subtitles: {words.RULE_CAPTIONS.format(plain(rule.caption))}")
        st.write(plain(rule.why))
        source = words.RULE_SOURCE.format(
            id=rule.id, source=rule.source, day=day_words(rule.source_date)
        )
        st.caption(plain(source))


def _show_files(held: Made) -> None:
    """The two files that were noted, each handed over if it is allowed at the click."""
    piece = held.piece
    st.success(words.IS_OUT, icon=":material/check_circle:")
    left, right = st.columns(2)
    left.download_button(
        words.SAVE_PICTURE,
        publishing.handing_over(held, piece.data),
        piece.name,
        _TYPES[piece.wish.suffix],
        on_click="ignore",
        type="primary",
        icon=":material/download:",
        width="stretch",
    )
    right.download_button(
        words.SAVE_PACK,
        publishing.handing_over(held, piece.pack),
        piece.pack_name,
        "application/zip",
        on_click="ignore",
        icon=":material/verified:",
        width="stretch",
    )
    st.caption(words.VERIFY)


def _listed(lines: tuple[str, ...]) -> str:
    return "\n".join(f"* {plain(line)}" for line in lines)
