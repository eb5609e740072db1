"""The jobs of a desk: one check at a time, as a child process that outlives the desk; others wait in line.

A job's state stands in the database, what the child says in a file of its batch's folder. A desk that was ended finds the
child again: it still holds the output folder, or left it, and then the store says whether it came to its end.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from etl.desk.home.batches import batch_of
from etl.desk.home.database import Home, now
from etl.desk.work.child import Told, command, ending, environment, told
from etl.desk.work.keep import keep_seen
from etl.safe.refusal import Refusal
from etl.safe.whole_file import held
from etl.store.ledger import read_ledger

OPEN = ("queued", "running")
SECONDS_TO_START = 60.0
"""How long a child may take to load what it needs and to take its lock, on a slow PC."""
SECONDS_TO_END = 20
"""How long a child that was asked to stop may take before it is ended."""
_TICK = 0.15


@dataclass
class Jobs:
    """The line of jobs of a home and the thread that works through it."""

    home: Home
    wake: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _ended: bool = False

    def start(self) -> None:
        """Begin to work through the line, first through what an ended desk left."""
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop working; a child that runs goes on, and is found again."""
        self._ended = True
        self.wake.set()
        if self._thread is not None:
            self._thread.join(5)

    def ask(self, batch: int, by: str) -> int:
        """Put a check of a batch in line and return its number; one that waits already is enough."""
        with self.home.open() as database:
            waiting = database.execute(
                "SELECT number FROM jobs WHERE batch = ? AND state = 'queued'", (batch,)
            ).fetchone()
            number = int(waiting[0]) if waiting else int(database.execute(
                "INSERT INTO jobs (batch, state, stage, done, total, last, by, asked_at, started_at, ended_at, pid, said, decided)"
                " VALUES (?, 'queued', '', 0, 0, '', ?, ?, '', '', 0, '', 0)",
                (batch, by, now()),
            ).lastrowid or 0)  # fmt: skip
        self.wake.set()
        return number

    def stop(self, batch: int) -> None:
        """Take the jobs of a batch out of the line, and ask the one that runs to stop."""
        self.home.change(
            "UPDATE jobs SET state = 'stopped', ended_at = ? WHERE batch = ? AND state = 'queued'",
            (now(), batch),
        )
        self.home.change("UPDATE jobs SET stage = 'stopping' WHERE batch = ? AND state = 'running'", (batch,))

    def last(self, batch: int) -> sqlite3.Row | None:
        """Return the newest job of a batch."""
        found = self.home.rows("SELECT * FROM jobs WHERE batch = ? ORDER BY number DESC LIMIT 1", (batch,))
        return found[0] if found else None

    def _work(self) -> None:
        for job in self.home.rows("SELECT * FROM jobs WHERE state = 'running'"):
            self._watch(job, None)
        while not self._ended:
            waiting = self.home.rows("SELECT * FROM jobs WHERE state = 'queued' ORDER BY number LIMIT 1")
            if waiting:
                self._run(waiting[0])
            else:
                self.wake.wait(5)
                self.wake.clear()

    def _run(self, job: sqlite3.Row) -> None:
        batch = batch_of(self.home, job["batch"])
        assert batch is not None
        try:
            decided = read_ledger(self.home.output(batch.number)).last
            with _said(self.home, job).open("wb") as said:
                child = subprocess.Popen(
                    command(self.home, batch), stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                    cwd=self.home.folder, env=environment(), start_new_session=True,
                )  # fmt: skip
        except (OSError, Refusal) as error:
            self._set(job, state="failed", ended_at=now(), said=str(error))
            return
        self._set(job, state="running", started_at=now(), pid=child.pid, decided=decided)
        self._watch(job, child)

    def _watch(self, job: sqlite3.Row, child: subprocess.Popen[bytes] | None) -> None:
        """Follow a job to its end; `child`: None for one that an ended desk started."""
        pid = child.pid if child else int(job["pid"])
        asked_at, shown, starting = 0.0, Told(), time.monotonic() + SECONDS_TO_START
        while self._runs(job, child, starting):
            if self._ended:
                return
            latest = told(_said(self.home, job))
            if latest != shown:
                shown = latest
                self._set(job, done=shown.done, total=shown.total, last=shown.last)
                self.home.change(
                    "UPDATE jobs SET stage = ? WHERE number = ? AND stage <> 'stopping'",
                    (shown.stage, job["number"]),
                )
            if self._stopping(job):
                asked_at = asked_at or time.monotonic()
                _ask_to_end(pid, child, time.monotonic() - asked_at > SECONDS_TO_END)
            time.sleep(_TICK)
        self._end(job, child.returncode if child else None)

    def _runs(self, job: sqlite3.Row, child: subprocess.Popen[bytes] | None, starting: float) -> bool:
        """Say whether a job still runs. An ended desk's child is known by the lock it holds, at first by its number alone.

        A child that has just been started has no lock yet, and must not find it taken.
        """
        if child is not None:
            return child.poll() is None
        unended = told(_said(self.home, job)).exit is None
        if unended and time.monotonic() < starting and _is_there(int(job["pid"])):
            return True
        try:
            with held(self.home.output(job["batch"])):
                return False
        except Refusal:
            return True
        except OSError:
            return False

    def _stopping(self, job: sqlite3.Row) -> bool:
        return bool(
            self.home.rows("SELECT 1 FROM jobs WHERE number = ? AND stage = 'stopping'", (job["number"],))
        )

    def _end(self, job: sqlite3.Row, code: int | None) -> None:
        stopped = self._stopping(job)
        last = told(_said(self.home, job))
        state, said = ending(code, last.exit, self.home.output(job["batch"]), stopped), last.tail
        if state in ("done", "lost"):
            try:
                keep_seen(self.home, job["batch"])
            except (Refusal, OSError) as error:
                state, said = "failed", str(error)
        self._set(job, state=state, ended_at=now(), code=code, said=said)

    def _set(self, job: sqlite3.Row, **values: object) -> None:
        columns = ", ".join(f"{name} = ?" for name in values)
        self.home.change(f"UPDATE jobs SET {columns} WHERE number = ?", (*values.values(), job["number"]))


def _said(home: Home, job: sqlite3.Row) -> Path:
    return home.of(job["batch"]) / f"job-{job['number']}.log"


def _is_there(pid: int) -> bool:
    """Say whether a process has a number; never on Windows, where asking would end it."""
    if os.name == "nt":
        return False
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _ask_to_end(pid: int, child: subprocess.Popen[bytes] | None, at_once: bool) -> None:
    """Ask a child to end, or end it with all it started."""
    try:
        if os.name == "nt":
            if child is not None:
                child.terminate()
        elif at_once:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)
    except (ProcessLookupError, PermissionError):
        return
