"""What colleagues do in the town: each act is a use case of routing, with words that fit."""

from datetime import timedelta

from sqlalchemy import select

from common.vocabulary import HandlingClass, Sensitivity, TicketState
from embedded.town.library import STAFF
from embedded.town.pace import visit_from
from embedded.town.story import FAULTS, VISIT, Scene
from routing import finishing, moving, replies, tasks, waiting, work
from routing.calendars import later
from routing.deciding import OFFICE
from routing.finishing import CLOSES_AFTER, VoidReason
from routing.moving import Correction
from routing.tables import InternalTask
from routing.tasks import Reply
from routing.transitions import Party

NEXT_DAY = timedelta(hours=10)  # of office time
ASKS = {
    "back-office": ("field", "front-office"),
    "field": ("back-office", "front-office"),
}  # others ask the back office
LAST_WORDS = {
    HandlingClass.ROUTINE: ("solved", "arranged"),
    HandlingClass.SPECIALIST: ("settled", "solved"),
    HandlingClass.TECHNICAL: ("repaired", "repaired"),
}


async def just_now(scene: Scene) -> None:
    """What follows happened within the last minutes."""
    scene.story.go_live(scene.chance)


async def take(scene: Scene) -> None:
    """Somebody who works the queue takes the ticket."""
    if scene.ticket.holder_id is None:
        scene.rest(4, 150)
        await work.take(scene.session, scene.intent(scene.crew.one_for(scene.ticket, scene.chance)))


async def note(scene: Scene) -> None:
    """The holder leaves a note."""
    scene.rest(2, 15)
    await replies.note(scene.session, scene.intent(), scene.phrases.line(STAFF, "note"))


async def release(scene: Scene) -> None:
    """The holder gives the ticket back to the queue, and says why."""
    scene.rest(2, 10)
    await replies.note(scene.session, scene.intent(), scene.phrases.line(STAFF, "note", "released"))
    await work.release(scene.session, scene.intent())


async def promise_work(scene: Scene) -> None:
    """The holder tells the customer that this takes a while, and who is at it."""
    scene.rest(10, 60)
    await replies.send(scene.session, scene.intent(), scene.answer("working"))


async def ask_customer(scene: Scene) -> None:
    """The holder asks the customer something and waits."""
    scene.rest(5, 40)
    story = scene.story
    group = "fault" if story.group in FAULTS else story.group
    question, story.owes = scene.phrases.pair(story.language, "asking", group)
    await replies.send(scene.session, scene.intent(), scene.framed(question))
    until = scene.until(later(OFFICE, story.moment, 4 * NEXT_DAY))
    await waiting.wait(scene.session, scene.intent(), Party.CUSTOMER, until)


async def plan_visit(scene: Scene) -> None:
    """The holder tells the customer when somebody comes, and waits for that."""
    scene.rest(10, 60)
    story = scene.story
    still_to_come = story.plot.ends is TicketState.WAITING_FIELD
    story.visit_at = visit_from(story.limit if still_to_come else story.moment, scene.chance)
    await replies.send(scene.session, scene.intent(), scene.answer("coming"))
    await waiting.wait(scene.session, scene.intent(), Party.FIELD, scene.until(story.visit_at))


async def visit(scene: Scene) -> None:
    """The visit took place, and work goes on."""
    if scene.story.visit_at and scene.story.visit_at + VISIT < scene.story.limit:
        scene.story.moment = scene.story.visit_at + VISIT / 2
    scene.rest(5, 45)
    await waiting.resume(scene.session, scene.intent())


async def ask_colleague(scene: Scene) -> None:
    """The holder asks another department something and waits."""
    scene.rest(5, 45)
    story = scene.story
    story.asked_in = scene.chance.choice(ASKS.get(scene.ticket.queue_id, ("back-office",)))
    question, story.replies = scene.phrases.pair(STAFF, "asked", story.asked_in)
    await tasks.ask(scene.session, scene.intent(), story.asked_in, question)


async def colleague_answers(scene: Scene) -> None:
    """Somebody of the other department answers, and work goes on."""
    scene.rest(30, 400)
    open_task = select(InternalTask.task_id).where(
        InternalTask.ticket_id == scene.ticket.ticket_id, InternalTask.answered_at.is_(None)
    )
    task_id = (await scene.session.scalars(open_task)).one()
    viewer = scene.chance.choice(scene.crew.works(scene.story.asked_in))
    reply = Reply(scene.ticket.ticket_id, task_id, scene.story.replies)
    await tasks.answer(scene.session, viewer, reply, scene.story.moment)


async def escalate(scene: Scene) -> None:
    """The front office hands the ticket to the back office with a reason."""
    scene.rest(5, 30)
    reason = scene.chance.choice(scene.phrases.groups(STAFF, "escalate"))
    await moving.escalate(scene.session, scene.intent(), reason, scene.phrases.line(STAFF, "escalate", reason))


async def give_back(scene: Scene) -> None:
    """The back office returns the ticket to the front office with a reason."""
    scene.rest(5, 60)
    reason = scene.chance.choice(scene.phrases.groups(STAFF, "return"))
    await moving.give_back(scene.session, scene.intent(), reason, scene.phrases.line(STAFF, "return", reason))


async def hand_to_partner(scene: Scene) -> None:
    """The ticket goes to the outside company, when one works here and may read it."""
    if scene.crew.works("partner", may_see_all=scene.ticket.sensitivity is Sensitivity.CONFIDENTIAL):
        scene.rest(5, 30)
        await moving.transfer(scene.session, scene.intent(), "partner")


async def correct(scene: Scene) -> None:
    """The holder corrects the classifier, and the ticket goes where it belongs."""
    scene.rest(2, 15)
    right = scene.story.letter.right_class
    if right and right is not scene.ticket.handling_class:
        reason = scene.phrases.line(STAFF, "reclassify", right)
        await moving.reclassify(scene.session, scene.intent(), Correction(right, reason, scene.story.letter.topic))


async def resolve(scene: Scene) -> None:
    """The holder answers and is done."""
    scene.rest(8, 90)
    situation, outcome = LAST_WORDS[scene.ticket.handling_class or HandlingClass.ROUTINE]
    if situation == "solved" and scene.story.group == "information":
        outcome = "explained"
    await finishing.resolve(scene.session, scene.intent(), outcome, scene.answer(situation))


async def close(scene: Scene) -> None:
    """Fourteen days have passed since."""
    if scene.ticket.resolved_at:
        await finishing.close(scene.session, scene.ticket, scene.ticket.resolved_at + CLOSES_AFTER)


async def discard(scene: Scene) -> None:
    """The holder finds that this is no work, and says why."""
    scene.rest(1, 10)
    story = scene.story
    reason = VoidReason.DUPLICATE if story.plot.is_twin else story.letter.void or VoidReason.WITHDRAWN
    await finishing.discard(scene.session, scene.intent(), reason, scene.phrases.line(STAFF, "void", reason))
