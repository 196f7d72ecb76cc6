"""The safety list: how a danger is told, in four languages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Danger:
    """One danger: its code, the expressions that tell it, and whether it needs a technician or only haste."""

    code: str
    starts: str  # the first four letters of words, without one of which no expression can match
    told: tuple[str, ...]  # regular expressions from the beginning of a word; `~` and `~~` are gaps
    technical: bool = True


DANGERS = (
    Danger(
        "gas_smell",
        "gas gasl gasg gaz",
        (
            r"gas(?:lucht|geur|lek)\b",
            r"gaslucht\w*",
            r"ruik\w{0,2}~gas\b",
            r"(?:stinkt|ruikt)~gas\b",
            r"smell\w{0,3}~gas\b",
            r"gas (?:leak|smell|odou?r)\b",
            r"(?:odeur|fuite) de gaz\b",
            r"sent~gaz\b",
            r"gas(?:geruch|leck)\b",
            r"(?:riecht|rieche|stinkt)~gas\b",
        ),
    ),
    Danger(
        "carbon_monoxide",
        "co kool carb mono kohl",
        (
            r"(?:koolmonoxide|co)[- ]?(?:melder|alarm)~(?:gaat|af|piept|loeit)\b",
            r"koolmonoxidevergiftiging\b",
            r"(?:carbon monoxide|co) (?:alarm|detector)~(?:going|went|goes|beeping|sounding)\b",
            r"carbon monoxide poisoning\b",
            r"détecteur de (?:co|monoxyde)~(?:sonne|bipe|déclenche)\b",
            r"intoxication au (?:co|monoxyde)\b",
            r"(?:co|kohlenmonoxid)[- ]?(?:melder|warner)~(?:piept|schlägt|schrillt)\b",
            r"kohlenmonoxidvergiftung\b",
        ),
    ),
    Danger(
        "smoke_or_fire",
        "rook bran schr vonk smok fire spar burn fumé feu étin brûl rauc bren qual funk flam schm verb vers stop "
        "stek mete groe sock plug fuse pris mult stec sich",
        (
            r"komt~rook\b",
            r"rook~(?:uit|vanuit)~(?:kast|meterkast|stopcontact|ketel|paal|machine|toestel|lader|accu|kachel)\b",
            r"(?:brand|schroei)lucht\b",
            r"(?:stopcontact|stekkerdoos|stekker|meterkast|groepenkast)~(?:gesmolten|smelt|smeult)\b",
            r"(?:socket|plug|fuse box)~~(?:melted|melting|scorched)\b",
            r"(?:prise|multiprise)~(?:fondue?|a fondu|fond)\b",
            r"(?:steckdose|stecker|sicherungskasten)~(?:geschmolzen|schmilzt|glüht)\b",
            r"(?:staat|staan|vliegt|vloog) in brand\b",
            r"vonk(?:en|t)\b",
            r"smoke~(?:coming|pouring|out of|from)\b",
            r"(?:on|caught) fire\b",
            r"spark(?:s|ing)\b~(?:from|out|when|at|box|socket|cable|wire|pole|line)\b",
            r"(?:is|are|was|it['’]s) sparking\b",
            r"(?:burning smell|smell of burning|smells? burnt|smells? of burning)\b",
            r"fumée~(?:sort|noire|compteur|prise|tableau|chaudière)\b",
            r"(?:en feu|prend feu|a pris feu)\b",
            r"étincelles?\b",
            r"(?:odeur de brûlé|sent le brûlé|ça brûle)\b",
            r"rauch\w*~(?:kommt|aus|steigt|quillt)\b",
            r"es (?:brennt|raucht|qualmt)\b",
            r"(?:steht|stehen|gerät) in (?:brand|flammen)\b",
            r"funken\b",
            r"(?:brandgeruch|verschmort\w*|schmort|verbrannt riecht|riecht~verbrannt|riecht~verschmort)\b",
        ),
    ),
    Danger(
        "flooding",
        "blan wate leid hoof floo burs pipe main eau inon tuya cond cana wass rohr leit",
        (
            r"(?:staat|staan)~(?:blank|onder water)\b",
            r"water~(?:lamp|stopcontact|meterkast|groepenkast)\b",
            r"water~~(?:light fitting|ceiling light|socket|fuse box)\b",
            r"eau~(?:plafonnier|prise de courant|tableau électrique)\b",
            r"wasser~(?:lampe|steckdose|sicherungskasten|verteilerdose)\b",
            r"water~(?:spuit|gutst|stroomt|kolkt)\b",
            r"(?:spuit|gutst|stroomt)~water\b",
            r"(?:waterleiding|leiding|hoofdleiding)~gesprongen\b",
            r"(?:is|are|getting|being) flood(?:ed|ing)\b",
            r"water~(?:pouring|gushing|spraying|streaming|rushing)\b",
            r"(?:burst (?:water )?(?:pipe|main)|(?:pipe|main) (?:has|have|just) (?:just )?burst)\b",
            r"(?:est|sont) inondée?s?\b",
            r"inondation~(?:cours|cave|appartement|cuisine|maintenant)\b",
            r"l['’]eau~(?:coule à flots|jaillit|monte|ruisselle|dégouline)\b",
            r"(?:tuyau|conduite|canalisation)~(?:éclatée?|pété|explosé|rompue?)\b",
            r"(?:steht|stehen|läuft)~(?:unter wasser|voll wasser)\b",
            r"wasserrohrbruch\b",
            r"wasser~(?:spritzt|schießt|strömt|sprudelt)\b",
            r"(?:rohr|leitung)~(?:geplatzt|gebrochen)\b",
        ),
    ),
    Danger(
        "live_wire",
        "kabe draa drad stro elek span scho wire cabl powe elec fil fils câbl déch kabe drah dräh leit schl",
        (
            r"(?:blote|losse|open|loshangende)~(?:stroomdra\w+|stroomkabels?|elektriciteits?\w+|kabel|draden|draad)\b",
            r"(?:kabel|draad|draden|kabels|stroomkabel)~(?:bloot|blootliggen|los over|op straat|op de grond)\b",
            r"(?:staat|staan) onder (?:stroom|spanning)\b",
            r"(?:stroomstoot|schok)~(?:gekregen|kreeg|krijg|krijgt)\b",
            r"(?:krijg|kreeg|krijgt)~(?:stroomstoot|een schok|schokken)\b",
            r"(?:bare|live|exposed|loose|dangling|downed)~(?:wires?|cables?|power lines?)\b",
            (
                r"(?:power line|cable|wire)s?~(?:is down|are down|dangling|exposed|(?:across|over) the (?:road|"
                r"path|pavement|street))\b"
            ),
            r"electric shock\b",
            r"(?:fils?|câbles?)~(?:dénudés?|à nu|nus|pend(?:ent)?|arrachés?|par terre|au sol|traîne(?:nt)?|tombés?)\b",
            r"décharge électrique\b",
            (
                r"(?:blanke|freiliegende|offene|lose|abgerissene)\w{0,2}~(?:kabel|drähte|draht|leitung|leitungen|"
                r"stromkabel)\b"
            ),
            (
                r"(?:kabel|draht|drähte|stromleitung)~(?:liegt frei|liegen frei|blank|hängt herunter|hängt runter|"
                r"am boden|auf der straße)\b"
            ),
            r"(?:steht|stehen) unter (?:strom|spannung)\b",
            r"(?:stromschlag|einen schlag)~(?:bekommen|gekriegt|bekam|kriegt|abbekommen)\b",
        ),
    ),
    Danger(
        "trapped",
        "lift elev cabi car asce mont aufz fahr keld gara",
        (
            r"(?:zit|zitten|staat|staan|hangt|hangen)~(?:vast|opgesloten)~(?:lift|kelder|garage|cabine)\b",
            r"(?:vast|opgesloten) in~(?:lift|liftkooi|cabine)\b",
            r"(?:stuck|trapped) in~(?:lift|elevator|car park|cabin)\b",
            r"(?:bloquée?s?|coincée?s?|enfermée?s?) dans~(?:ascenseur|cabine|monte-charge)\b",
            (
                r"(?:steckt?|stecken|sitzt|sitzen|hängt|hängen|sind|ist)~(?:im|in dem) (?:aufzug|lift|fahrstuhl)~"
                r"(?:fest|eingeschlossen|gefangen)\b"
            ),
            r"(?:im|in dem) (?:aufzug|lift|fahrstuhl) (?:eingeschlossen|gefangen|eingesperrt|stecken|fest)\b",
            r"lift\b~~(?:zit (?:er )?(?:nog )?iemand|zitten (?:er )?(?:nog )?mensen) in\b",
            r"(?:lift|elevator)\b~~(?:someone|somebody|people)~(?:inside|in it)\b",
            r"(?:ascenseur|cabine)\b~~(?:quelqu['’]un|personne|dame|monsieur|enfants?)~dedans\b",
            r"(?:aufzug|fahrstuhl|lift)\b~~(?:jemand|leute|kind|frau|mann)~drin\b",
        ),
    ),
    Danger(
        "life_support",
        "bead thui dial zuur sond vent oxyg feed resp conc beat heim saue",
        (
            (
                r"(?:beademing|thuisbeademing|beademingsapparaat|dialyse\w*|zuurstof\w*|sondevoeding\w*)\b~~"
                r"(?:geen stroom|zonder stroom|uitgevallen|viel uit|stroomstoring|accu|batterij|doet het niet|"
                r"valt uit|leeg)\b"
            ),
            (
                r"(?:geen stroom|zonder stroom|stroom~uitgevallen|stroomstoring)\b~~(?:beademing\w*|"
                r"thuisbeademing|dialyse\w*|zuurstof\w*|sondevoeding\w*)\b"
            ),
            (
                r"(?:ventilator|dialysis|oxygen|feeding pump)\b~~(?:no power|without power|power cut|outage|"
                r"battery|stopped|gone off|run out|runs out)\b"
            ),
            (
                r"(?:no power|without power|power cut|power is out|outage)\b~~(?:ventilator|dialysis|oxygen|"
                r"feeding pump)\b"
            ),
            (
                r"(?:respirateur|dialyse|oxygène|concentrateur)\b~~(?:plus de courant|sans courant|panne|batterie|"
                r"coupure|arrêté)\b"
            ),
            r"(?:plus de courant|sans courant|panne|coupure)\b~~(?:respirateur|dialyse|oxygène|concentrateur)\b",
            (
                r"(?:beatmung\w*|heimbeatmung|dialyse\w*|sauerstoff\w*)\b~~(?:kein strom|ohne strom|stromausfall|"
                r"ausgefallen|akku|batterie)\b"
            ),
            r"(?:kein strom|ohne strom|stromausfall)\b~~(?:beatmung\w*|heimbeatmung|dialyse\w*|sauerstoff\w*)\b",
        ),
    ),
    Danger(
        "no_emergency_calls",
        "112 999 911 nood alar emer urge seco notr 110 15 18",
        (
            (
                r"(?:112|noodoproep\w*|alarmnummer)~(?:lukt niet|niet bereikbaar|niet bellen|mislukt|werkt niet|"
                r"doet het niet)\b"
            ),
            r"(?:kan|kunnen|konden|kon)~(?:geen 112|112 niet)\b",
            r"(?:can['’]?t|cannot|couldn['’]t|unable to)~(?:999|112|911|emergency services)\b",
            r"(?:999|112|911|emergency) calls?~(?:fail|fails|failing|don['’]t|not)\b",
            (
                r"(?:appel|appels|appeler|joindre)~(?:15|18|112|urgence|urgences)~(?:impossible|échoue|passe pas|"
                r"marche pas)\b"
            ),
            r"impossible d['’](?:appeler|joindre)~(?:15|18|112|urgences|secours)\b",
            r"(?:notruf|112|110)~(?:geht nicht|funktioniert nicht|nicht möglich|nicht erreichbar|unmöglich)\b",
        ),
    ),
    Danger(
        "open_hole_or_fall",
        "putd put rioo mang drei verz wegg inge manh drai sink abou plaq mena affa effo gull kana scha droh abge eing "
        "unte",
        (
            r"(?:putdeksel|rioolputdeksel)~(?:weg|ontbreekt|verdwenen|open|mist|los)\b",
            r"(?:open) (?:put|riool|mangat)\b",
            r"(?:dreigt|dreigen)~(?:te vallen|om te vallen|in te storten|los te komen|naar beneden)\b",
            r"(?:weg|straat|stoep|wegdek|pad)~(?:verzakt|weggezakt|ingezakt|ingestort)\b",
            r"(?:manhole|drain) cover~(?:missing|gone|off|open|stolen)\b",
            r"(?:open manhole|sinkhole)\b",
            r"about to (?:fall|collapse|come down)\b",
            r"plaque d['’]égout~(?:manque|manquante|disparu|volée|ouverte|absente)\b",
            r"menace de (?:tomber|s['’]effondrer|s['’]écrouler)\b",
            r"(?:chaussée|route|trottoir|chemin)~(?:affaissée?|effondrée?|s['’]affaisse|s['’]effondre)\b",
            r"(?:gullydeckel|kanaldeckel|schachtdeckel)~(?:fehlt|weg|offen|gestohlen)\b",
            r"droht~(?:umzustürzen|umzufallen|einzustürzen|herunterzufallen|abzustürzen|zu fallen|zu kippen)\b",
            r"(?:straße|gehweg|weg|fahrbahn)~(?:abgesackt|eingebrochen|eingestürzt|unterspült)\b",
        ),
    ),
    Danger(
        "fraud_now",
        "leeg gepl iema ande geha over geka code tan pinc pin empt drai some acco comp quel kont jema",
        (
            r"(?:rekening|spaargeld)~(?:leeggehaald|leeggeroofd|geplunderd|leeg gehaald)\b",
            r"(?:iemand|een ander)~(?:zit in|is in|gebruikt|bestelt op)~(?:account|rekening|pas|naam)\b",
            r"(?:account|rekening|mailbox)~(?:gehackt|overgenomen|gekaapt)\b",
            r"(?:codes?|tan|pincode)~(?:doorgegeven|afgegeven|gegeven)\b",
            r"(?:emptying|emptied|draining|drained)~account\b",
            r"(?:someone|somebody)~(?:is using|has got into|is in|keeps ordering|is ordering)~(?:account|card|name)\b",
            r"account~(?:hacked|taken over|been compromised)\b",
            r"(?:gave|given|read|told) (?:him|her|them|the caller|someone)~codes?\b",
            r"(?:compte)~(?:piraté|vidé|hacké|usurpé)\b",
            r"quelqu['’]un~(?:utilise|commande|se sert|est entré)~(?:compte|carte|nom)\b",
            r"(?:donné|communiqué)~codes?\b",
            r"(?:konto)~(?:gehackt|leergeräumt|leer geräumt|geplündert|übernommen)\b",
            r"jemand~(?:benutzt|bestellt|nutzt|ist in)~(?:konto|karte|namen)\b",
            r"(?:tan|code|codes|pin)~(?:durchgegeben|weitergegeben|verraten)\b",
        ),
        technical=False,
    ),
)
