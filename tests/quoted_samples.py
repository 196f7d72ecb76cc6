"""Answers as ten mail programs write them in four languages: what the customer added, and the whole mail."""

# ruff: noqa: E501 - mails have long lines

from collections.abc import Iterator
from dataclasses import dataclass

LANGUAGES = ("nl", "en", "fr", "de")
US = "Loket <help@loket.example>"

ADDED = {
    "nl": [
        "Dank u wel, maar het lekt nog steeds. Kan er iemand langskomen?\n\nMet vriendelijke groet,\nAnna Jansen",
        "Ja, dinsdag na 14:00 is prima.",
        "Op 12 november schreef ik u al dat de meter stuk is.\nVan: de monteur hoorde ik niets.\n\nAnna\n-- \nAnna Jansen\n06-12345678",
        "1. Het adres klopt.\n2. Het bedrag klopt niet: ik betaal > 40 euro te veel.\n\nGraag een nieuwe rekening.",
        "Prima!\n\nVerstuurd vanaf mijn iPhone",
    ],
    "en": [
        "Thank you, but it still leaks. Could somebody come by?\n\nKind regards,\nAnna Jansen",
        "Yes, Tuesday after 14:00 is fine.",
        "On 12 November I wrote to you that the meter is broken.\nFrom: the engineer I heard nothing.\n\nAnna\n-- \nAnna Jansen\n06-12345678",
        "1. The address is right.\n2. The amount is wrong: I pay > 40 euros too much.\n\nPlease send a new bill.",
        "Fine!\n\nSent from my iPhone",
    ],
    "fr": [
        "Merci, mais il y a toujours une fuite. Quelqu'un peut-il passer ?\n\nCordialement,\nAnne Dupont",
        "Oui, mardi après 14 h convient.",
        "Le 12 novembre je vous ai écrit que le compteur est cassé.\nDe : votre technicien, aucune nouvelle.\n\nAnne\n-- \nAnne Dupont\n06 12 34 56 78",
        "1. L'adresse est correcte.\n2. Le montant est faux : je paie > 40 euros de trop.\n\nMerci d'envoyer une nouvelle facture.",
        "Parfait !\n\nEnvoyé de mon iPhone",
    ],
    "de": [
        "Danke, aber es tropft immer noch. Kann jemand vorbeikommen?\n\nMit freundlichen Grüßen\nAnna Schmidt",
        "Ja, Dienstag nach 14:00 Uhr passt.",
        "Am 12. November schrieb ich Ihnen, dass der Zähler kaputt ist.\nVon: Ihrem Techniker habe ich nichts gehört.\n\nAnna\n-- \nAnna Schmidt\n0171 1234567",
        "1. Die Adresse stimmt.\n2. Der Betrag stimmt nicht: Ich zahle > 40 Euro zu viel.\n\nBitte schicken Sie eine neue Rechnung.",
        "Passt!\n\nVon meinem iPhone gesendet",
    ],
}
OURS = {
    "nl": "Beste Anna,\n\nWij hebben uw bericht ontvangen.\nU krijgt antwoord morgen voor 12:00.\n\nLoket",
    "en": "Dear Anna,\n\nWe have received your message.\nYou will get an answer tomorrow before 12:00.\n\nLoket",
    "fr": "Bonjour Anne,\n\nNous avons reçu votre message.\nVous aurez une réponse demain avant 12 h.\n\nLoket",
    "de": "Guten Tag Anna,\n\nwir haben Ihre Nachricht erhalten.\nSie erhalten morgen vor 12 Uhr eine Antwort.\n\nLoket",
}
GMAIL = {
    "nl": f"Op ma 23 nov 2026 om 10:15 schreef {US}:",
    "en": f"On Mon, 23 Nov 2026 at 10:15, {US} wrote:",
    "fr": f"Le lun. 23 nov. 2026 à 10:15, {US} a écrit :",
    "de": f"Am Mo., 23. Nov. 2026 um 10:15 Uhr schrieb {US}:",
}
APPLE = {
    "nl": f"Op 23 nov 2026, om 10:15 heeft {US} het volgende geschreven:",
    "en": f"On 23 Nov 2026, at 10:15, {US} wrote:",
    "fr": f"Le 23 nov. 2026 à 10:15, {US} a écrit :",
    "de": f"Am 23.11.2026 um 10:15 schrieb {US}:",
}
THUNDERBIRD = {
    "nl": "Op 23-11-2026 om 10:15 schreef Loket:",
    "en": "On 23/11/2026 10:15, Loket wrote:",
    "fr": "Le 23/11/2026 à 10:15, Loket a écrit :",
    "de": "Am 23.11.26 um 10:15 schrieb Loket:",
}
YAHOO = {
    "nl": f"Op maandag 23 november 2026 om 10:15:02 CET schreef {US}:",
    "en": f"On Monday, November 23, 2026 at 10:15:02 AM GMT+1, {US} wrote:",
    "fr": f"Le lundi 23 novembre 2026 à 10:15:02 UTC+1, {US} a écrit :",
    "de": f"Am Montag, 23. November 2026 um 10:15:02 MEZ hat {US} Folgendes geschrieben:",
}
PROTON = {
    "nl": f"Op maandag 23 november 2026 10:15 AM, {US} schreef:",
    "en": f"On Monday, November 23rd, 2026 at 10:15 AM, {US} wrote:",
    "fr": f"Le lundi 23 novembre 2026 à 10:15, {US} a écrit :",
    "de": f"Am Montag, 23. November 2026 um 10:15 schrieb {US}:",
}
ROUNDCUBE = {
    "nl": "Loket schreef op 2026-11-23 10:15:",
    "en": "On 2026-11-23 10:15, Loket wrote:",
    "fr": "Le 2026-11-23 10:15, Loket a écrit :",
    "de": "Am 2026-11-23 10:15, schrieb Loket:",
}
OUTLOOK = {
    "nl": [
        "Van: {us}",
        "Verzonden: maandag 23 november 2026 10:15",
        "Aan: Anna Jansen <anna@example.org>",
        "Onderwerp: Uw bericht",
    ],
    "en": [
        "From: {us}",
        "Sent: Monday, November 23, 2026 10:15 AM",
        "To: Anna Jansen <anna@example.org>",
        "Subject: Your message",
    ],
    "fr": [
        "De : {us}",
        "Envoyé : lundi 23 novembre 2026 10:15",
        "À : Anne Dupont <anna@example.org>",
        "Objet : Votre message",
    ],
    "de": [
        "Von: {us}",
        "Gesendet: Montag, 23. November 2026 10:15",
        "An: Anna Schmidt <anna@example.org>",
        "Betreff: Ihre Nachricht",
    ],
}
GMX = {
    "nl": [
        "Verzonden: maandag 23 november 2026 om 10:15",
        'Van: "Loket" <help@loket.example>',
        "Aan: anna@example.org",
        "Onderwerp: Uw bericht",
    ],
    "en": [
        "Sent: Monday, November 23, 2026 at 10:15 AM",
        'From: "Loket" <help@loket.example>',
        "To: anna@example.org",
        "Subject: Your message",
    ],
    "fr": [
        "Envoyé: lundi 23 novembre 2026 à 10:15",
        'De: "Loket" <help@loket.example>',
        "À: anna@example.org",
        "Objet: Votre message",
    ],
    "de": [
        "Gesendet: Montag, 23. November 2026 um 10:15 Uhr",
        'Von: "Loket" <help@loket.example>',
        "An: anna@example.org",
        "Betreff: Ihre Nachricht",
    ],
}
SAMSUNG = {
    "nl": "-------- Oorspronkelijk bericht --------",
    "en": "-------- Original message --------",
    "fr": "-------- Message d'origine --------",
    "de": "-------- Ursprüngliche Nachricht --------",
}
SAMSUNG_HEAD = {
    "nl": "Van: {us} \nDatum: 23-11-2026 10:15 (GMT+01:00) \nAan: anna@example.org \nOnderwerp: Uw bericht ",
    "en": "From: {us} \nDate: 23/11/2026 10:15 (GMT+01:00) \nTo: anna@example.org \nSubject: Your message ",
    "fr": "De : {us} \nDate : 23/11/2026 10:15 (GMT+01:00) \nÀ : anna@example.org \nObjet : Votre message ",
    "de": "Von: {us} \nDatum: 23.11.26 10:15 (GMT+01:00) \nAn: anna@example.org \nBetreff: Ihre Nachricht ",
}


