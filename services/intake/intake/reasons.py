"""Why a mail waits for a person, in a sentence that tells them what to do about it."""

from collections.abc import Mapping

from common.texts import mark

REASONS: Mapping[str, str] = {
    "automatic_reply": mark("A program answered: somebody is away, or a receipt. Nobody needs to answer it."),
    "bounce": mark("A mail came back, and it is not known which of ours it was."),
    "loop": mark("This looks like two programs that keep answering each other."),
    "own_address": mark("It says it comes from our own address."),
    "several_senders": mark("It names more than one sender, so nobody can tell who wrote it."),
    "too_many": mark("This address sent very many mails within an hour."),
    "refused": mark("It could not be made into a ticket."),
    "too_large": mark("It is larger than 25 MB."),
    "headers_too_large": mark("Its headers are larger than a mail has them."),
    "too_many_headers": mark("It has more headers than a mail has."),
    "nul_in_headers": mark("Its headers hold characters that do not belong there."),
    "line_too_long": mark("It has a line that is longer than a mail may have."),
    "too_many_parts": mark("It has more than a hundred parts."),
    "too_deep": mark("Its parts are packed into each other too deeply."),
    "too_much_markup": mark("Its layout is too heavy to read safely."),
    "too_costly": mark("Reading it took too long or too much memory."),
    "broken": mark("It is damaged and cannot be read."),
    "no_sender": mark("It does not say who sent it."),
    "failed": mark("Something went wrong here while reading it. The message itself is kept."),
    "spam": mark("A colleague threw it away as spam."),
}

TEXT_REASONS: Mapping[str, str] = {
    "no_number": mark("It comes from a name or a short number, so no answer can reach it."),
    "own_number": mark("It says it comes from our own number."),
    "loop": REASONS["loop"],
    "too_many": mark("This number sent very many texts within an hour."),
}


def reason_of(code: str | None) -> str:
    """The sentence for a code, in English, to be translated where it is shown."""
    return REASONS.get(code or "", REASONS["failed"])
