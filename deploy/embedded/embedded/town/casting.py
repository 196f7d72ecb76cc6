"""Who writes what, and how it will go: the plots filled with residents and letters. The same chance gives the same."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from common.vocabulary import Channel, HandlingClass, Language, TicketState
from embedded.town.library import Deck, Letter, Resident, residents
from embedded.town.pace import written
from embedded.town.plots import PLOTS
from embedded.town.story import Kind, Plot, Story
from intake.drafts import Draft, Judged, Place
from intake.wording import first_words

SHARES = {Language.NL: 55, Language.EN: 18, Language.FR: 15, Language.DE: 12}
CHANNELS = (Channel.WEB, Channel.WEB, Channel.WEB, Channel.WEB, Channel.EMAIL)
SENT_AGAIN = timedelta(minutes=4)

KINDS: Mapping[HandlingClass, Kind] = {
    HandlingClass.ROUTINE: "routine",
    HandlingClass.SPECIALIST: "specialist",
    HandlingClass.TECHNICAL: "technical",
}
INSTEAD: Mapping[Kind, Kind] = {"unclear": "nothing", "nothing": "unclear"}  # a better classifier may leave none

Read = tuple[Letter, Judged]  # a letter and what the classifier made of it


def draft_of(letter: Letter) -> Draft:
    """The letter on its way in, from nobody yet."""
    return Draft("", "", first_words(letter.text), letter.text, Channel.WEB, language=letter.language)


def kind_of(letter: Letter, judged: Judged) -> Kind | None:
    """Which plots a letter fits; None when the classifier finds work where there is none."""
    found, right = judged.judgement.handling_class, letter.right_class
    if found is None:
        return "unclear" if right else "nothing"
    if right is None:
        return None
    return KINDS[found] if found is right else "mistaken"


def cast(read: Sequence[Read], tickets: int, chance: Random, now: datetime) -> list[Story]:
    """So many stories, oldest first: each plot as often as its weight says, each state at least once."""
    decks = _decks(read, chance)
    people = {language: Deck([r for r in residents() if r.language is language], chance) for language in Language}
    languages = Deck([language for language, share in SHARES.items() for _ in range(share)], chance)
    stories: list[Story] = []
    for plot in plots_for(tickets):
        if plot.is_twin and (first := _answered(stories, chance)):
            stories.append(replace(first, plot=plot, moment=first.moment + SENT_AGAIN))
            continue
        letter, judged = _drawn(decks, plot.kind, languages.draw())
        resident = people[letter.language].draw()
        sent = Judged(_from(resident, judged.draft, chance), judged.judgement)
        stories.append(Story(plot, resident, letter, sent, written(chance, now, plot.ago)))
    return sorted(stories, key=lambda story: story.moment)


def plots_for(tickets: int) -> list[Plot]:
    """The plots of so many tickets, in the proportions of their weights; each state at least once."""
    total = sum(plot.weight for plot in PLOTS)
    exact = {plot: plot.weight * tickets / total for plot in PLOTS}
    counts = {plot: int(share) for plot, share in exact.items()}
    for state in {plot.ends for plot in PLOTS}:
        of_state = [plot for plot in PLOTS if plot.ends is state]
        if not any(counts[plot] for plot in of_state):
            counts[max(of_state, key=lambda plot: plot.weight)] = 1
    while (missing := tickets - sum(counts.values())) != 0:
        step = 1 if missing > 0 else -1
        counts[max(PLOTS, key=lambda plot: (exact[plot] - counts[plot]) * step)] += step
    return [plot for plot, count in counts.items() for _ in range(count)]


def _decks(read: Sequence[Read], chance: Random) -> Mapping[Kind, Mapping[Language, Deck[Read]]]:
    sorted_out: defaultdict[Kind, defaultdict[Language, list[Read]]] = defaultdict(lambda: defaultdict(list))
    for letter, judged in read:
        if kind := kind_of(letter, judged):
            sorted_out[kind][letter.language].append((letter, judged))
    return {
        kind: {language: Deck(cards, chance) for language, cards in found.items()} for kind, found in sorted_out.items()
    }


def _drawn(decks: Mapping[Kind, Mapping[Language, Deck[Read]]], kind: Kind, language: Language) -> Read:
    """A letter in this language, or else in the language that has most of this kind."""
    of_kind = decks.get(kind) or decks.get(INSTEAD.get(kind, "routine")) or decks["routine"]
    return (of_kind.get(language) or max(of_kind.values(), key=len)).draw()


def _answered(stories: Sequence[Story], chance: Random) -> Story | None:
    """An earlier story that went its way and could have been sent twice."""
    able = [story for story in stories if story.plot.ends is TicketState.RESOLVED]
    return chance.choice(able) if able else None


def _from(resident: Resident, draft: Draft, chance: Random) -> Draft:
    place = Place(resident.postcode, resident.house_number, resident.city)
    return replace(
        draft,
        name=resident.name,
        email=resident.email,
        phone=resident.phone,
        customer_number=resident.customer_number,
        channel=chance.choice(CHANNELS),
        place=place,
    )