@dataclass(frozen=True)
class Sample:
    """One answer."""

    program: str
    language: str
    added: str
    text: str = ""
    html: str = ""


def marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def wrapped(line: str, width: int = 72) -> str:
    """As programs wrap the line that says who wrote."""
    first, rest = line[:width].rpartition(" ")[0] if len(line) > width else line, ""
    rest = line[len(first) :].strip()
    return f"{first}\n{rest}" if rest else first


def html(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"<div>{line or '<br>'}</div>" for line in escaped.split("\n"))


def _gmail(lang: str, added: str) -> Sample:
    return Sample("Gmail", lang, added, f"{added}\n\n{wrapped(GMAIL[lang])}\n\n{marked(OURS[lang])}\n")


def _gmail_html(lang: str, added: str) -> Sample:
    quote = f'<blockquote class="gmail_quote">{html(OURS[lang])}</blockquote>'
    head = GMAIL[lang].replace("<", "&lt;").replace(">", "&gt;")
    whole = f'<div dir="ltr">{html(added)}</div><br><div class="gmail_quote"><div class="gmail_attr">{head}<br></div>{quote}</div>'
    return Sample("Gmail, HTML", lang, added, html=whole)


def _apple(lang: str, added: str) -> Sample:
    return Sample("Apple Mail", lang, added, f"{added}\n\n> {APPLE[lang]}\n> \n{marked(OURS[lang])}\n")


