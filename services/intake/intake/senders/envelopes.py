"""SPF (RFC 7208): whether the computer that brought a mail may send for the domain of its envelope."""

from ipaddress import ip_address

import spf

from intake.senders.names import Names, NoWord
from intake.senders.verdicts import Brought


class _Query(spf.query):  # type: ignore[misc]
    """The library's check, asking by our way."""

    def __init__(self, brought: Brought, names: Names) -> None:
        super().__init__(i=brought.client, s=brought.envelope_sender or "", h=brought.hello, querytime=0)
        self._names = names

    def dns(self, name: str, qtype: str, cnames: object = None, *, ignore_void: bool = False) -> list[object]:  # noqa: ARG002 - the library's own names
        """Records as the library knows them. Raises TempError, PermError."""
        try:
            found = [_as_known(record, qtype) for record in self._names.ask(str(name), qtype)]
        except NoWord as silent:
            raise spf.TempError("no word") from silent
        if not found and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError("too many questions without an answer")
        return found


def _as_known(record: object, kind: str) -> object:
    if kind == "TXT":
        return record.strings  # type: ignore[attr-defined]
    if kind == "MX":
        return record.preference, record.exchange.to_text(True)  # type: ignore[attr-defined]  # noqa: FBT003
    return record.target.to_text(True) if kind == "PTR" else record.address  # type: ignore[attr-defined]  # noqa: FBT003


def sent_by(brought: Brought, names: Names) -> str:
    """One of SPF's words, "pass" among them; "none" where nothing can be said, "temperror" where nobody answered."""
    if not brought.client or not brought.domain or "." not in brought.domain:
        return "none"
    try:
        ip_address(brought.client)
        return str(_Query(brought, names).check()[0])
    except (ValueError, UnicodeError):
        return "permerror"
