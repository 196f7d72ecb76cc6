"""No bad item holds up its batch: what fails together is done singly, and the one at fault is set aside."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from common.db import is_transient
from common.log import frames, logger

log = logger(__name__)

T = TypeVar("T")
R = TypeVar("R")

Act = Callable[[Sequence[T]], Awaitable[R]]  # does all of them or nothing
SetAside = Callable[[T, Exception], Awaitable[R]]  # what becomes of one that cannot be done


@dataclass(frozen=True, slots=True)
class _Done(Generic[R]):
    result: R


async def together_or_singly(items: Sequence[T], act: Act[T, R], set_aside: SetAside[T, R]) -> list[R]:
    """What `act` says of all at once or, when that fails, of each by itself; `set_aside` says it of one that fails.

    Raises what is transient: the items done by then stay done, nothing is set aside for it, and whoever calls again
    gives what is left, or makes sure that `act` passes over what it has done. Nothing is done without items.
    """
    if not items:
        return []
    if len(items) == 1:
        return [await alone(items[0], act, set_aside)]
    tried = await _tried(act(items))
    return [tried.result] if isinstance(tried, _Done) else await _singly(tried, items, act, set_aside)


async def claimed_or_singly(
    act: Callable[[Sequence[T] | None], Awaitable[R]],
    candidates: Callable[[], Awaitable[Sequence[T]]],
    set_aside: SetAside[T, R],
) -> list[R]:
    """The same for a batch that `act` claims by itself when given None; `candidates` names it after a failure."""
    tried = await _tried(act(None))
    return [tried.result] if isinstance(tried, _Done) else await _singly(tried, await candidates(), act, set_aside)


async def alone(item: T, act: Act[T, R], set_aside: SetAside[T, R]) -> R:
    """What `act` says of this one item, or `set_aside` when it cannot be done. Raises what is transient."""
    tried = await _tried(act([item]))
    return tried.result if isinstance(tried, _Done) else await set_aside(item, tried)


async def _tried(work: Awaitable[R]) -> _Done[R] | Exception:
    try:
        return _Done(await work)
    except Exception as error:
        if is_transient(error):
            raise
        return error


async def _singly(failure: Exception, items: Sequence[T], act: Act[T, R], set_aside: SetAside[T, R]) -> list[R]:
    log.warning("a batch failed, its items are done singly", error=type(failure).__name__, frames=frames(failure)[-4:])
    return [await alone(item, act, set_aside) for item in items]
