"""Why a ticket is where it is, as a sentence for whoever has it before them."""

from collections.abc import Sequence

from common.texts import Words
from common.texts.labels import label
from common.vocabulary import HandlingClass
from routing.tables import Audit, Decision, Ticket
from routing.transitions import Act

MOST_WORDS = 4
MOVES = (Act.ESCALATE, Act.RETURN, Act.TRANSFER, Act.RECLASSIFY)


def why(ticket: Ticket, decision: Decision | None, history: Sequence[Audit], words: Words) -> list[str]:
    """One to three sentences: who sent it here or which rule did, and what the classifier went by."""
    moves = [change for change in history if change.act in MOVES and "queue_id" in change.after]
    said = [_moved(moves[-1], words)] if moves else []
    if decision and not moves:
        said.append(_decided(ticket, decision, words))
    evidence = [reason["evidence"] for reason in ticket.judgement["reasons"] if reason.get("evidence")]
    if evidence:
        shown = ", ".join(f"“{each}”" for each in dict.fromkeys(evidence[:MOST_WORDS]))
        said.append(words.gettext("Words that counted: %(words)s.", words=shown))
    return said


def _moved(change: Audit, words: Words) -> str:
    who, reason = change.actor_name, words.gettext(change.cause) if change.cause else ""
    match change.act:
        case Act.ESCALATE:
            return words.gettext("%(who)s of the front office escalated it: %(why)s.", who=who, why=reason)
        case Act.RETURN:
            return words.gettext("%(who)s returned it to the front office: %(why)s.", who=who, why=reason)
        case Act.RECLASSIFY:
            return words.gettext("%(who)s corrected the kind of work: %(why)s.", who=who, why=reason)
        case _:
            return words.gettext("%(who)s moved it here.", who=who)


def _decided(ticket: Ticket, decision: Decision, words: Words) -> str:
    if decision.thinned_at:
        return words.gettext(
            "The rule “%(rule)s” sent it here; what was known of it then is not kept so long.", rule=decision.rule
        )
    judged = decision.inputs["handling_class"]
    if judged is None:
        return words.gettext("It is not clear yet what kind of work this is, so somebody should look at it first.")
    percent = round(decision.inputs["confidence"] * 100)
    kind = label(HandlingClass(judged), words.language).lower()
    if ticket.topic is None:
        return words.gettext("It was judged to be %(kind)s work (%(percent)s%% sure).", kind=kind, percent=percent)
    topic = label(ticket.topic, words.language).lower()
    return words.gettext(
        "It was judged to be %(kind)s work (%(percent)s%% sure), about %(topic)s.",
        kind=kind,
        percent=percent,
        topic=topic,
    )
