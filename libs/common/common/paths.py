"""Which service answers which path on the one host that people see; the longest prefix wins."""

PREFIXES = {
    "/": "intake",
    "/t/": "intake",
    "/mail": "intake",
    "/static/": "intake",
    "/static/routing/": "routing",
    "/static/notifications/": "notifications",
    "/api/tickets": "intake",
    "/api/docs": "intake",
    "/desk": "routing",
    "/visits/": "routing",
    "/field": "routing",
    "/admin": "routing",
    "/admin/model": "intake",
    "/insight": "routing",
    "/login": "routing",
    "/logout": "routing",
    "/dev/login": "routing",
    "/api/session": "routing",
    "/api/queues": "routing",
    "/api/work": "routing",
    "/api/staff": "routing",
    "/api/policy": "routing",
    "/api/calendars": "routing",
    "/api/insight": "routing",
    "/api/incidents": "routing",
    "/api/deliveries": "notifications",
    "/api/dead": "routing",
    "/dev/mail": "notifications",
    "/dev/texts": "notifications",
    "/dev/texts/write": "intake",
    "/dev/letters": "notifications",
    "/admin/messages": "notifications",
    "/api/callbacks": "notifications",
    "/api/callbacks/sms/message": "intake",
    "/preferences": "notifications",
}
_LONGEST_FIRST = sorted(PREFIXES, key=len, reverse=True)


def service_for(path: str) -> str:
    """The service that answers this path."""
    return next(PREFIXES[prefix] for prefix in _LONGEST_FIRST if _matches(path, prefix))


def _matches(path: str, prefix: str) -> bool:
    return path.startswith(prefix) and (prefix.endswith("/") or path[len(prefix) :][:1] in {"", "/"})
