"""Templates of pages that open offline."""

from __future__ import annotations

import functools
from typing import Any

import jinja2

from progress.views import labels, words


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("progress.views"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )


def render(template: str, **values: Any) -> str:
    """Return a template of ``views/templates`` filled in; every value is escaped."""
    return _templates().get_template(template).render(labels=labels, words=words, **values)