def _thunderbird(lang: str, added: str) -> Sample:
    first, _, rest = OURS[lang].partition("\n\n")
    return Sample("Thunderbird", lang, added, f"{THUNDERBIRD[lang]}\n{marked(first)}\n\n{added}\n\n{marked(rest)}\n")


def _outlook(lang: str, added: str) -> Sample:
    head = "\n".join(OUTLOOK[lang]).format(us=US)
    return Sample("Outlook", lang, added, f"{added}\n\n{head}\n\n{OURS[lang]}\n")


def _outlook_html(lang: str, added: str) -> Sample:
    lines = [line.format(us="Loket &lt;help@loket.example&gt;") for line in OUTLOOK[lang]]
    head = "<br>".join(f"<b>{line.partition(':')[0]}:</b>{line.partition(':')[2]}" for line in lines)
    added_html = "".join(
        f'<p class="MsoNormal">{line or "<o:p>&nbsp;</o:p>"}</p>' for line in _escaped(added).split("\n")
    )
    border = f'<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p>{head}</p></div>'
    return Sample("Outlook, HTML", lang, added, html=f"<div>{added_html}<div>{border}{html(OURS[lang])}</div></div>")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _outlook_mobile(lang: str, added: str) -> Sample:
    head = "\n".join(OUTLOOK[lang]).format(us=US)
    return Sample("Outlook for Android", lang, added, f"{added}\n\n{'_' * 32}\n{head}\n\n{OURS[lang]}\n")


def _yahoo(lang: str, added: str) -> Sample:
    quoted = "\n".join(f"  {line}" for line in OURS[lang].split("\n"))
    return Sample("Yahoo", lang, added, f" {added}\n\n    {YAHOO[lang]}  \n \n{quoted}\n  ")


def _samsung(lang: str, added: str) -> Sample:
    return Sample(
        "Samsung", lang, added, f"{added}\n{SAMSUNG[lang]}\n{SAMSUNG_HEAD[lang].format(us=US)}\n{OURS[lang]}\n"
    )


def _gmx(lang: str, added: str) -> Sample:
    return Sample("GMX", lang, added, f"{added}\n \n\n" + "\n".join(GMX[lang]) + f"\n{OURS[lang]}\n")


def _proton(lang: str, added: str) -> Sample:
    return Sample("Proton", lang, added, f"{added}\n\n{PROTON[lang]}\n\n{marked(OURS[lang])}\n")


def _roundcube(lang: str, added: str) -> Sample:
    return Sample("Roundcube", lang, added, f"{ROUNDCUBE[lang]}\n\n{marked(OURS[lang])}\n\n{added}\n")


MAKERS = (
    _gmail,
    _gmail_html,
    _apple,
    _thunderbird,
    _outlook,
    _outlook_html,
    _outlook_mobile,
    _yahoo,
    _samsung,
    _gmx,
    _proton,
    _roundcube,
)


def samples() -> Iterator[Sample]:
    """Ten programs, two of them also in HTML."""
    for make in MAKERS:
        for lang in LANGUAGES:
            for added in ADDED[lang]:
                yield make(lang, added)
