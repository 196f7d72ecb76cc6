"""Answers as more mail programs write them, which the rules were not made by: first measured as strangers."""

# ruff: noqa: E501 - mails have long lines

from collections.abc import Iterator

from quoted_samples import ADDED, OURS, Sample, marked

# What stands between the customer's words and ours, by program and language.
MARKED = {
    "K-9": {
        "nl": "Op 23 november 2026 10:15:02 CET schreef Loket <help@loket.example>:",
        "en": "On November 23, 2026 10:15:02 AM GMT+01:00, Loket <help@loket.example> wrote:",
        "fr": "Le 23 novembre 2026 10:15:02 GMT+01:00, Loket <help@loket.example> a écrit :",
        "de": "Am 23. November 2026 10:15:02 MEZ schrieb Loket <help@loket.example>:",
    },
    "Spark": {
        "nl": "Op 23 nov 2026 10:15 +0100 schreef Loket <help@loket.example>:",
        "en": "On Nov 23, 2026 at 10:15 AM +0100, Loket <help@loket.example>, wrote:",
        "fr": "Le 23 nov. 2026 à 10:15 +0100, Loket <help@loket.example>, a écrit :",
        "de": "Am 23. Nov. 2026, 10:15 +0100 schrieb Loket <help@loket.example>:",
    },
    "KMail": {
        "nl": "Op maandag 23 november 2026 10:15:02 CET schreef Loket:",
        "en": "On Monday, 23 November 2026 10:15:02 CET Loket wrote:",
        "fr": "Le lundi 23 novembre 2026, 10:15:02 CET Loket a écrit :",
        "de": "Am Montag, 23. November 2026, 10:15:02 CET schrieb Loket:",
    },
    "Fastmail": {
        "nl": "Op ma 23 nov. 2026, om 10:15, schreef Loket:",
        "en": "On Mon, 23 Nov 2026, at 10:15 AM, Loket wrote:",
        "fr": "Le lun. 23 nov. 2026, à 10:15, Loket a écrit :",
        "de": "Am Mo, 23. Nov 2026, um 10:15, schrieb Loket:",
    },
    "Orange": {
        "fr": '> Message du 23/11/26 10:15\n> De : "Loket" <help@loket.example>\n> A : anna@example.org\n> Copie à : \n> Objet : Votre message',
    },
}
BARE = {
    "Open-Xchange": {
        "nl": "Op 23-11-2026 10:15 CET schreef Loket <help@loket.example>:",
        "en": "On 11/23/2026 10:15 AM CET Loket <help@loket.example> wrote:",
        "fr": "Le 23/11/2026 10:15 CET, Loket <help@loket.example> a écrit :",
        "de": "Loket <help@loket.example> hat am 23.11.2026 10:15 CET geschrieben:",
    },
    "Zimbra": {
        "nl": 'Van: "Loket" <help@loket.example>\nAan: "Anna" <anna@example.org>\nVerzonden: Maandag 23 november 2026 10:15:02\nOnderwerp: Uw bericht',
        "en": 'From: "Loket" <help@loket.example>\nTo: "Anna" <anna@example.org>\nSent: Monday, November 23, 2026 10:15:02 AM\nSubject: Your message',
        "fr": 'De: "Loket" <help@loket.example>\nÀ: "Anne" <anna@example.org>\nEnvoyé: Lundi 23 Novembre 2026 10:15:02\nObjet: Votre message',
        "de": 'Von: "Loket" <help@loket.example>\nAn: "Anna" <anna@example.org>\nGesendet: Montag, 23. November 2026 10:15:02\nBetreff: Ihre Nachricht',
    },
    "Notes": {
        "nl": "Van:\tLoket <help@loket.example>\nAan:\tanna@example.org\nDatum:\t23-11-2026 10:15\nOnderwerp:\tUw bericht",
        "en": "From:        Loket <help@loket.example>\nTo:        anna@example.org\nDate:        23/11/2026 10:15\nSubject:        Your message",
        "fr": "De :        Loket <help@loket.example>\nA :        anna@example.org\nDate :        23/11/2026 10:15\nObjet :        Votre message",
        "de": "Von:        Loket <help@loket.example>\nAn:        anna@example.org\nDatum:        23.11.2026 10:15\nBetreff:        Ihre Nachricht",
    },
    "eM Client": {
        "nl": '------ Origineel bericht ------\nVan "Loket" <help@loket.example>\nAan anna@example.org\nDatum 23-11-2026 10:15:02\nOnderwerp Uw bericht',
        "en": '------ Original Message ------\nFrom "Loket" <help@loket.example>\nTo anna@example.org\nDate 23/11/2026 10:15:02\nSubject Your message',
        "fr": '------ Message d\'origine ------\nDe "Loket" <help@loket.example>\nÀ anna@example.org\nDate 23/11/2026 10:15:02\nObjet Votre message',
        "de": '------ Originalnachricht ------\nVon "Loket" <help@loket.example>\nAn anna@example.org\nDatum 23.11.2026 10:15:02\nBetreff Ihre Nachricht',
    },
    "T-Online": {
        "de": "-----Original-Nachricht-----\nBetreff: Ihre Nachricht\nDatum: 2026-11-23T10:15:02+0100\nVon: Loket <help@loket.example>\nAn: anna@example.org",
    },
    "Windows Mail": {
        "nl": "Van: Loket\nVerzonden: maandag 23 november 2026 10:15\nAan: Anna\nOnderwerp: Uw bericht",
        "en": "From: Loket\nSent: Monday, 23 November 2026 10:15\nTo: Anna\nSubject: Your message",
        "fr": "De : Loket\nEnvoyé le :lundi 23 novembre 2026 10:15\nÀ : Anne\nObjet : Votre message",
        "de": "Von: Loket\nGesendet: Montag, 23. November 2026 10:15\nAn: Anna\nBetreff: Ihre Nachricht",
    },
    "BlackBerry": {
        "nl": "  Oorspronkelijk bericht  \nVan: Loket <help@loket.example>\nVerzonden: maandag 23 november 2026 10:15\nAan: anna@example.org\nOnderwerp: Uw bericht",
        "en": "  Original Message  \nFrom: Loket <help@loket.example>\nSent: Monday, 23 November 2026 10:15\nTo: anna@example.org\nSubject: Your message",
        "fr": "  Message d'origine  \nDe: Loket <help@loket.example>\nEnvoyé: lundi 23 novembre 2026 10:15\nÀ: anna@example.org\nObjet: Votre message",
        "de": "  Originalnachricht  \nVon: Loket <help@loket.example>\nGesendet: Montag, 23. November 2026 10:15\nAn: anna@example.org\nBetreff: Ihre Nachricht",
    },
}


def more_samples() -> Iterator[Sample]:
    """Programs that put marks before what they quote, and programs that do not."""
    for heads, is_marked in ((MARKED, True), (BARE, False)):
        for program, by_language in heads.items():
            for language, head in by_language.items():
                quoted = marked(OURS[language]) if is_marked else OURS[language]
                for added in ADDED[language]:
                    yield Sample(program, language, added, f"{added}\n\n{head}\n\n{quoted}\n")
