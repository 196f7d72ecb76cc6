"""Words that say nothing about what a customer needs, in four languages: never shown as the reason for an answer."""

import re
import unicodedata

_DUTCH = """
aan aangezien al alle alleen alles als alsjeblieft alsof alstublieft altijd alvast anders aub beetje behalve ben bent
best beste bij bijna bijv bovendien daar daarom dag dagen dan dank dankjewel dat de deze die dit doe doen doet door dr
dus echt echter een eens eerst eigenlijk elk elke en er ergens even ff gaan gaat geachte geen gister gisteren goed
goede goedemiddag goedemorgen goedenavond goedendag graag groet groeten had hallo heb hebben hebt heeft heel heer
helaas hele hem hen het hier hij hoe hoi hun ieder iedere iemand iets ik in is ja jij jou jouw jullie kan komt kon kun
kunnen kunt kwam laat lag ligt maand maanden maar mag me meer men met mevrouw mij mijn mijnheer misschien mn mocht
moest moet moeten na naar nergens net niet niets nog nou nu of om omdat onder ons onze ook op over pas per precies s
sinds staat steeds stond svp t te tegen terwijl tijdens toch toe toen tot tussen u uit uw van vanaf vandaag vanuit
vanwege veel via volgens voor vraag vraagje vriendelijke waar waarom wanneer waren was wat we week weer weken wel
welke werd wie wij wil wilde willen wilt word worden wordt zal zat ze zeer zegt zei zelf zich zij zijn zit zo zoals
zoiets zonder zou zouden zult
"""
_ENGLISH = """
a about across actually again ago ain all along also although always am an and any anybody anyone anything anyway are
aren around as ask asked asking at be because been before behind being best between but by came can cannot cant come
could couldn day days dear did didn do does doesn doing don done dont during each either ever every everybody everyone
everything few for from further get gets getting go goes going good got had hadn has hasn have haven having he hello
help her here hers hi him his hope how however i if im in into is isn it its ive just kind kindly know last let like
little ll look looks lot lots madam many may maybe me might month months more morning most mr mrs ms much must my need
needs no nobody nor not nothing now of off ok on once one only or other our out over own per perhaps please pls put
quick quite rather re really regards s said same say says see shall she should shouldn since sincerely sir so some
somebody someone something sorry still such sure t take team tell than thank that the their them then there therefore
these they thing think this those though three through to today tomorrow tonight too took two u under until up upon ur
us use ve very want wanted was wasn way we week weeks were weren what when where whether which while who whom whose
why will wish with within without won would wouldn yes yesterday yet you your yours
"""
_FRENCH = """
a afin ai aie ainsi alors apres as au aucun aucune aucunement aujourd aussi autant autre aux avais avait avant avec
avez avoir avons beaucoup bien bjr bonjour bonsoir bsr c ca car ce ceci cela celle celles celui certains ces cest cet
cette ceux chaque chez chose ci comme comment contre cordialement d dans de deja demain depuis derriere des devant
dire dis dit dites dois doit donc dont du durant elle elles en encore entre environ es est et ete etes etre eu eux
faire fait faites faut hier hui il ils j jai je jour jours jusqu jusque l la le les leur leurs lors lui ma madame
mademoiselle mais malgre malheureusement me meme merci mes mieux mm moi moins mois moment mon monsieur n ne ni nos
notre nous nouveau on ont ou par parce pas pendant peu peut peuvent peux plus plusieurs plutot possible pour pourquoi
pourrais pourrait pourriez pouvez pouvoir pq prie puis puisque qu quand que quel quelle quelles quelque quelques quels
qui quoi rien s sa sais salut salutations sans se selon semaine semaines sera serait ses seulement si sinon soit son
sont sous suis sur surtout svp t ta tandis tant te tel tes toi ton toujours tous tout toute toutes tres trop tu un une
vais vas venu vers veuillez veut veux voici voila vont vos votre voudrais vous vraiment vu y
"""
_GERMAN = """
ab aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bekommen bereits bin bis bist
bitte brauch brauche brauchen da dabei dafuer dafur damen damit dann daran darauf darf darum das dass dazu dein dem
den denn der deren des deshalb dessen deswegen die dies diese diesem diesen dieser dieses doch dort du durch ein eine
einem einen einer eines einfach einmal er erst es etwa etwas euch euer eure frage fur ganz geben geehrte geehrter
gegeben gegen geht gemacht genau gerade gern gerne gestern gibt grad gruss grusse gut guten hab habe haben hallo halt
hat hatte hatten herr herren heut heute hier hin ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer immerhin in ins
irgendwas irgendwie irgendwo ist ja jede jedem jeden jeder jedes jedoch jemand jetzt kam kann kannst kein keine keinem
keinen keiner kommt konnen konnte konnten lag lassen lasst leider lg liebe lieber liegt machen macht mal man mehr mein
meine meinem meinen meiner meines mfg mich mir mit mochte mochten monat monate morgen muss musse mussen musste mussten
na nach nicht nichts noch nun nur ob obwohl oder ohne sage sagt schon sehr sei seid sein seine seinem seinen seiner
seit seitdem selbst sich sie sind so sodass sofern sogar soll sollen sollte sondern sonst sonstige sowie stand steht
tag tage tagen trotzdem tun uber um und uns unser unsere unserem unseren unter viel viele vielen vom von vor wahrend
wann war waren warum was wegen weil weiter welche wenig wenn wer werde werden wie wieder will wir wird wo woche wochen
wollen wollte wurde wurden zu zum zur zwar zwischen
"""
STOP_WORDS = frozenset(f"{_DUTCH} {_ENGLISH} {_FRENCH} {_GERMAN}".split())
LEAST_LETTERS = 2
_APOSTROPHE = re.compile("['’]")


def folded(word: str) -> str:
    """The word in small letters without accents."""
    if word.isascii() and word.isalnum():
        return word.lower()
    return "".join(letter for letter in unicodedata.normalize("NFKD", word.lower()) if letter.isalnum())


def says_something(word: str) -> bool:
    """Whether the word could tell an agent anything: some part has letters and is none of those everybody uses."""
    for part in _APOSTROPHE.split(word):
        bare = folded(part)
        if len(bare) >= LEAST_LETTERS and not bare.isdigit() and bare not in STOP_WORDS:
            return True
    return False
