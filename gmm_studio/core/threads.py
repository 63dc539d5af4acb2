"""Our own threads over blocks of points, and none of the linear algebra library's beside them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import lru_cache
from threading import Lock
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController

__all__ = ["in_threads", "one_blas_thread", "processors"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def in_threads(function: Callable[[_Item], _Result], items: Sequence[_Item]) -> Sequence[_Result]:
    """The function of each item, in order: each thread takes the next until none is left.

    The linear algebra library has one thread meanwhile, and its own again when that is over. Nobody
    is still at work when it returns or raises, be it for Ctrl+C.

    Parameters
    ----------
    function : callable
        Calls for several items overlap.
    items : sequence

    Raises
    ------
    Exception
        What the function raised for any of them.
    """
    if len(items) == 1 or processors() == 1:
        return [function(item) for item in items]
    queue = iter(enumerate(items))
    results: list[Any] = [None] * len(items)

    def work() -> None:
        _limit_blas()
        try:
            for index, item in queue:
                results[index] = function(item)
        except BaseException:
            deque(queue, maxlen=0)
            raise

    with one_blas_thread:
        futures = [_pool().submit(work) for _ in range(processors())]
        try:
            wait(futures)
        finally:
            deque(queue, maxlen=0)
            wait(futures)
    for future in futures:
        future.result()
    return results


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(processors(), thread_name_prefix="gmm-kernel")


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _OneBlasThread:
    """Holds the linear algebra library to one thread while anybody is inside.

    Its own threads make products of such skinny matrices many times slower. The setting belongs to
    the whole process, so those who are inside are counted.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._limiter: Any = None

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._limiter = _limit_blas()
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                _take_control()
                self._limiter.restore_original_limits()


def _limit_blas() -> Any:
    """One thread for the linear algebra of the process, or of this thread where each has its own.

    What it returns undoes it by `restore_original_limits`.
    """
    _take_control()
    return _blas().limit(limits=1, user_api="blas")


def _take_control() -> None:
    """Else threadpoolctl obeys only the first thread that ever asked, and ignores the others."""
    for library in _blas().lib_controllers:
        if hasattr(library, "clear_controlling_thread"):
            library.clear_controlling_thread(force=True)


@lru_cache(maxsize=1)
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


one_blas_thread = _OneBlasThread()
