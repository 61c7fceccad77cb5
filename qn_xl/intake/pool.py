"""Reads many files, each in a worker process of its own, so that no file can stop or slow down the others.

Some files abort the process inside calamine's native code; a file that kills its worker, hangs or asks for too
much memory becomes a reading with a finding, and the rest goes on.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import importlib
import os
import pickle
import sys
import threading
import types
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from concurrent.futures import TimeoutError as FutureTimeout
from multiprocessing import context as contexts
from multiprocessing import cpu_count
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qn_xl.intake import limits
from qn_xl.model import Address, FileReading
from qn_xl.packed import pack, unpack

if TYPE_CHECKING:
    from qn_xl.intake.context import ReadContext

Job = tuple[str, Path]
Reader = Callable[[str, Path, Any], FileReading]

READER = "qn_xl.intake.read:read_file"


def read_all(
    files: Sequence[Job],
    context: ReadContext | Any,
    *,
    workers: int | None = None,
    on_done: Callable[[FileReading, int, int], None] | None = None,
    keep: Callable[[FileReading, bytes], None] | None = None,
    reader: str = READER,
    seconds: float = limits.SECONDS,
    memory: int = limits.WORKER_BYTES,
) -> list[FileReading]:
    """Return one reading for each of `files` (name shown, path), in the order given.

    Args:
        context: handed to the reader as its third argument; sent once to each worker.
        workers: processes at a time; the number of processors, if not given.
        on_done: called here, in this thread, after each file with its reading, files done and files in all.
        keep: called likewise with what came from a worker and the same as packed bytes.
        reader: "module:function" run in the worker as function(name, path, context).
        seconds: what one file may take. memory: bytes that one worker may ask for.
    """
    if not files:
        return []
    import pebble

    found: list[FileReading | None] = [None] * len(files)
    done = 0

    def put(at: int, reading: FileReading) -> None:
        nonlocal done
        found[at] = reading
        done += 1
        if on_done:
            on_done(reading, done, len(files))

    pool: Any = pebble.ProcessPool(
        max_workers=max(1, min(workers or cpu_count(), len(files))),
        initializer=_prepare,
        initargs=(pickle.dumps(context, pickle.HIGHEST_PROTOCOL), reader, memory),
        context=_Spawn(),
    )
    try:
        waiting: dict[Future[Any], list[int]] = {}
        for batch in _batches(files):
            waiting[pool.schedule(_read, ([files[at] for at in batch],), timeout=seconds)] = batch
        while waiting:
            again: list[int] = []
            for future in as_completed(list(waiting)):
                batch = waiting.pop(future)
                try:
                    readings = [(unpack(FileReading, packed)[0], packed) for packed in future.result()]
                except Exception as error:
                    if len(batch) > 1:
                        again += batch
                    else:
                        put(batch[0], _lost(*files[batch[0]], error, seconds))
                else:
                    for at, (reading, packed) in zip(batch, readings, strict=True):
                        if keep:
                            keep(reading, packed)
                        put(at, reading)
            for at in again:
                waiting[pool.schedule(_read, ([files[at]],), timeout=seconds)] = [at]
    finally:
        pool.stop()
        pool.join()
    return [reading for reading in found if reading is not None]


def _batches(files: Sequence[Job]) -> Iterator[list[int]]:
    """Yield indices: one file each, small files together when there are very many."""
    size = 1 if len(files) < 500 else 4
    batch: list[int] = []
    for at in range(len(files)):
        batch.append(at)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _lost(name: str, path: Path, error: Exception, seconds: float) -> FileReading:
    """Return the reading of a file whose worker died or was stopped."""
    if isinstance(error, FutureTimeout):
        return failed(name, path, "file-timeout", f"{seconds:g}")
    code = getattr(error, "exitcode", None)
    if code is None:
        return failed(name, path, "file-crashed", type(error).__name__)
    return failed(name, path, "file-crashed", f"mã kết thúc {code}")


def failed(name: str, path: Path, code: str, seen: str) -> FileReading:
    """Return the reading of a file that could not be read, with its one finding."""
    from qn_xl.rules.catalogue import finding

    digest, size = "", 0
    with contextlib.suppress(OSError):
        size = path.stat().st_size
        if size <= limits.FILE_BYTES:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return FileReading(name, digest, False, size=size, findings=(finding(code, Address(name), seen),))


# ---- in the worker

_worker: dict[str, Any] = {}


def _prepare(context: bytes, reader: str, memory: int) -> None:
    # What Rust prints when it panics is of no use to anybody at the terminal.
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 2)
    os.close(sink)
    module, _, function = reader.partition(":")
    _worker["context"] = pickle.loads(context)
    _worker["reader"] = getattr(importlib.import_module(module), function)
    _limit_memory(memory)
    gc.freeze()  # what is loaded by now stays; rows of a table refer to each other, so the rest is looked at, seldom
    gc.set_threshold(100_000, 20, 20)


def _limit_memory(memory: int) -> None:
    if sys.platform == "win32":
        _limit_windows(memory)
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # some systems do not take it
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _limit_windows(memory: int) -> None:
    """Put this process into a job object of its own; without pywin32 the limits before reading must do."""
    with contextlib.suppress(Exception):
        import ctypes

        # No dialogue box when native code aborts: nobody may be there to close it.
        ctypes.windll.kernel32.SetErrorMode(0x0001 | 0x0002 | 0x8000)  # type: ignore[attr-defined,unused-ignore]
        import win32api
        import win32job

        job = win32job.CreateJobObject(None, "")
        limit = win32job.QueryInformationJobObject(job, win32job.JobObjectExtendedLimitInformation)
        limit["ProcessMemoryLimit"] = memory
        limit["BasicLimitInformation"]["LimitFlags"] |= win32job.JOB_OBJECT_LIMIT_PROCESS_MEMORY
        win32job.SetInformationJobObject(job, win32job.JobObjectExtendedLimitInformation, limit)
        win32job.AssignProcessToJobObject(job, win32api.GetCurrentProcess())
        _worker["job"] = job  # the limit lasts as long as the handle


def _read(jobs: list[Job]) -> list[bytes]:
    return [_read_one(name, path) for name, path in jobs]


def _read_one(name: str, path: Path) -> bytes:
    try:
        return pack(FileReading, [_worker["reader"](name, path, _worker["context"])])
    except MemoryError:
        return pack(FileReading, [failed(name, path, "file-too-large", "cần quá nhiều bộ nhớ")])
    except BaseException as error:  # whatever a reader raises, a Rust panic too, ends this file only
        return pack(FileReading, [failed(name, path, "file-crashed", f"{type(error).__name__}{_place(error)}")])


def _place(error: BaseException) -> str:
    """Return where in this program the error arose, for those who mend it."""
    place, trace = "", error.__traceback__
    while trace:
        source = Path(trace.tb_frame.f_code.co_filename)
        if "qn_xl" in source.parts:
            place = f", {source.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


# ---- spawning without the caller's main module

_swap = threading.Lock()


class _Process(contexts.SpawnProcess):
    """A spawned process that does not run the caller's script again; it needs nothing of it."""

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:
        with _swap:
            main = sys.modules["__main__"]
            sys.modules["__main__"] = types.ModuleType("__main__")
            try:
                return contexts.SpawnProcess._Popen(process_obj)
            finally:
                sys.modules["__main__"] = main


class _Spawn(contexts.SpawnContext):
    Process = _Process
