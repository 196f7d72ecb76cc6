"""How tickets go in the town: one table, in which a weight says how often."""

from common.vocabulary import TicketState as State
from embedded.town import acts
from embedded.town.pace import DAY, HOUR, MINUTE, Span
from embedded.town.story import Chapter, Plot

LAST_HOUR = Span(2 * MINUTE, HOUR)
THIS_MORNING = Span(HOUR, 4 * HOUR)
SINCE_YESTERDAY = Span(2 * HOUR, 22 * HOUR)
THIS_WEEK = Span(20 * HOUR, 5 * DAY)
TWO_WEEKS = Span(26 * HOUR, 14 * DAY)
BEFORE = Span(20 * DAY, 24 * DAY)  # resolved long enough ago to be closed, whatever holidays came between

TAKEN = (acts.take,)
TAKEN_NOW = (acts.just_now, acts.take)
ASKED = (acts.take, acts.ask_customer)
DONE = (acts.take, acts.resolve)
PLANNED = (acts.take, acts.plan_visit)
REPAIRED = (*PLANNED, acts.visit, acts.resolve)
PROMISED = (acts.take, acts.promise_work)
TO_COLLEAGUE = (acts.take, acts.ask_colleague)
FROM_COLLEAGUE = (*TO_COLLEAGUE, acts.colleague_answers)
ANSWERED = Chapter((acts.resolve,), "answering")
AGAIN = Chapter((), "unsolved", "today")

