"""A ticket's story in sentences, as one person would tell another."""

from collections.abc import Callable
from datetime import datetime

from common.events import (
    DelayExpected,
    DeliveryRecorded,
    Event,
    PromiseImproved,
    ReplySent,
    TicketAssigned,
    TicketClosed,
    TicketMerged,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketRouted,
    TicketWaiting,
)
from common.texts import mark, words
from common.vocabulary import Channel, Language, TicketState, Tier
from intake.queries import Story

Entry = tuple[datetime, str]
Say = Callable[..., str]

RECEIVED = mark("We received your message.")
SPLIT_FROM = mark("This was a part of your message %(reference)s. We deal with it separately.")
SPLIT_OFF = mark("You asked more than one thing. We deal with one of them separately, under %(reference)s.")
YOU_WROTE = mark("You sent us another message.")
FEEDBACK = mark("You told us how it went. Thank you.")
TAKES = {
    Tier.FRONT_OFFICE: mark("Our customer service is going to deal with it."),
    Tier.BACK_OFFICE: mark("An expert is going to look into it."),
    Tier.FIELD: mark("A technician is going to deal with it."),
}
PASSED_ON = {
    Tier.FRONT_OFFICE: mark("We passed it on to our customer service."),
    Tier.BACK_OFFICE: mark("We passed it on to an expert."),
    Tier.FIELD: mark("We passed it on to a technician."),
}
WAITS = {
    "customer": mark("We need something from you before we can go on."),
    "internal": mark("We asked a colleague and are waiting for the answer."),
    "field": mark("We are waiting for the technician's visit."),
}
DELIVERED = {
    ("sent", Channel.EMAIL): mark("We sent you an e-mail."),
    ("sent", Channel.SMS): mark("We sent you a text message."),
    ("sent", Channel.LETTER): mark("We sent you a letter."),
    ("failed", Channel.EMAIL): mark("An e-mail to you did not arrive. You can read everything on this page."),
    ("failed", Channel.SMS): mark("A text message to you did not arrive. You can read everything on this page."),
}


NOW = {
    TicketState.RESOLVED: mark("Solved."),
    TicketState.CLOSED: mark("Solved and closed."),
    TicketState.VOID: mark("We stopped working on it."),
    TicketState.WAITING_CUSTOMER: WAITS["customer"],
    TicketState.WAITING_INTERNAL: WAITS["internal"],
    TicketState.WAITING_FIELD: WAITS["field"],
}


def timeline(story: Story, language: Language) -> list[Entry]:
    """What happened, oldest first, and what was promised, which lies ahead."""
    _ = words("intake", language).gettext
    entries = [(story.ticket.received_at, _received(_, story))]
    entries += [(at, _(SPLIT_OFF, reference=reference)) for at, reference in story.split_off]
    entries += [(message.received_at, _(YOU_WROTE)) for message in story.messages[1:]]
    entries += [(given.given_at, _(FEEDBACK)) for given in story.feedback]
    entries += [entry for event in story.told if (entry := _entry(_, event))]
    entries.sort(key=lambda entry: entry[0])
    return _without_echoes(entries)


def _received(_: Say, story: Story) -> str:
    return _(SPLIT_FROM, reference=story.split_from) if story.split_from else _(RECEIVED)


def _without_echoes(entries: list[Entry]) -> list[Entry]:
    """Two equal sentences in a row are told once."""
    return [entry for at, entry in enumerate(entries) if at == 0 or entries[at - 1][1] != entry[1]]


def _entry(_: Say, event: Event) -> Entry | None:  # noqa: C901, PLR0911, PLR0912 - one sentence for each kind of event
    match event:
        case TicketRouted(cause="accepted"):
            return event.routed_at, _(TAKES[event.tier])
        case TicketRouted(cause="reopened"):
            return None
        case TicketRouted():
            return event.routed_at, _(PASSED_ON[event.tier])
        case TicketAssigned():
            return event.assigned_at, _("%(name)s is working on it.", name=event.agent_name)
        case ReplySent():
            return event.sent_at, _("%(name)s answered you.", name=event.agent_name)
        case DelayExpected():
            return event.told_at, _("It takes longer than we promised. We are sorry; we gave you a new date.")
        case PromiseImproved():
            return event.improved_at, _("We can help you sooner than we promised.")
        case TicketWaiting():
            return event.waiting_since, _(WAITS[event.waits_for])
        case TicketResumed():
            return event.resumed_at, _("We are going on with it.")
        case TicketResolved():
            return event.resolved_at, _("%(name)s solved it.", name=event.agent_name)
        case TicketReopened():
            return event.reopened_at, _("We opened it again.")
        case TicketClosed(final_state=TicketState.CLOSED):
            return event.closed_at, _("We closed it.")
        case TicketMerged():
            said = _("We put it together with your other message, %(reference)s.", reference=event.into_reference)
            return event.merged_at, said
        case TicketClosed(reason="duplicate_of"):
            return None
        case TicketClosed():
            return event.closed_at, _("We stopped working on it.")
        case DeliveryRecorded() if (event.state, event.channel) in DELIVERED:
            return event.recorded_at, _(DELIVERED[event.state, event.channel])
    return None


def headline(story: Story, language: Language) -> str:
    """Where it is now, in one sentence."""
    standing = story.standing
    _ = words("intake", language).gettext
    if standing.merged_into:
        return _(
            "We deal with this together with your other message, %(reference)s. What you write here arrives there.",
            reference=standing.merged_into,
        )
    if standing.state in NOW:
        return _(NOW[standing.state])
    if standing.agent_name:
        return _("%(name)s is working on it.", name=standing.agent_name)
    return _(TAKES[standing.tier]) if standing.tier else _("We are reading your message.")
