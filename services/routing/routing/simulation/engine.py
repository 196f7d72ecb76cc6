"""The simulation itself: events in the order of time, decided by the product's own policy and matching."""

import heapq
from bisect import insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from uuid import UUID

from common.vocabulary import HandlingClass, Tier
from routing.calendars import later
from routing.matching import Candidate, Need, Presence
from routing.policy import Compiled, decide
from routing.promises import promise
from routing.simulation.days import Arrival, Day, Person
from routing.simulation.dispatch import Dispatch

LOOKED_AT = 16  # of each stretch of the queues, as when the next ticket is taken
Ranked = tuple[int, datetime, datetime, int, Need]


class Happens(IntEnum):
    """What an event is about; at one moment they happen in this order."""

    DONE = 0
    ENDS = 1
    BEGINS = 2
    ARRIVES = 3


@dataclass(slots=True)
class Job:
    """A ticket in the simulation."""

    arrival: Arrival
    handling_class: HandlingClass | None
    need: Need
    escalates_to: str | None
    tries: bool = False  # the front office tries it first
    began_at: datetime | None = None
    done_at: datetime | None = None
    euro: float = 0.0


@dataclass(slots=True)
class Worked:
    """What one person did with their time."""

    minutes: float = 0.0
    routine_minutes: float = 0.0
    switches: int = 0


@dataclass(frozen=True)
class Outcome:
    """How it went."""

    jobs: Sequence[Job]
    worked: Mapping[UUID, Worked]
    until: datetime


