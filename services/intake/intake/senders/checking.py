"""Whether a mail is from whom it says: DKIM or SPF has to hold for the domain of From, as that domain asks for."""

from functools import partial

from intake.mail.results import Trust
from intake.senders.alignment import Organisation, Policy, is_aligned, policy_of
from intake.senders.envelopes import sent_by
from intake.senders.names import Names, NoWord
from intake.senders.signatures import Signed, signed
from intake.senders.verdicts import Brought, Verdict


def check(raw: bytes, domain: str, brought: Brought, names: Names, organisation: Organisation) -> Verdict:
    """What can be said of a mail whose From names this domain; unknown wherever a name server kept silent.

    Failed only when the domain asks for proof and there is none: where nobody knows which computer brought the mail,
    a missing signature alone proves nothing.
    """
    named = _ascii(domain)
    if "." not in named or organisation(named) is None:
        return Verdict(Trust.UNKNOWN, "no domain")
    names.begin()
    try:
        policy = _published(named, names, organisation)
    except NoWord:
        return Verdict(Trust.UNKNOWN, "no answer")
    if policy is None:
        return Verdict(Trust.UNKNOWN, "no policy")
    speaks = partial(is_aligned, named=named, organisation=organisation, is_strict=policy.is_strict_dkim)
    found = signed(raw, speaks, names)
    if found.domain:
        return Verdict(Trust.VERIFIED, f"dkim={found.domain}")
    return _by_envelope(found, policy, named, brought, names, organisation)


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode().lower()
    except UnicodeError:
        return ""


def _published(named: str, names: Names, organisation: Organisation) -> Policy | None:
    """What the domain asks for, or else its owner."""
    own = policy_of(names.texts(f"_dmarc.{named}"))
    owner = organisation(named)
    if own or owner in {None, named}:
        return own
    return policy_of(names.texts(f"_dmarc.{owner}"))


def _by_envelope(  # noqa: PLR0913, PLR0917 - what is known by now
    found: Signed, policy: Policy, named: str, brought: Brought, names: Names, organisation: Organisation
) -> Verdict:
    is_theirs = is_aligned(brought.domain, named, organisation, is_strict=policy.is_strict_spf)
    said = sent_by(brought, names) if is_theirs else "none"
    if said == "pass":
        return Verdict(Trust.VERIFIED, f"spf={brought.domain}")
    if found.is_unsure or said == "temperror":
        return Verdict(Trust.UNKNOWN, "no answer")
    if found.is_broken or brought.client:
        return Verdict(Trust.FAILED, "dkim=fail" if found.is_broken else "no proof")
    return Verdict(Trust.UNKNOWN, "not signed")
