"""The command line: reads options, calls the pipeline, writes JSON and pictures.

Heavy imports happen inside the command that needs them, so that ``progress --help`` is quick.
"""

from __future__ import annotations

import os
import sys

import typer

# The modules add their commands to the app when they are imported, in the order of the help.
# isort: off
from progress.cli import sessions, depth, clinic, import_, client_record, recompute  # noqa: F401
from progress.cli import record, account, consent, lab  # noqa: F401
from progress.cli import report, data_out, export  # noqa: F401
from progress.cli import evidence  # noqa: F401

# isort: on
from progress.cli.shared import app
from progress.model.errors import ProgressError

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line; every mistake of the caller ends in one line and an exit code."""
    try:
        code = app(standalone_mode=False)
    except typer.Abort:
        _fail("stopped; nothing was lost", 130)
    except KeyboardInterrupt:
        _fail("stopped; nothing was lost", 130)
    except typer.TyperException as mistake:
        describe = getattr(mistake, "format_message", mistake.__str__)
        _fail(f"{describe().rstrip('.')}; see progress --help", 2)
    except ProgressError as error:
        _fail(str(error), error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        _fail(f"{error.filename or 'file'}: {error.strerror or error}; check place and rights", 2)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(line: str, code: int) -> None:
    """One line on standard error, then out."""
    sys.stderr.write("progress: " + " ".join(line.split()) + "\n")
    sys.exit(code)


@app.callback(invoke_without_command=True)
def _no_command(context: typer.Context) -> None:
    """Show the help when no command is named."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