class Run:
    """One day played with one policy and one way to hand out work."""

    def __init__(self, day: Day, policy: Compiled, dispatch: Dispatch) -> None:
        self._day, self._policy, self._dispatch = day, policy, dispatch
        self._people = {person.candidate.agent_id: person for person in day.people}
        self._now = {key: person.candidate for key, person in self._people.items()}
        self._works: dict[str, list[UUID]] = defaultdict(list)
        for key, person in self._people.items():
            for queue_id in person.candidate.queue_ids:
                self._works[queue_id].append(key)
        self._waiting: dict[tuple[str, bool], list[Ranked]] = defaultdict(list)
        self._hands: dict[UUID, Job] = {}
        self._leaving: set[UUID] = set()
        self._next_span: dict[UUID, int] = dict.fromkeys(self._people, 0)
        self._events: list[tuple[datetime, Happens, int, object]] = []
        self._jobs: dict[int, Job] = {}
        self._worked = {key: Worked() for key in self._people}
        self._seconds = 0

    def play(self) -> Outcome:
        """How the day went; it ends when everything is done, or when the roster does."""
        for arrival in self._day.arrivals:
            self._at(arrival.at, Happens.ARRIVES, arrival)
        for key, person in self._people.items():
            self._await_shift(key, person.spans[0][0])
        moment = self._day.arrivals[0].at if self._day.arrivals else self._day.people[0].spans[0][0]
        open_jobs = len(self._day.arrivals)
        while self._events and open_jobs:
            moment, kind, _, what = heapq.heappop(self._events)
            if kind is Happens.ARRIVES and isinstance(what, Arrival):
                self._arrive(what, moment)
            elif isinstance(what, UUID):
                open_jobs -= self._turn(kind, what, moment)
        return Outcome(list(self._jobs.values()), self._worked, moment)

    def _turn(self, kind: Happens, key: UUID, now: datetime) -> int:
        """Something happens to a person; 1 when a ticket is done by it."""
        if kind is Happens.DONE:
            return self._finish(key, now)
        if kind is Happens.BEGINS:
            self._change(key, presence=Presence.AVAILABLE, idle_since=now, room_at=None)
            self._give_next(key, now)
        elif key in self._hands:
            self._leaving.add(key)
        else:
            self._leave(key, now)
        return 0

    def _at(self, moment: datetime, kind: Happens, what: object) -> None:
        self._seconds += 1
        heapq.heappush(self._events, (moment, kind, self._seconds, what))

    def _change(self, key: UUID, **changed: object) -> Candidate:
        self._now[key] = replace(self._now[key], **changed)  # type: ignore[arg-type]
        return self._now[key]

    def _await_shift(self, key: UUID, now: datetime) -> datetime | None:
        """When they are there again: who worked on into their next block begins it late."""
        spans = self._people[key].spans
        while self._next_span[key] < len(spans):
            begins, ends = spans[self._next_span[key]]
            self._next_span[key] += 1
            if ends > now:
                self._at(max(begins, now), Happens.BEGINS, key)
                self._at(ends, Happens.ENDS, key)
                return begins
        return None

    def _leave(self, key: UUID, now: datetime) -> None:
        self._leaving.discard(key)
        self._change(key, presence=Presence.OFFLINE, room_at=self._await_shift(key, now))

    def _arrive(self, arrival: Arrival, now: datetime) -> None:
        job = self._placed(arrival, arrival.facts.handling_class, now)
        self._jobs[arrival.number] = job
        self._offer(job, now)

    def _placed(self, arrival: Arrival, handling_class: HandlingClass | None, now: datetime) -> Job:
        """The ticket as the policy places it."""
        facts = replace(arrival.facts, handling_class=handling_class)
        verdict = decide(self._policy, facts, self._day.queues)
        calendar = self._day.calendars.get(verdict.queue_id, self._day.office)
        if verdict.agreed:
            due = later(calendar, arrival.at, verdict.agreed.within)
        else:
            due = promise(calendar, handling_class, arrival.at, is_urgent=facts.is_urgent).answer_by
        need = Need(
            ticket_id=UUID(int=arrival.number),
            queue_id=verdict.queue_id,
            priority=verdict.priority,
            handling_class=handling_class,
            topic=facts.topic,
            language=facts.language,
            sensitivity=facts.sensitivity,
            due_at=due,
            waiting_since=arrival.at,
            minutes=self._day.efforts.minutes(handling_class, facts.topic),
            skills=verdict.skills,
            optional_skills={skill: now + wait for skill, wait in verdict.optional_skills.items()},
        )
        return Job(arrival, handling_class, need, verdict.escalates_to, verdict.escalates_to is not None)

    def _offer(self, job: Job, now: datetime) -> None:
        """Somebody who is free gets it at once, or it waits."""
        crew = self._crew(job.need.queue_id)
        is_anybody_free = any(one.presence is Presence.AVAILABLE and not one.used for one in crew)
        chosen = self._dispatch.who(job.need, crew, now) if is_anybody_free else None
        if chosen:
            self._begin(chosen, job, now)
        else:
            need = job.need
            ranked = (need.priority, need.due_at, need.waiting_since, job.arrival.number, need)
            insort(self._waiting[_stretch(need)], ranked, key=lambda each: each[:4])

    def _crew(self, queue_id: str) -> list[Candidate]:
        return [self._now[key] for key in self._works[queue_id]]

    def _give_next(self, key: UUID, now: datetime) -> None:
        one = self._now[key]
        stretches = [self._waiting[queue_id, kind][:LOOKED_AT] for queue_id in one.queue_ids for kind in (True, False)]
        ranked = sorted((each for stretch in stretches for each in stretch), key=lambda each: each[:4])
        if not ranked:
            return
        crew = [self._now[other] for other in self._people] if one.tier is not Tier.FRONT_OFFICE else [one]
        need = self._dispatch.what(one, [each[4] for each in ranked], crew, now)
        if need is None:
            return
        stretch = self._waiting[_stretch(need)]
        stretch.pop(next(place for place, each in enumerate(stretch) if each[4] is need))
        self._begin(key, self._jobs[need.ticket_id.int], now)

    def _begin(self, key: UUID, job: Job, now: datetime) -> None:
        one, person, worked = self._now[key], self._people[key], self._worked[key]
        job.began_at = job.began_at or now
        is_switch = one.topic is not None and one.topic is not job.need.topic
        minutes = self._minutes(job, one.tier, person) + (self._day.switching_minutes if is_switch else 0.0)
        job.euro += minutes * one.cost_per_minute
        worked.minutes += minutes
        worked.switches += is_switch
        if job.arrival.truly is HandlingClass.ROUTINE and job.handling_class is not None:
            worked.routine_minutes += minutes
        expected = now + timedelta(minutes=job.need.minutes[one.tier])
        self._change(key, used=1.0, topic=job.need.topic, room_at=expected)
        self._hands[key] = job
        self._at(now + timedelta(minutes=minutes), Happens.DONE, key)

    def _minutes(self, job: Job, tier: Tier, person: Person) -> float:
        """How long it really takes these hands."""
        if job.handling_class is None:
            return self._day.triage_minutes * person.pace
        average = self._day.efforts.minutes(job.arrival.truly, job.need.topic)[tier]
        share = self._day.tries_share if self._fails(job, tier) else 1.0
        return average * job.arrival.difficulty * person.pace * share

    def _fails(self, job: Job, tier: Tier) -> bool:
        """Whether the front office tries this and will send it on."""
        is_try = job.tries and tier is Tier.FRONT_OFFICE and job.arrival.truly is not HandlingClass.ROUTINE
        return is_try and job.arrival.chance >= self._day.front_office_solves

    def _finish(self, key: UUID, now: datetime) -> int:
        """Somebody puts a ticket down: done, or on its way to where it belongs. 1 when it is done."""
        job = self._hands.pop(key)
        one = self._change(key, used=0.0, idle_since=now, room_at=None)
        if key in self._leaving:
            self._leave(key, now)  # before the ticket goes on, or it could come back to who is going home
        done = 0
        if job.handling_class is None:
            placed = self._placed(job.arrival, job.arrival.truly, now)
            job.handling_class, job.need, job.escalates_to = placed.handling_class, placed.need, placed.escalates_to
            job.tries = placed.tries
            self._offer(job, now)
        elif self._fails(job, one.tier):
            job.tries = False
            job.need = replace(job.need, queue_id=job.escalates_to or job.need.queue_id)
            self._offer(job, now)
        else:
            job.done_at = now
            done = 1
        if key not in self._hands and self._now[key].presence is Presence.AVAILABLE:
            self._give_next(key, now)
        return done


def _stretch(need: Need) -> tuple[str, bool]:
    return need.queue_id, need.handling_class is HandlingClass.ROUTINE
