"""The safety list finds each danger as people tell it, and leaves it be when they deny, suppose or have survived it."""

import pytest

from common.vocabulary import HandlingClass
from intake.classify import judge
from intake.classify.dangers import DANGERS
from intake.classify.safety import WATCHED, alarms

TOLD = {
    "gas_smell": [
        "Er hangt een gaslucht in de keuken",
        "gaslucht!",
        "Sinds vorige week gaslucht in de gang",
        "Since last week a gas smell in the hall",
        "Depuis la semaine dernière une odeur de gaz",
        "Seit letzter Woche Gasgeruch",
        "ik ruik al een uur gas in de gang",
        "Het stinkt hier naar gas",
        "There is a smell of gas, I can smell it by the gas hob",
        "we can smell gas",
        "Possible gas leak at number 4",
        "Il y a une odeur de gaz dans l'escalier",
        "ça sent le gaz chez nous",
        "Gasgeruch im Treppenhaus",
        "Bei uns riecht es stark nach Gas",
    ],
    "carbon_monoxide": [
        "De koolmonoxidemelder gaat steeds af",
        "Het ziekenhuis zegt koolmonoxidevergiftiging",
        "The carbon monoxide alarm keeps going off",
        "Doctor says carbon monoxide poisoning",
        "Le détecteur de monoxyde sonne depuis ce matin",
        "Intoxication au monoxyde, on est dehors",
        "Der CO-Melder piept ununterbrochen",
        "Verdacht auf Kohlenmonoxidvergiftung",
    ],
    "smoke_or_fire": [
        "Er komt grijze rook uit de droger",
        "rook uit de meterkast",
        "schroeilucht bij het stopcontact",
        "De stekker is half gesmolten",
        "The socket behind the bed has melted",
        "La prise a fondu",
        "Die Steckdose ist geschmolzen",
        "De container staat in brand",
        "Er springen vonken van de paal",
        "There is smoke coming out of the meter",
        "The bin is on fire",
        "Sparks are flying from the socket",
        "the box is sparking",
        "A burning smell near the fuse box",
        "De la fumée sort du compteur",
        "La poubelle est en feu",
        "Des étincelles sur le poteau",
        "Odeur de brûlé à la prise",
        "Rauch kommt aus dem Sicherungskasten",
        "Hilfe, es brennt im Keller",
        "Der Mülleimer steht in Flammen",
        "Aus der Dose sprühen Funken",
        "Brandgeruch im Technikraum",
    ],
    "flooding": [
        "De keuken staat blank",
        "Het water loopt langs de lamp naar beneden",
        "Water is dripping out of the ceiling light",
        "De l'eau coule dans le tableau électrique",
        "Wasser tropft aus der Steckdose",
        "Het water stroomt door het plafond",
        "Er spuit water uit de muur",
        "De hoofdleiding is gesprongen",
        "Our kitchen is flooding",
        "Water is pouring through the ceiling",
        "There is a burst pipe under the sink",
        "La cave est inondée",
        "Inondation en cours",
        "L'eau coule à flots",
        "Un tuyau a éclaté, enfin il est éclaté",
        "Der Keller steht unter Wasser",
        "Wasserrohrbruch im dritten Stock",
        "Wasser spritzt aus der Wand",
        "Das Rohr ist geplatzt",
    ],
    "live_wire": [
        "Er hangt een losse kabel over het voetpad",
        "De draden liggen bloot",
        "Het hek staat onder stroom",
        "Ik heb een stroomstoot gekregen, een schok gekregen van de kraan",
        "Ik krijg een schok als ik de wasmachine aanraak",
        "There are bare wires in the wall",
        "A power line is down in the lane",
        "I got an electric shock from the kettle",
        "Un câble dénudé pend du mur",
        "J'ai pris une décharge électrique",
        "Ein blankes Kabel liegt auf dem Gehweg",
        "Das Kabel liegt frei",
        "Das Geländer steht unter Strom",
        "Ich habe einen Schlag bekommen am Herd",
    ],
    "trapped": [
        "Mijn buurvrouw zit vast in de lift",
        "Opgesloten in de lift van blok B",
        "Two people stuck in the lift",
        "Une dame est coincée dans l'ascenseur",
        "Meine Mutter steckt seit zehn Minuten im Aufzug fest",
        "Im Aufzug eingeschlossen",
        "De lift hangt tussen twee verdiepingen en er zit nog iemand in",
        "The lift stopped at the third floor with somebody still inside",
        "L'ascenseur est arrêté entre deux étages, une dame est dedans",
        "Der Aufzug steht seit zehn Minuten, jemand ist noch drin",
    ],
    "life_support": [
        "Mijn man heeft thuisbeademing en de stroom is er af, geen stroom",
        "Geen stroom en mijn zuurstofapparaat werkt daarop",
        "My ventilator is on battery",
        "No power here and mum is on oxygen",
        "Son respirateur est sur batterie",
        "Coupure de courant, mon mari a un concentrateur",
        "Das Beatmungsgerät läuft auf Akku",
        "Stromausfall, meine Frau braucht Sauerstoff",
    ],
    "no_emergency_calls": [
        "Bellen naar 112 lukt niet",
        "We kunnen 112 niet bellen",
        "I can't reach 999 from here",
        "999 calls are failing",
        "Appel au 112 impossible",
        "Impossible d'appeler les secours",
        "Der Notruf funktioniert nicht",
    ],
    "open_hole_or_fall": [
        "De putdeksel is weg",
        "Er is een open put op het schoolplein",
        "De tak dreigt te vallen",
        "De weg is verzakt",
        "The manhole cover is missing",
        "A sinkhole opened up",
        "The wall is about to collapse",
        "La plaque d'égout a disparu",
        "L'arbre menace de tomber",
        "La chaussée s'est affaissée, la route est affaissée",
        "Der Gullydeckel fehlt",
        "Der Baum droht umzustürzen",
        "Die Straße ist abgesackt",
    ],
    "fraud_now": [
        "Mijn rekening wordt leeggehaald",
        "Iemand bestelt op mijn naam, iemand zit in mijn account",
        "Mijn account is gehackt",
        "Ik heb de codes doorgegeven",
        "They are emptying my account",
        "Someone is using my card",
        "My account has been hacked",
        "I read him the code",
        "Mon compte est piraté",
        "Quelqu'un utilise ma carte",
        "J'ai donné le code",
        "Mein Konto wird leergeräumt",
        "Jemand bestellt auf meinen Namen",
        "Ich habe die TAN durchgegeben",
    ],
}

