"""The classifier at work beside the web server: in a thread of its own, and quick when much is waiting."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from threadpoolctl import threadpool_limits

from common import events
from intake import classify
from intake.classify import Stage
from intake.classify.taught import UNTAUGHT, Taught
from intake.crowd import Crowd
from intake.drafts import Draft, Judged, Shadow
from intake.teaching import Teacher

MOST_IN_FULL = 4  # messages being judged in full at a time, a tenth of a second; those beyond get the fast stage
CROWD_PER_SECOND = 25.0  # from here on everybody gets it: a full judgement costs what storing ten tickets does


class Judge:
    """Judges drafts without holding up the web server."""

    def __init__(
        self,
        teacher: Teacher | None = None,
        *,
        most_in_full: int = MOST_IN_FULL,
        crowd_per_second: float = CROWD_PER_SECOND,
    ) -> None:
        self._teacher = teacher
        self._most_in_full = most_in_full
        self._crowd_per_second = crowd_per_second
        self._crowd = Crowd()
        self._under_way = 0
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="judge")
        self._warming: asyncio.Future[list[classify.Judgement]] | None = None

    async def ready(self) -> None:
        """Return when tickets can be judged at a glance; the rest of the model follows before anybody waits for it."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._threads, _load)
        await self._taught()
        self._warming = loop.run_in_executor(self._threads, _judge, [("", "…")], "full", UNTAUGHT)

    async def judge(self, drafts: Sequence[Draft]) -> list[Judged]:
        """Each draft with its judgement, in order; `judgement.stage` says when there was only time for a glance."""
        taught = await self._taught()
        stage = self._stage(len(drafts))
        texts = [(draft.subject, draft.body) for draft in drafts]
        self._under_way += len(drafts)
        try:
            loop = asyncio.get_running_loop()
            judgements = await loop.run_in_executor(self._threads, _judge, texts, stage, taught)
        finally:
            self._under_way -= len(drafts)
        return [
            Judged(draft, _as_told(judgement), _shadow(judgement, taught))
            for draft, judgement in zip(drafts, judgements, strict=True)
        ]

    async def _taught(self) -> Taught:
        """What people taught so far."""
        return await self._teacher.taught() if self._teacher else UNTAUGHT

    def _stage(self, number: int) -> Stage:
        arriving = self._crowd.arrive(number, asyncio.get_running_loop().time())
        is_crowded = arriving > self._crowd_per_second or self._under_way + number > self._most_in_full
        return "fast" if is_crowded else "full"

    def close(self) -> None:
        """Give the thread back."""
        self._threads.shutdown(wait=False)


def _load() -> None:
    threadpool_limits(1)  # more threads than cores made one message cost four hundred milliseconds
    classify.load()


def _judge(texts: Sequence[tuple[str, str]], stage: Stage, taught: Taught) -> list[classify.Judgement]:
    return classify.judge_many(texts, stage=stage, taught=taught)


def _shadow(judgement: classify.Judgement, taught: Taught) -> Shadow | None:
    """What the candidate that looks on makes of it."""
    if judgement.shadow is None or taught.shadow is None:
        return None
    return Shadow(taught.shadow.version, judgement.shadow)


def _as_told(judgement: classify.Judgement) -> events.Judgement:
    """The judgement as events and rows carry it."""
    return events.Judgement(
        handling_class=judgement.handling_class,
        confidence=judgement.confidence,
        probabilities=dict(judgement.probabilities),
        topic=judgement.topic,
        topics={topic.value: probability for topic, probability in judgement.topics},
        task_type=judgement.task_type,
        is_urgent=judgement.urgent,
        sensitivity=judgement.sensitivity,
        language=judgement.language,
        reasons=tuple(events.Reason(code=reason.code, evidence=reason.evidence) for reason in judgement.reasons),
        abstained_because=judgement.abstained_because,
        model_version=judgement.model_version,
        stage=judgement.stage,
    )
