"""Words that bring one of the label guide's decision rules into play, in four languages; shown as reasons only."""

import re
from dataclasses import dataclass

_STARTS = re.compile(r"\b\w{1,4}")


@dataclass(frozen=True)
class Clue:
    """One rule of the guide: its code, the classes it speaks for, and how it is told."""

    code: str
    speaks_for: str  # the classes, by letter, for which it is a reason
    starts: str  # the first four letters of words, without one of which nothing can match
    told: re.Pattern[str]


def _clue(code: str, speaks_for: str, starts: str, *told: str) -> Clue:
    """A clue told by any of the expressions, each from the beginning of a word."""
    return Clue(code, speaks_for, starts, re.compile(rf"\b(?:{'|'.join(told)})", re.IGNORECASE))


CLUES = (
    _clue(
        "fault_over",
        "RS",
        "gewe weer verh opge gere gedi came been fixe repa mend sort agai fine now répa réso rema nouv pass venu "
        "beho wied dich",
        r"monteur is (?:al )?geweest\b",
        r"(?:doet|werkt|doen|werken) (?:\w+ ){0,2}weer\b",
        r"weer (?:heel|gemaakt|warm|dicht)\b",
        r"(?:is|zijn) (?:\w+ ){0,2}(?:verholpen|opgelost|gerepareerd|gedicht)\b",
        r"(?:engineer|plumber|technician|electrician) (?:has been|came)\b",
        r"(?:is|was|been|all) (?:fixed|repaired|mended|sorted)\b",
        r"(?:is |all )?working (?:again|fine|now)\b",
        r"(?:est|a été|sont|ont été) (?:réparée?s?|résolue?s?)\b",
        r"(?:remarche|fonctionne à nouveau|technicien est (?:passé|venu))\b",
        r"(?:ist|wurde|sind) (?:\w+ ){0,2}(?:behoben|repariert|wieder da|dicht)\b",
        r"(?:läuft|funktioniert|geht) (?:\w+ ){0,2}wieder\b(?! nicht)",
    ),
    _clue(
        "repair_refused",
        "S",
        "diss geen kein ne niet no ontb pas plus résil send terugne zurü",
        r"geen (?:\w+ ){0,2}monteur(?:s)? meer\b",
        r"send (?:nobody|no one|no more)\b",
        r"no more (?:engineers|technicians|repairs)\b",
        r"(?:n['’]envoyez|ne m['’]envoyez) plus\b",
        r"plus de (?:technicien|réparation)\b",
        r"keinen? (?:\w+ ){0,2}(?:monteur|techniker|handwerker|reparatur\w*) mehr\b",
        r"ontbind\w* (?:\w+ ){0,2}(?:overeenkomst|contract|koop)\b",
    ),
    _clue(
        "contested",
        "S",
        "bezw eens betw beta nooi gewe afge disp cont obje appe payi won agre acce refu reje "
        "désa paie jama wide eins best abge zahl zuge",
        r"(?:maak|teken|dien) (?:\w+ ){0,2}bezwaar\b",
        r"(?:in bezwaar|niet mee eens|betwist\w*|ga (?:ik )?(?:\w+ ){0,3}niet betalen|nooit (?:ja|akkoord)\w*)\b",
        r"(?:geweigerd|afgewezen)\b",
        r"(?:dispute|contest|object to|appeal)\w{0,3}\b",
        r"(?:not paying|won['’]t pay|never agreed|do not accept|don['’]t accept|refused|rejected)\b",
        r"(?:conteste|désaccord|refusée?|refus|ne paierai pas|jamais (?:accepté|consenti|signé))\b",
        r"(?:widerspr\w+|einspruch|bestreite|abgelehnt|zahle (?:ich )?(?:\w+ ){0,2}nicht|nie zugestimmt)\b",
    ),
    _clue(
        "law_invoked",
        "S",
        (
            "advo rech ombu gesc kant inge aans juri lawy soli cour trib legal liab médi avoc huis mise "
            "just anwa schl geri ombu haft frist dwan cons acm"
        ),
        (
            r"(?:advocaat|rechtbank|kantonrechter|ombudsman\w*|geschillencommissie|ingebrekestelling|"
            r"aansprakelijk\w*|juridisch\w*)\b"
        ),
        r"(?:lawyer|solicitor|court|tribunal|ombudsman|legal action|liable|liability|small claims)\b",
        r"(?:avocate?|médiateur|mise en demeure|tribunal|justice|huissier)\b",
        r"(?:anwalt\w*|rechtsanwalt|gericht|schlichtung\w*|haftbar|haftung|fristsetzung)\b",
    ),
    _clue(
        "debt",
        "S",
        "arre bail besl coll debt deur enfo geri gest huis inca inka mahn pfän priv reco sais schu sure",
        r"(?:deurwaarder\w*|incasso\w*|schuldsanering|schuldhulp\w*|beslag)\b",
        r"(?:bailiffs?|collection agency|debt (?:collector|plan|agency|advice)\w*|in arrears)\b",
        r"(?:huissiers?|surendettement|recouvrement|saisie)\b",
        r"(?:gerichtsvollzieher\w*|inkasso\w*|privatinsolvenz|schuldnerberatung|pfändung)\b",
    ),
    _clue(
        "copy_only",
        "R",
        "kopi afsc dupl noch nogm opni nog copy rese copi renv rech",
        r"(?:kopie|afschrift|duplicaat) (?:van|aub|a\.u\.b)\b",
        r"(?:nogmaals|opnieuw|nog eens) (?:\w+ ){0,2}(?:mailen|sturen|toesturen|opsturen)\b",
        r"(?:copy of|send me (?:a|the|another) copy|resend)\b",
        r"(?:duplicata|copie (?:de|du)|renvoyer)\b",
        r"(?:rechnungskopie|kopie (?:der|von|des)|noch einmal (?:zu)?schicken|nochmal (?:zu)?schicken)\b",
    ),
    _clue(
        "appointment_only",
        "R",
        "afsp verz resc move anot rend dépl déca term vers",
        r"afspraak (?:\w+ ){0,4}(?:verzetten|verplaatsen|verschuiven|wijzigen)\b",
        r"(?:reschedule|move (?:my|the|our) appointment|another (?:day|time))\b",
        r"(?:déplacer|décaler|reporter) (?:\w+ ){0,3}(?:rendez-vous|rdv|passage|visite)\b",
        r"termin (?:\w+ ){0,4}(?:verschieben|verlegen)\b",
    ),
    _clue(
        "change_asked",
        "T",
        "verp weg wegh zett swap relo remo take fit inst dépl enle dépo reti pose verse abba entf anbr",
        (
            r"(?:meter|mast|paal|kast|kastje|kabel|stopcontact|leiding) (?:\w+ ){0,6}(?:verplaatst?|"
            r"verplaatsen|weg(?:halen|gehaald)?|zetten)\b"
        ),
        (
            r"(?:swap|relocate|remove|take (?:away|off)|fit|install) (?:\w+ ){0,4}(?:meter|pole|socket|box|"
            r"cable|heaters?|pipe)\b"
        ),
        (
            r"(?:déplacer|enlever|déposer|retirer|poser) (?:\w+ ){0,4}(?:compteur|poteau|câble|prise|"
            r"coffret|radiateur)\b"
        ),
        (
            r"(?:zähler|mast|kasten|verteilerkasten|steckdose|kabel|leitung) (?:\w+ ){0,6}(?:versetzen|"
            r"versetzt|abbauen|entfernen|anbringen)\b"
        ),
    ),
)
_WATCHED = tuple((clue, frozenset(clue.starts.split())) for clue in CLUES)


def clues(text: str, letter: str) -> list[tuple[str, str]]:
    """The rules that speak for a class (by letter) in a text: code and the words that tell it."""
    starts = set(_STARTS.findall(text.lower()))
    return [
        (clue.code, found[0])
        for clue, beginnings in _WATCHED
        if letter in clue.speaks_for and not beginnings.isdisjoint(starts) and (found := clue.told.search(text))
    ]