NOT_TOLD = [
    "Het ruikt niet naar gas",
    "Er is geen gaslucht meer",
    "Wat moet ik doen bij gaslucht?",
    "The engineer says there is no gas leak",
    "What should I do if I smell gas?",
    "Pas d'odeur de gaz",
    "Que faire en cas d'odeur de gaz ?",
    "Es gibt keinen Gasgeruch",
    "Was tun bei Gasgeruch?",
    "Ik wil overstappen van gas naar stroom",
    "Do you sell carbon monoxide alarms?",
    "Verkoopt u koolmonoxidemelders?",
    "De rookmelder hangt er, dank u",
    "Er komt geen rook uit de meterkast",
    "there is no smoke coming out of it",
    "aucune fumée ne sort du compteur",
    "Es brennt nicht mehr",
    "Het lampje brandt niet",
    "De kelder staat niet onder water",
    "De keuken stond blank maar alles is droog",
    "The kitchen was flooded last year",
    "La cave n'est pas inondée",
    "Der Keller steht nicht unter Wasser",
    "There are no bare wires, just an ugly box",
    "Er hangt geen losse kabel",
    "Il n'y a pas de câble dénudé",
    "Kein blankes Kabel zu sehen",
    "De lift staat stil, gelukkig zit er niemand in",
    "The lift is stuck, there is nobody in it",
    "L'ascenseur est bloqué, personne n'est coincé",
    "Der Aufzug hängt, zum Glück ist keiner drin",
    "Er komt geen water uit de lamp, het is stof",
    "The plug has not melted, it only looks brown",
    "Niemand zit vast, geen mens zit vast in de lift",
    "Nobody is there, not stuck in the lift",
    "If a resident gets stuck in the lift, whom do we ring?",
    "Wenn jemand im Aufzug eingeschlossen ist, wen rufen wir an?",
    "My account has not been hacked",
    "Mijn account is niet gehackt",
    "Mon compte n'est pas piraté",
    "Mein Konto ist nicht gehackt",
    "Het gaslek is verholpen",
    "The gas leak is fixed",
    "La fuite de gaz est réparée",
    "Der Wasserrohrbruch ist behoben",
    "De gaslucht van vorige week kwam van de buren",
    "The gas smell last week was next door's barbecue",
    "L'odeur de gaz de la semaine dernière venait du voisin",
    "Der Gasgeruch letzte Woche kam vom Grill",
]

TELLINGS = [(code, text) for code, texts in TOLD.items() for text in texts]


@pytest.mark.parametrize(("code", "text"), TELLINGS, ids=[text for _, text in TELLINGS])
def test_a_danger_is_found(code: str, text: str) -> None:
    assert code in {alarm.danger.code for alarm in alarms(text)}


@pytest.mark.parametrize("text", NOT_TOLD)
def test_a_danger_denied_supposed_or_over_is_left_be(text: str) -> None:
    assert alarms(text) == []


def test_every_expression_is_shown_by_an_example() -> None:
    texts = [text for texts in TOLD.values() for text in texts]
    watched = [watch for watch in WATCHED if watch.danger in DANGERS]
    patterns = [expression.pattern for watch in watched for expression in watch.expressions]
    idle = [one.pattern for one in patterns if not any(one.search(text) for text in texts)]

    assert idle == []


@pytest.mark.parametrize("code", [code for code in TOLD if code != "fraud_now"])
def test_a_danger_makes_it_technical_and_urgent_whatever_else_is_said(code: str) -> None:
    judged = judge("", f"Kunt u mij de factuur nogmaals mailen? {TOLD[code][0]}.")

    assert (judged.handling_class, judged.urgent) == (HandlingClass.TECHNICAL, True)
    assert judged.reasons[0].code == code


def test_fraud_under_way_is_urgent_but_no_work_for_a_technician() -> None:
    judged = judge("", "Someone is using my card, I did not make these payments")

    assert judged.urgent
    assert judged.handling_class != HandlingClass.TECHNICAL
