"""What may not wait though nothing burns is found, and left be when over, asked about or far off."""

import pytest

from common.vocabulary import HandlingClass
from intake.classify import judge
from intake.classify.dangers import Danger
from intake.classify.pressing import PRESSING
from intake.classify.safety import WATCHED, alarms

TOLD = {
    "deadline_now": [
        "De deurwaarder komt vrijdag met een slotenmaker",
        "Morgen staat de deurwaarder voor de deur",
        "Wij worden afgesloten, volgens uw brief al maandag",
        "The bailiffs are coming on Thursday",
        "Tomorrow we get evicted",
        "L'huissier passe vendredi chez ma mère",
        "Demain l'huissier vient saisir mes meubles",
        "Der Gerichtsvollzieher kommt am Montag",
        "Am Mittwoch wollen Sie den Strom abstellen",
    ],
    "card_to_block": [
        "Mijn pinpas is gestolen, wilt u hem blokkeren",
        "Kan mijn bankpas meteen geblokkeerd, ik bedoel: bankpas nu graag blokkeren",
        "I lost my card, please freeze it",
        "Carte perdue ce matin, merci de faire opposition",
        "Geldbeutel weg, bitte alles sperren",
    ],
    "help_out_of_reach": [
        "Haar alarmknop doet het niet meer",
        "Dad's falls alarm is dead since the swap",
        "Sa téléalarme ne répond plus",
        "Der Hausnotruf meiner Tante ist stumm",
    ],
    "frail_in_the_cold": [
        "Onze baby ligt hier en de verwarming is uit",
        "A newborn and the heating is off",
        "Un bébé de trois jours et plus de chauffage",
        "Säugling im Haus und die Heizung ist aus",
        "Wij zitten zonder verwarming en hebben een baby van een week",
        "No heating here and we have a newborn",
        "Plus de chauffage avec un bébé à la maison",
        "Seit gestern keine Heizung, wir haben ein Baby",
    ],
    "person_stuck": [
        "De traplift staat stil en mijn vrouw zit erin, ze zit vast",
        "The stairlift has stopped with my mum on it",
        "Le monte-escalier s'est arrêté, ma tante est coincée",
        "Der Treppenlift steht, mein Mann sitzt fest",
    ],
    "signals_all_green": [
        "De verkeerslichten staan in alle richtingen op groen",
        "The traffic lights are green both ways",
        "Les feux sont verts des quatre côtés",
        "Die Ampeln zeigen in alle Richtungen grün, alle Ampeln grün",
    ],
    "stranger_at_the_controls": [
        "Net gebeld door jullie fraudeafdeling, ik moest iets installeren",
        "A man from the fraud team is on the phone",
        "He wants me to install TeamViewer",
        "Le service anti-fraude m'a fait valider un virement",
        "Ein Herr von der Sicherheitsabteilung wollte meine TAN",
    ],
}
NOT_TOLD = [
    "De deurwaarder is geweest en alles is betaald",
    "Wat doet een deurwaarder eigenlijk?",
    "The bailiffs will write to you in the autumn",
    "Mijn pas is versleten, mag ik een nieuwe",
    "Did you block my card by mistake last year?",
    "Je voudrais une nouvelle carte",
    "Meine Karte kam heute an, danke",
    "Ik wil een alarmknop bestellen voor mijn moeder",
    "How much is a pendant alarm?",
    "Combien coûte la téléassistance ?",
    "Was kostet ein Hausnotruf im Monat?",
    "Wij kregen een baby en verhuizen naar Almere",
    "My baby loves your warm café",
    "Wat kost een traplift?",
    "How much weight does the stairlift take?",
    "De stoplichten staan lang op rood",
    "Die Ampel wird für Fußgänger nie grün",
]
TELLINGS = [(code, text) for code, texts in TOLD.items() for text in texts]
OURS = [watch for watch in WATCHED if watch.danger in PRESSING]


@pytest.mark.parametrize(("code", "text"), TELLINGS, ids=[text for _, text in TELLINGS])
def test_what_may_not_wait_is_found(code: str, text: str) -> None:
    assert code in {alarm.danger.code for alarm in alarms(text)}


@pytest.mark.parametrize("text", NOT_TOLD)
def test_what_can_wait_is_left_be(text: str) -> None:
    assert alarms(text) == []


def test_every_expression_is_shown_by_an_example() -> None:
    texts = [text for texts in TOLD.values() for text in texts]
    patterns = [expression.pattern for watch in OURS for expression in watch.expressions]

    assert [one.pattern for one in patterns if not any(one.search(text) for text in texts)] == []


@pytest.mark.parametrize("danger", [danger for danger in PRESSING if danger.technical], ids=lambda danger: danger.code)
def test_a_person_at_risk_is_urgent_work_on_site(danger: Danger) -> None:
    for text in TOLD[danger.code]:
        judged = judge("", text, stage="fast")
        assert (judged.handling_class, judged.urgent) == (HandlingClass.TECHNICAL, True)


def test_a_card_to_block_is_urgent_and_no_work_for_a_technician() -> None:
    judged = judge("", "Mijn pinpas is gestolen, wilt u hem blokkeren")

    assert judged.urgent
    assert judged.handling_class == HandlingClass.ROUTINE
