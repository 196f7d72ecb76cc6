"""What the status of an HTTP answer says of a parcel."""

from collections.abc import Container
from http import HTTPStatus

from notifications.outside import Reply
from notifications.retries import Answer, Verdict


def answer_of(reply: Reply, *, refused: Container[int] = (), gone: Container[int] = ()) -> Answer:
    """Accepted after a 2xx, final after a status named here, else to be tried again. The body is never quoted."""
    detail = f"{reply.status} {_phrase(reply.status)}".strip()
    if HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
        return Answer(Verdict.ACCEPTED, detail)
    if reply.status in gone:
        return Answer(Verdict.GONE, detail)
    return Answer(Verdict.REFUSED if reply.status in refused else Verdict.TRY_LATER, detail)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
