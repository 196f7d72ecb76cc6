"""Alarms as a mail to a member of staff says them: one as its own sentence, many as a list."""

from collections.abc import Sequence
from urllib.parse import quote

from common.events import Alarm
from common.texts import Words
from common.texts.spoken import Spoken


def subject(alarms: Sequence[Alarm], said: Words, spoken: Spoken) -> str:
    """What the mail is called: the alarm itself, or how many there are."""
    if len(alarms) == 1:
        return sentence(alarms[0], said, spoken)
    return said.ngettext("%(num)s thing needs you", "%(num)s things need you", len(alarms))


def body(name: str, alarms: Sequence[Alarm], base_url: str, said: Words, spoken: Spoken) -> str:
    """The mail in the marks of notices: a heading, a sentence an alarm, and where each is mended."""
    told = [part for alarm in alarms for part in (sentence(alarm, said, spoken), _way(alarm, base_url, said))]
    begins = [f"# {subject(alarms, said, spoken)}", said.gettext("Hello %(name)s,", name=name)]
    if len(alarms) == 1:
        told = told[1:]
    ends = said.gettext("You hear of each of these once. What still stands is on top of every page of the desk.")
    return "\n\n".join([*begins, *told, ends])


def footer(brand: str, said: Words) -> str:
    """Why somebody gets this."""
    return said.gettext("You get this mail because you lead a team at %(brand)s.", brand=brand)


def sentence(alarm: Alarm, said: Words, spoken: Spoken) -> str:
    """What is wrong."""
    match alarm.kind:
        case "unstaffed":
            return said.ngettext(
                "Nobody can do %(num)s ticket in the queue %(queue)s.",
                "Nobody can do %(num)s tickets in the queue %(queue)s.",
                alarm.tickets,
                queue=alarm.queue,
            )
        case "rule_broken":
            return said.gettext(
                "The rule “%(rule)s” of the policy cannot be followed and is passed over.", rule=alarm.rule
            )
        case "department_late":
            return said.gettext(
                "%(queue)s still owes an answer on ticket %(reference)s, due %(moment)s.",
                queue=alarm.queue,
                reference=alarm.reference,
                moment=spoken.at(alarm.due_at) if alarm.due_at else "",
            )


def _way(alarm: Alarm, base_url: str, said: Words) -> str:
    """A button to where it is mended."""
    match alarm.kind:
        case "unstaffed":
            text, path = said.gettext("See who works here"), "/admin/staff"
        case "rule_broken":
            text, path = said.gettext("Open the policy"), "/admin/policy"
        case "department_late":
            text, path = said.gettext("Find the ticket"), f"/desk/search?q={quote(alarm.reference or '')}"
    return f"[{text}]({base_url}{path})"