PLOTS = (
    # The last hour: nobody has looked yet.
    Plot("routine", State.QUEUED, 12, LAST_HOUR),
    Plot("specialist", State.QUEUED, 4, LAST_HOUR),
    Plot("technical", State.QUEUED, 4, LAST_HOUR),
    Plot("unclear", State.NEEDS_TRIAGE, 2, LAST_HOUR),
    # Waiting longer.
    Plot("routine", State.QUEUED, 8, THIS_MORNING),
    Plot("specialist", State.QUEUED, 7, SINCE_YESTERDAY),
    Plot("technical", State.QUEUED, 5, THIS_MORNING),
    Plot("unclear", State.NEEDS_TRIAGE, 4, THIS_MORNING),
    Plot("nothing", State.NEEDS_TRIAGE, 1, THIS_MORNING),
    Plot("routine", State.QUEUED, 3, SINCE_YESTERDAY, (Chapter((acts.take, acts.escalate)),)),
    Plot("specialist", State.QUEUED, 2, SINCE_YESTERDAY, (Chapter((acts.take, acts.give_back)),)),
    Plot("routine", State.QUEUED, 1, THIS_MORNING, (Chapter((acts.take, acts.release)),)),
    Plot("routine", State.QUEUED, 2, SINCE_YESTERDAY, (Chapter(), Chapter((), "chasing", "today"))),
    Plot("routine", State.QUEUED, 3, THIS_MORNING, (Chapter((acts.take, acts.hand_to_partner)),)),
    # In somebody's hands at this moment.
    Plot("routine", State.ASSIGNED, 4, THIS_MORNING, (Chapter(TAKEN_NOW),)),
    Plot("specialist", State.ASSIGNED, 2, SINCE_YESTERDAY, (Chapter(TAKEN_NOW),)),
    Plot("technical", State.ASSIGNED, 2, THIS_MORNING, (Chapter(TAKEN_NOW),)),
    Plot("routine", State.IN_PROGRESS, 3, THIS_MORNING, (Chapter((*TAKEN_NOW, acts.note)),)),
    Plot("routine", State.IN_PROGRESS, 3, SINCE_YESTERDAY, (Chapter(ASKED), Chapter((), "answering", "now"))),
    Plot("specialist", State.IN_PROGRESS, 4, SINCE_YESTERDAY, (Chapter((acts.just_now, *PROMISED)),)),
    Plot("specialist", State.IN_PROGRESS, 2, THIS_WEEK, (Chapter(ASKED), Chapter((), "answering", "now"))),
    Plot("technical", State.IN_PROGRESS, 2, THIS_MORNING, (Chapter((*TAKEN_NOW, acts.note)),)),
    # Somebody else must act first.
    Plot("routine", State.WAITING_CUSTOMER, 9, THIS_WEEK, (Chapter(ASKED),)),
    Plot("specialist", State.WAITING_CUSTOMER, 5, THIS_WEEK, (Chapter(ASKED),)),
    Plot("technical", State.WAITING_CUSTOMER, 3, THIS_WEEK, (Chapter(ASKED),)),
    Plot("routine", State.WAITING_INTERNAL, 4, SINCE_YESTERDAY, (Chapter(TO_COLLEAGUE),)),
    Plot("specialist", State.WAITING_INTERNAL, 3, THIS_WEEK, (Chapter((*PROMISED, acts.ask_colleague)),)),
    Plot("technical", State.WAITING_INTERNAL, 2, SINCE_YESTERDAY, (Chapter(TO_COLLEAGUE),)),
    Plot("technical", State.WAITING_FIELD, 13, THIS_WEEK, (Chapter(PLANNED),)),
    # Done.
    Plot("routine", State.RESOLVED, 70, TWO_WEEKS, (Chapter(DONE),)),
    Plot("routine", State.RESOLVED, 18, TWO_WEEKS, (Chapter(ASKED), ANSWERED)),
    Plot("routine", State.RESOLVED, 5, TWO_WEEKS, (Chapter(), Chapter(DONE, "chasing"))),
    Plot("routine", State.RESOLVED, 5, TWO_WEEKS, (Chapter((acts.take, acts.escalate, *DONE)),)),
    Plot("routine", State.RESOLVED, 4, TWO_WEEKS, (Chapter((*FROM_COLLEAGUE, acts.resolve)),)),
    Plot("routine", State.RESOLVED, 4, TWO_WEEKS, (Chapter((acts.take, acts.hand_to_partner, *DONE)),)),
    Plot("specialist", State.RESOLVED, 14, TWO_WEEKS, (Chapter((*PROMISED, acts.resolve)),)),
    Plot("specialist", State.RESOLVED, 5, TWO_WEEKS, (Chapter(ASKED), ANSWERED)),
    Plot("specialist", State.RESOLVED, 4, TWO_WEEKS, (Chapter((*PROMISED, *FROM_COLLEAGUE[1:], acts.resolve)),)),
    Plot("specialist", State.RESOLVED, 3, TWO_WEEKS, (Chapter((acts.take, acts.give_back, *DONE)),)),
    Plot("technical", State.RESOLVED, 17, TWO_WEEKS, (Chapter(REPAIRED),)),
    Plot(
        "technical",
        State.RESOLVED,
        5,
        TWO_WEEKS,
        (Chapter(ASKED), Chapter((acts.plan_visit, acts.visit, acts.resolve), "answering")),
    ),
    Plot("mistaken", State.RESOLVED, 6, TWO_WEEKS, (Chapter((acts.take, acts.correct, *DONE)),)),
    Plot("unclear", State.RESOLVED, 6, TWO_WEEKS, (Chapter((acts.take, acts.correct, *DONE)),)),
    Plot("routine", State.RESOLVED, 4, TWO_WEEKS, (Chapter(DONE), Chapter(DONE, "unsolved"))),
    Plot("technical", State.RESOLVED, 2, TWO_WEEKS, (Chapter(REPAIRED), Chapter(REPAIRED, "unsolved"))),
    # Done, and not good.
    Plot("routine", State.REOPENED, 4, TWO_WEEKS, (Chapter(DONE), AGAIN)),
    Plot("specialist", State.REOPENED, 1, TWO_WEEKS, (Chapter((*PROMISED, acts.resolve)), AGAIN)),
    Plot("technical", State.REOPENED, 3, TWO_WEEKS, (Chapter(REPAIRED), AGAIN)),
    # At rest.
    Plot("routine", State.CLOSED, 14, BEFORE, (Chapter((*DONE, acts.close)),)),
    Plot("specialist", State.CLOSED, 4, BEFORE, (Chapter((*DONE, acts.close)),)),
    Plot("technical", State.CLOSED, 5, BEFORE, (Chapter((*DONE, acts.close)),)),
    # No work at all.
    Plot("nothing", State.VOID, 6, TWO_WEEKS, (Chapter((acts.take, acts.discard)),)),
    Plot("routine", State.VOID, 2, TWO_WEEKS, (Chapter(), Chapter((acts.take, acts.discard), "withdrawn"))),
    Plot("routine", State.VOID, 2, TWO_WEEKS, (Chapter((acts.take, acts.discard)),), is_twin=True),
)
