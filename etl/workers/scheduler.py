"""Has a Dask scheduler's workers do the work of a run: `--scheduler tcp://host:port`.

The files of a job go along as bytes and what it writes comes back (`etl.workers.remote_job`), so that workers need not
see our folders. They need this very program, a nanny, and Python and packages as here; one thread each is
enough, for a worker does one job at a time. What crosses the network is pickled and, unless the address is
`tls://`, neither encrypted nor authenticated: a scheduler is to be reachable for those who may use it.

A file may take its worker down as it may one of ours: by the clock on its reading, which ends the worker's
process and not its nanny, or by the memory limit the worker was started with (`--memory-limit`; we set
none). Dask would run the lost job again on other workers, `allowed-failures` times; a job that was begun
before comes back at once instead, and is told as `BrokenExecutor`, like the death of a worker of ours
(`etl.workers.pool`). A job that only waited at a worker that died is run elsewhere and not blamed.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

from etl.safe.refusal import Refusal
from etl.safe.whole_file import write_whole
from etl.workers.remote_job import Errand, Home, TooLarge, errand, perform

SECONDS_TO_ANSWER = 10.0
"""How long an address may take to answer, and a scheduler to have a worker."""
SECONDS_WITHOUT_WORKERS = 60.0
"""How long a run waits for a worker to come back: a nanny takes a few seconds."""
TIMES_UNBEGUN = 12
"""How often a job is sent again whose workers died before they began it."""
AHEAD = 2
"""Jobs a worker: one that it does and one that waits there already."""
_LOOK_AGAIN = 5.0
_PULSE = 0.5


class Scheduler(Executor):
    """Runs jobs on a scheduler's workers; no more of them hold their files at a time than keep the workers busy."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.workers = max(len(client.nthreads()), 1)
        self._threads = ThreadPoolExecutor(AHEAD * self.workers, "scheduler")
        self._leaving = threading.Event()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return a future of the call on a worker; it raises `BrokenExecutor` where the worker died of it."""
        if kwargs:
            raise TypeError("a job for a scheduler takes no keywords")
        return self._threads.submit(self._done, fn, args)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let go of the workers once they are done, or at once with `cancel_futures`."""
        if cancel_futures:
            self._leaving.set()
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """End; without waiting for what runs elsewhere where the body was left by an exception."""
        self.shutdown(cancel_futures=kind is not None)

    def _done(self, work: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Have a call made elsewhere and its files written here; runs in a thread of ours that waits for it."""
        try:
            job = errand(uuid.uuid4().hex, work, arguments)
        except TooLarge as several:
            raise BrokenExecutor("these are to be sent one by one") from several
        home = self._home(job)
        for path, content in home.files.items():
            write_whole(path, content)
        return home.result

    def _home(self, job: Errand) -> Home:
        """Return what an errand brings home; raises `BrokenExecutor` if its worker died of it."""
        for _ in range(TIMES_UNBEGUN):
            home = self._tried(job)
            begun = home is not None or self._asked("event_is_set", name=job.name)
            if begun:
                self._asked("event_clear", name=job.name)
            if home is not None:
                return home
            if begun:
                break
        raise BrokenExecutor("the worker died")

    def _tried(self, job: Errand) -> Home | None:
        """Send an errand once; None where it did not come back, whether it was begun or not."""
        from distributed import KilledWorker

        self._refuse_gone()
        try:
            future = self._client.submit(perform, job, pure=False)
            self._wait(future)
            home: Home | None = future.result()
        except (KilledWorker, CancelledError):
            return None
        except ImportError as lacking:
            raise Refusal(f"计算节点缺少 a worker of the scheduler lacks {lacking.name}") from lacking
        return home

    def _wait(self, future: Any) -> None:
        """Wait until a job is over; raises `Refusal` where that cannot be any more, and when we leave."""
        over = threading.Event()
        future.add_done_callback(lambda _: over.set())
        seen = looked = time.monotonic()
        while not over.wait(_PULSE):
            now = time.monotonic()
            if self._leaving.is_set():
                raise CancelledError
            if now - looked > _LOOK_AGAIN:
                looked = now
                seen = now if self._asked("ncores") else seen
            if now - seen > SECONDS_WITHOUT_WORKERS:
                raise Refusal("调度器上已没有计算节点 the scheduler has no worker left")

    def _asked(self, what: str, **about: Any) -> Any:
        """Ask the scheduler something; raises `Refusal` where it does not answer."""
        if self._leaving.is_set():
            raise CancelledError
        self._refuse_gone()
        question = getattr(self._client.scheduler, what)
        try:
            return self._client.sync(question, callback_timeout=SECONDS_TO_ANSWER, **about)
        except Exception as error:
            self._refuse_gone(error)
            raise

    def _refuse_gone(self, error: Exception | None = None) -> None:
        if self._client.status != "running" or isinstance(error, OSError):
            raise Refusal("与调度器的连接已断开 the connection to the scheduler was lost") from error


@contextmanager
def connected(address: str) -> Iterator[Scheduler]:
    """Give the executor of a Dask scheduler.

    Raises `Refusal` where the extra is not installed, where nothing answers at the address within
    `SECONDS_TO_ANSWER`, and where the scheduler has no worker.
    """
    client = _client(address)
    try:
        with Scheduler(client) as scheduler:
            yield scheduler
    finally:
        with suppress(Exception):  # it may be gone by now
            client.close(timeout=SECONDS_TO_ANSWER)


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise Refusal("--scheduler 需要先安装 needs: pip install 'jixiao[dask]'") from error
    for name in ("distributed", "distributed.client"):  # what they have to say, our refusals say
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", message="Sending large graph")
    _refuse_no_scheduler(address)
    try:
        client = Client(address, timeout=SECONDS_TO_ANSWER, set_as_default=False)
        try:
            client.wait_for_workers(1, timeout=SECONDS_TO_ANSWER)
        except TimeoutError as error:
            client.close(timeout=SECONDS_TO_ANSWER)
            raise Refusal(f"调度器上没有计算节点 the scheduler has no worker: {address}") from error
    except OSError as error:
        raise _no_answer(address, error) from error
    return client


def _refuse_no_scheduler(address: str) -> None:
    """Raise `Refusal` where there is no scheduler; a client would wait for an answer for ever."""
    try:
        kind = asyncio.run(_kind(address))
    except Exception as error:  # whatever answers instead is taken for messages, and fails in any way at all
        raise _no_answer(address, error) from error
    if kind != "Scheduler":
        raise Refusal(
            f"该地址是 {kind},不是调度器 this is the address of a {kind}, not a scheduler: {address}"
        )


async def _kind(address: str) -> str:
    """Return what says that it listens at an address; raises TimeoutError where nothing says so in time."""
    from distributed import Security
    from distributed.core import rpc

    secured = Security().get_connection_args("client")
    async with asyncio.timeout(SECONDS_TO_ANSWER), rpc(address, connection_args=secured) as there:
        return str((await there.identity())["type"])


def _no_answer(address: str, error: Exception) -> Refusal:
    reason = str(error) or f"{SECONDS_TO_ANSWER:g} s"
    return Refusal(f"调度器没有应答 no scheduler answers at {address}: {reason}")
