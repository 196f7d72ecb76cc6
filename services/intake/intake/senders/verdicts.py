"""What goes into a check of a sender, and what comes out: plain values that travel to the child process and back."""

from dataclasses import dataclass
from ipaddress import ip_address

from intake.mail.results import Trust


@dataclass(frozen=True, slots=True)
class Brought:
    """Who brought the mail; without an address nothing can be said."""

    client: str | None = None
    hello: str = ""
    envelope_sender: str | None = None

    @property
    def domain(self) -> str:
        """The domain that SPF speaks of: of the envelope's sender, else of the greeting."""
        return ((self.envelope_sender or "").rpartition("@")[2] or self.hello).lower().rstrip(".")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found, and on what it rests."""

    trust: Trust
    why: str = ""


def split_server(server: str) -> tuple[str, int]:
    """The address and the port of a name server: 192.0.2.1, 192.0.2.1:5353, [::1]:53. Raises ValueError."""
    has_port = server.count(":") == 1 or "]:" in server
    host, _, port = server.rpartition(":") if has_port else (server, "", "53")
    return str(ip_address(host.strip("[]"))), int(port)
