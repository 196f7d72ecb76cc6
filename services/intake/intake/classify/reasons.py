"""Reasons in words: each code in the four languages, as an agent who speaks it would say it."""

from common.vocabulary import Language
from intake.classify.judgement import Reason

TEXTS: dict[str, tuple[str, str, str, str]] = {  # Dutch, English, French, German
    "words_technical": (
        "er moet nog iets verholpen worden: ‘{}’",
        "something still has to be put right: “{}”",
        "il reste quelque chose à réparer : « {} »",
        "es ist noch etwas zu beheben: „{}“",
    ),
    "words_specialist": (
        "vraagt om een oordeel: ‘{}’",
        "calls for judgement: “{}”",
        "demande une appréciation : « {} »",
        "verlangt eine Beurteilung: „{}“",
    ),
    "words_routine": (
        "volgens vaste werkwijze af te handelen: ‘{}’",
        "can be settled by the book: “{}”",
        "peut se régler selon la procédure : « {} »",
        "nach festem Ablauf zu erledigen: „{}“",
    ),
    "words_nothing": (
        "er wordt niets gevraagd: ‘{}’",
        "nothing is asked for: “{}”",
        "rien n'est demandé : « {} »",
        "es wird nichts verlangt: „{}“",
    ),
    "corrected_routine": (
        "collega's noemden een soortgelijk bericht routine: ‘{}’",
        "colleagues corrected a similar message to routine: “{}”",
        "des collègues ont reclassé un message semblable en routine : « {} »",
        "Kollegen haben eine ähnliche Nachricht als Routine eingestuft: „{}“",
    ),
    "corrected_specialist": (
        "collega's noemden een soortgelijk bericht specialistisch: ‘{}’",
        "colleagues corrected a similar message to specialist: “{}”",
        "des collègues ont reclassé un message semblable en spécialiste : « {} »",
        "Kollegen haben eine ähnliche Nachricht als Spezialfall eingestuft: „{}“",
    ),
    "corrected_technical": (
        "collega's noemden een soortgelijk bericht technisch: ‘{}’",
        "colleagues corrected a similar message to technical: “{}”",
        "des collègues ont reclassé un message semblable en technique : « {} »",
        "Kollegen haben eine ähnliche Nachricht als Technik eingestuft: „{}“",
    ),
    "fault_over": (
        "het euvel is al verholpen: ‘{}’",
        "already put right: “{}”",
        "déjà réparé : « {} »",
        "bereits behoben: „{}“",
    ),
    "repair_refused": (
        "klant wil geen reparatie meer: ‘{}’",
        "the customer rules out a repair: “{}”",
        "le client refuse toute réparation : « {} »",
        "Kunde lehnt eine Reparatur ab: „{}“",
    ),
    "contested": ("wordt betwist: ‘{}’", "contested: “{}”", "contesté : « {} »", "wird bestritten: „{}“"),
    "law_invoked": (
        "formeel of juridisch: ‘{}’",
        "formal or legal: “{}”",
        "formel ou juridique : « {} »",
        "förmlich oder rechtlich: „{}“",
    ),
    "debt": (
        "schulden of incasso: ‘{}’",
        "debt or collection: “{}”",
        "dette ou recouvrement : « {} »",
        "Schulden oder Inkasso: „{}“",
    ),
    "copy_only": (
        "alleen een afschrift gevraagd: ‘{}’",
        "only a copy is asked for: “{}”",
        "simple demande de copie : « {} »",
        "nur eine Kopie erbeten: „{}“",
    ),
    "appointment_only": (
        "alleen een afspraak wijzigen: ‘{}’",
        "only an appointment to move: “{}”",
        "simple changement de rendez-vous : « {} »",
        "nur ein Termin zu ändern: „{}“",
    ),
    "change_asked": (
        "vraagt om een ingreep ter plaatse: ‘{}’",
        "asks for work on site: “{}”",
        "demande une intervention sur place : « {} »",
        "verlangt eine Arbeit vor Ort: „{}“",
    ),
    "gas_smell": ("gaslucht: ‘{}’", "smell of gas: “{}”", "odeur de gaz : « {} »", "Gasgeruch: „{}“"),
    "carbon_monoxide": (
        "koolmonoxide: ‘{}’",
        "carbon monoxide: “{}”",
        "monoxyde de carbone : « {} »",
        "Kohlenmonoxid: „{}“",
    ),
    "smoke_or_fire": (
        "rook of brand: ‘{}’",
        "smoke or fire: “{}”",
        "fumée ou feu : « {} »",
        "Rauch oder Feuer: „{}“",
    ),
    "flooding": ("wateroverlast: ‘{}’", "flooding: “{}”", "inondation : « {} »", "Wasser läuft aus: „{}“"),
    "live_wire": (
        "gevaar voor stroom: ‘{}’",
        "danger of electric shock: “{}”",
        "danger électrique : « {} »",
        "Stromgefahr: „{}“",
    ),
    "trapped": (
        "iemand zit vast: ‘{}’",
        "someone is trapped: “{}”",
        "personne bloquée : « {} »",
        "Person steckt fest: „{}“",
    ),
    "life_support": (
        "medisch toestel in gevaar: ‘{}’",
        "medical device at risk: “{}”",
        "appareil médical menacé : « {} »",
        "medizinisches Gerät gefährdet: „{}“",
    ),
    "no_emergency_calls": (
        "noodnummer niet bereikbaar: ‘{}’",
        "emergency number out of reach: “{}”",
        "numéro d'urgence injoignable : « {} »",
        "Notruf nicht erreichbar: „{}“",
    ),
    "open_hole_or_fall": (
        "gevaar op straat of iets dreigt te vallen: ‘{}’",
        "an open hole or something about to fall: “{}”",
        "trou béant ou chute imminente : « {} »",
        "offene Stelle oder Absturzgefahr: „{}“",
    ),
    "fraud_now": (
        "fraude aan de gang: ‘{}’",
        "fraud under way: “{}”",
        "fraude en cours : « {} »",
        "Betrug im Gange: „{}“",
    ),
    "deadline_now": (
        "een termijn van deze week: ‘{}’",
        "a deadline within days: “{}”",
        "échéance dans les jours qui viennent : « {} »",
        "Frist in den nächsten Tagen: „{}“",
    ),
    "card_to_block": (
        "kaart of toestel te blokkeren: ‘{}’",
        "a card or phone to block: “{}”",
        "carte ou téléphone à bloquer : « {} »",
        "Karte oder Gerät zu sperren: „{}“",
    ),
    "help_out_of_reach": (
        "alarmknop werkt niet: ‘{}’",
        "an alarm button that is dead: “{}”",
        "bouton d'alerte hors service : « {} »",
        "Notrufknopf außer Betrieb: „{}“",
    ),
    "frail_in_the_cold": (
        "jong kind zonder verwarming: ‘{}’",
        "a baby without heating: “{}”",
        "nourrisson sans chauffage : « {} »",
        "Säugling ohne Heizung: „{}“",
    ),
    "person_stuck": (
        "iemand kan niet weg: ‘{}’",
        "someone cannot get off or out: “{}”",
        "personne immobilisée : « {} »",
        "jemand kommt nicht weg: „{}“",
    ),
    "signals_all_green": (
        "verkeerslichten tegelijk op groen: ‘{}’",
        "traffic lights green every way: “{}”",
        "feux verts de tous les côtés : « {} »",
        "Ampeln auf allen Seiten grün: „{}“",
    ),
    "stranger_at_the_controls": (
        "mogelijk een oplichter aan het werk: ‘{}’",
        "possibly a swindler at work: “{}”",
        "peut-être un escroc à l'œuvre : « {} »",
        "möglicherweise ein Betrüger am Werk: „{}“",
    ),
    "no_text": ("er staat geen tekst in", "there is no text", "il n'y a pas de texte", "es steht kein Text darin"),
    "unfamiliar": (
        "de tekst lijkt op niets wat we kennen",
        "the text resembles nothing we know",
        "le texte ne ressemble à rien de connu",
        "der Text gleicht nichts Bekanntem",
    ),
    "low_margin": (
        "het kan meer dan één kant op",
        "it could be more than one kind of work",
        "plusieurs traitements sont possibles",
        "mehr als eine Zuordnung ist möglich",
    ),
    "stages_disagree": (
        "woordkeus en betekenis wijzen verschillende kanten op",
        "its wording and its meaning point different ways",
        "les mots et le sens ne vont pas dans la même direction",
        "Wortwahl und Bedeutung weisen in verschiedene Richtungen",
    ),
    "nothing_to_handle": (
        "er lijkt niets af te handelen",
        "there seems to be nothing to handle",
        "il semble n'y avoir rien à traiter",
        "es scheint nichts zu bearbeiten zu sein",
    ),
}
COLUMN = {Language.NL: 0, Language.EN: 1, Language.FR: 2, Language.DE: 3}


def reason_text(reason: Reason, language: Language) -> str:
    """The reason as a short phrase in that language; a code from a newer model shows as itself."""
    texts = TEXTS.get(reason.code)
    return texts[COLUMN[language]].replace("{}", reason.evidence or "…") if texts else reason.code
