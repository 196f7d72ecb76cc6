"""What may not wait though nothing burns: people at risk, help out of reach, a bailiff at the door, a card to block."""

from intake.classify.dangers import Danger

_NL_DAY = r"(?:vandaag|vanmiddag|straks|morgen|overmorgen|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag)"
_EN_DAY = r"(?:today|tonight|tomorrow|this week|monday|tuesday|wednesday|thursday|friday|saturday)"
_FR_DAY = r"(?:aujourd['’]hui|ce matin|demain|après-demain|lundi|mardi|mercredi|jeudi|vendredi|samedi)"
_DE_DAY = r"(?:heute|morgen|übermorgen|montag|dienstag|mittwoch|donnerstag|freitag|samstag)"

PRESSING = (
    Danger(
        "deadline_now",
        "deur ontr huis slot besl afge afsl bail enfo evic disc swit expu coup gers geri räum zwan sper gesp abst abkl",
        (
            rf"(?:deurwaarder|ontruim\w*|huisuitzetting|slotenmaker)\b~~{_NL_DAY}\b",
            rf"{_NL_DAY}\b~~(?:deurwaarder|ontruim\w*|huisuitzetting|afgesloten|afsluiten|afsluiting|afgekoppeld)\b",
            rf"(?:afgesloten|afsluiten|afsluiting|afkoppelen)\b~~{_NL_DAY}\b",
            rf"(?:bailiffs?|enforcement (?:agents?|officers?)|evict\w*|disconnect\w*|switching off)\b~~{_EN_DAY}\b",
            rf"{_EN_DAY}\b~~(?:bailiffs?|evict\w*|disconnect\w*)\b",
            rf"(?:huissier|expulsion|coupure (?:est|fixée|pour))\b~~{_FR_DAY}\b",
            rf"{_FR_DAY}\b~~(?:huissier|expulsion|expulse\w*)\b",
            rf"(?:gerichtsvollzieher|räumung|zwangsräumung|sperrung|gesperrt|abstellen|abklemmen)\b~~{_DE_DAY}\b",
            rf"{_DE_DAY}\b~~(?:gerichtsvollzieher|räumung|abstellen|abklemmen|abgestellt|abgeklemmt)\b",
        ),
        technical=False,
    ),
    Danger(
        "card_to_block",
        "blok dich slot lost stol nick drop oppo bloq coup sper dich",
        (
            (
                r"(?:pas|pinpas|bankpas|bankkaart|portemonnee|portefeuille|tasje?|creditcard|laadpas)\b~~"
                r"(?:kwijt|gestolen|gejat|verloren|gepikt|blokkeren|dichtzetten)\b~~"
                r"(?:blokkeren|blokkeer|dichtzetten|op slot)\b"
            ),
            r"(?:pas|pinpas|bankpas|kaart)\b~~(?:meteen|direct|nu|aub|svp)~(?:blokkeren|dichtzetten)\b",
            r"(?:lost|stolen|nicked|dropped)\b~~(?:block|freeze|cancel|bar|stop)\b",
            r"(?:carte|cb|sac|portefeuille)\b~~(?:opposition|bloquez|bloquer|coupez)\b",
            r"(?:karte|girocard|geldbeutel|geldbörse|portemonnaie|tasche)\b~~(?:sperren|dicht machen)\b",
        ),
        technical=False,
    ),
    Danger(
        "help_out_of_reach",
        "alar hals pers nood vala pols pend care fall pani pull nurs call télé bout appe notr haus schw",
        (
            (
                r"(?:alarmknop\w*|halsalarm|personenalarm\w*|halszender|noodknop|valalarm|polsalarm)\b~~"
                r"(?:niet|niks|niets|geen|dood|rood|kapot)\b"
            ),
            (
                r"(?:pendant|care alarm|falls? alarm|pull cord|nurse call|call buttons?)\b~~"
                r"(?:not|nothing|no|dead|red|doesn['’]t|none|stopped|down)\b"
            ),
            (
                r"(?:téléalarme|téléassistance|bouton d['’]alerte|appel malade)\b~~"
                r"(?:plus|pas|rien|rouge|muet\w*|aucun)\b"
            ),
            r"(?:notrufknopf|hausnotruf|notruf-?armband|schwesternruf)\b~~(?:nicht|tot|rot|stumm|kein\w*)\b",
        ),
    ),
    Danger(
        "frail_in_the_cold",
        "baby pasg newb zuig bébé nouv nour säug neug",
        (
            r"(?:baby|pasgeboren\w*|zuigeling)\b~~(?:verwarming|kachel|graden|warm water)\b",
            r"(?:baby|newborn)\b~~(?:heating|degrees|freezing|no hot water)\b",
            r"(?:bébé|nouveau-né|nourrisson)\b~~(?:chauffage|chaudière|degrés)\b",
            r"(?:säugling|baby|neugeborene\w*)\b~~(?:heizung|grad)\b",
            r"(?:geen|zonder) verwarming\b~~(?:baby|pasgeboren\w*)\b",
            r"(?:no heating|heating off)\b~~(?:baby|newborn)\b",
            r"(?:plus de|sans) chauffage\b~~(?:bébé|nourrisson)\b",
            r"(?:keine|ohne) heizung\b~~(?:baby|säugling)\b",
        ),
    ),
    Danger(
        "person_stuck",
        "trap badl till stai hois mont lift trep bade patien",
        (
            r"(?:traplift|badlift|tillift|plafondlift)\b~~(?:erin|zit vast|kan er niet uit|zit in)\b",
            r"(?:stairlift|hoist|bath lift)\b~~(?:on it|in it|stuck in)\b",
            r"(?:monte-escalier|lève-personne)\b~~(?:dedans|coincée?|bloquée?|dessus)\b",
            r"(?:treppenlift|badewannenlift|patientenlifter)\b~~(?:drin|sitzt fest|fest|sitzt drauf)\b",
        ),
    ),
    Danger(
        "signals_all_green",
        "verk stop traf feux ampe",
        (
            r"(?:verkeerslichten|stoplichten)\b~~(?:alle|álle|beide)~groen\b",
            r"traffic lights?\b~~green~(?:both|all|every)\b",
            r"feux\b~~verts~(?:quatre|tous|toutes|deux)\b",
            r"ampeln\b~~(?:alle|beide)~grün\b",
        ),
    ),
    Danger(
        "stranger_at_the_controls",
        "frau team anyd anti sich",
        (
            r"fraudeafdeling\b",
            r"fraud (?:desk|department|team)\b",
            r"(?:teamviewer|anydesk)\b",
            r"(?:service|cellule) anti-?fraude\b",
            r"sicherheitsabteilung\b",
        ),
        technical=False,
    ),
)
