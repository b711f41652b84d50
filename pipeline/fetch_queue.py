"""Work of many hosts side by side: each host's own in order, results as they come.

Knows nothing of fetching; `pipeline/fetch.py` hands in what is to be done for one page.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

# Bounded: finished pages of 10 MB must not pile up before a slow consumer.
_WAITING_RESULTS = 8


async def side_by_side(
    by_host: Mapping[str, Sequence[_Item]], work: Callable[[_Item], Awaitable[_Result]]
) -> AsyncGenerator[tuple[_Item, _Result], None]:
    """Yield every item with its result, in order of completion.

    Hosts run side by side, the items of one host one after another. Leaving early ends the rest.
    """
    results: asyncio.Queue[tuple[_Item, _Result] | None] = asyncio.Queue(_WAITING_RESULTS)

    async def work_on_host(items: Sequence[_Item]) -> None:
        for item in items:
            await results.put((item, await work(item)))

    async def work_on_all() -> None:
        async with asyncio.TaskGroup() as group:
            for items in by_host.values():
                group.create_task(work_on_host(items))
        await results.put(None)

    def wake(task: asyncio.Task[None]) -> None:
        # Only a defect ends the workers early; the consumer must not wait for the rest.
        if task.cancelled() or task.exception() is not None:
            while not results.empty():
                results.get_nowait()
            results.put_nowait(None)

    runner = asyncio.create_task(work_on_all())
    runner.add_done_callback(wake)
    try:
        while (result := await results.get()) is not None:
            yield result
        await runner
    finally:
        runner.cancel()
        await asyncio.gather(runner, return_exceptions=True)
