"""Publishes, withdraws or dies: run as ``python export_driver.py MODE HOME CLIENT OUT``.

``publish`` and ``withdraw`` wait for a name on standard input, do it once, and print one JSON line:
what was noted, or what was refused. ``die`` publishes again and again in a child of its own that is
killed just before its nth call to the disk, and prints what each kill left.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from progress.model import NotAllowed
from progress.model.consent import Channel, Purpose, Use
from progress.model.exports import Outgoing
from progress.model.people import OPERATOR
from progress.pipeline.clinic import Clinic

PIXELS = b"pixels" * 5000


def website(clinic: Clinic, client_id: str) -> Use:
    photos = tuple(p.sha256 for s in clinic.sessions(client_id) for p in s.photos)
    return Use(Purpose.MARKETING, Channel.WEBSITE, photos)


def answer(**told: object) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def publish(home: Path, client_id: str, out: Path) -> None:
    with Clinic.open(home, caller=OPERATOR) as clinic:
        answer(ready=True)
        for line in sys.stdin:
            name = line.strip()
            try:
                # Asked and let out at once, as a command does.
                grant = clinic.ask_grant(client_id, website(clinic, client_id))
                files = [Outgoing(name, PIXELS, out / name)]
                clinic.release(client_id, files, grant=grant, kind="comparison")
            except NotAllowed as error:
                answer(refused=str(error))
            else:
                answer(refused=None)


def withdraw(home: Path, client_id: str, _out: Path) -> None:
    with Clinic.open(home, caller=OPERATOR) as clinic:
        answer(ready=True)
        for line in sys.stdin:
            receipt = clinic.withdraw_consent(client_id, line.strip())
            answer(down=[file.name for one in receipt.take_down for file in one.files])


def die(home: Path, client_id: str, out: Path) -> None:
    left = []
    for nth in itertools.count():
        child = os.fork()
        if child == 0:
            _publish_until(nth, home, client_id, out / f"{nth}.jpg")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        files = {
            path.name: path.stat().st_size for path in out.iterdir() if path.name not in _seen(left)
        }
        with Clinic.open(home, caller=OPERATOR) as clinic:
            noted = [file.name for one in clinic.exports(client_id) for file in one.files]
        left.append({"noted": f"{nth}.jpg" in noted, "files": files})
        if not os.WIFSIGNALED(status):
            break
    answer(left=left, whole=len(PIXELS))


def _seen(left: list[dict[str, object]]) -> set[str]:
    return {name for one in left for name in one["files"]}  # type: ignore[union-attr,attr-defined]


def _publish_until(nth: int, home: Path, client_id: str, target: Path) -> None:
    with Clinic.open(home, caller=OPERATOR) as clinic:
        grant = clinic.ask_grant(client_id, website(clinic, client_id))
        count = itertools.count(nth, -1)

        def deadly(real: Callable[..., object]) -> Callable[..., object]:
            def call(*args: object, **kwargs: object) -> object:
                if next(count) == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*args, **kwargs)

            return call

        for owner, name in [
            (os, "fsync"),
            (os, "open"),
            (os, "fdopen"),
            (os, "close"),
            (Path, "replace"),
            (Path, "unlink"),
        ]:
            setattr(owner, name, deadly(getattr(owner, name)))
        # The row is committed through the database's driver: die there, too.
        commit = clinic._store._engine.dialect.do_commit
        clinic._store._engine.dialect.do_commit = deadly(commit)  # type: ignore[method-assign]
        files = [Outgoing(target.name, PIXELS, target)]
        clinic.release(client_id, files, grant=grant, kind="comparison")


if __name__ == "__main__":
    modes = {"publish": publish, "withdraw": withdraw, "die": die}
    modes[sys.argv[1]](Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
