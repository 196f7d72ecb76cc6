"""The policy over the API: read, checked, tried on the past, published, brought back."""

from asyncio import to_thread
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import Field

from common.clock import now
from common.db import Reading, Transaction
from common.errors import BadInput, NotFound
from common.problem import problem
from routing import publishing
from routing.api.documented import refuses
from routing.api.shapes import Shape
from routing.identity import ActingLead, AnyReader, LeadsOnly
from routing.inputs import Plain, storable
from routing.policy import Finding, Policy, compiled
from routing.publishing import Author, NotAPolicy, Wording
from routing.rehearsal import past_decisions, rehearse
from routing.revising import Tally, rehearse_open
from routing.rulebook import rulebook
from routing.tables import PublishedPolicy
from routing.viewer import Viewer

router = APIRouter(prefix="/api/policy", tags=["policy"])

TOML = "application/toml"
LONGEST_DAYS = 366
BODY: Mapping[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Policy"}},
            TOML: {"schema": {"type": "string"}},
        },
    }
}


class FindingShown(Shape):
    """One thing that is wrong with a policy, and the line of the text that was sent."""

    line: int | None
    what: str
    is_warning: bool


class Checked(Shape):
    """What is wrong with a policy; it may be published when all of it are warnings."""

    ok: bool
    findings: list[FindingShown]


class VersionShown(Shape):
    """One version of the policy; the highest is in force."""

    version: int
    restores: int | None
    published_at: datetime
    published_by: str


class ExampleShown(Shape):
    """A ticket that would go another way."""

    reference: str
    subject: str
    from_rule: str
    to_rule: str


class MoveShown(Shape):
    """How many tickets would go from one queue to another."""

    from_queue: str
    to_queue: str
    count: int
    examples: list[ExampleShown]


class LoadShown(Shape):
    """What a queue got, and would get."""

    queue: str = Field(validation_alias="queue_id")
    before: int
    after: int


class WayShown(Shape):
    """How many open tickets would go from one queue to another, or stay in one with other terms."""

    from_queue: str
    to_queue: str
    count: int


class OpenShown(Shape):
    """What publishing would mean for tickets that are open now; a promise never gets worse.

    `sooner` would be promised an earlier moment, `kept` keep a promise that the policy would not give any more,
    `moved` go along with a rule that says `open_too`; `in_hand` would too, if nobody worked on them or put them there.
    """

    looked_at: int
    sooner: int
    kept: int
    moved: int
    in_hand: int
    ways: list[WayShown]


class RehearsalShown(Shape):
    """What the policy would have done with the tickets of the last days; nothing was changed by asking."""

    looked_at: int
    skipped: int
    has_more: bool
    since: datetime | None
    moved: int
    other_priority: int
    other_terms: int
    moves: list[MoveShown]
    queues: list[LoadShown]
    open: OpenShown


class StepBack(Plain):
    """The version that was seen, and which one to bring back; without it, the one before."""

    restores: int | None = Field(None, ge=1, le=2**31 - 1)


@router.get("", responses=refuses(), response_model=Policy, response_model_exclude_defaults=True)
async def show_policy(
    session: Reading, response: Response, _: Annotated[Viewer, AnyReader], accept: Annotated[str, Header()] = ""
) -> Any:  # noqa: ANN401 - a policy, or its text
    """The policy in force, as JSON or for `Accept: application/toml` as it was written; its version is the ETag."""
    if TOML in accept:
        published = await publishing.in_force(session)
        return Response(publishing.text_of(published), media_type=TOML, headers={"etag": f'"{published.version}"'})
    rules = await rulebook(session)
    response.headers["etag"] = f'"{rules.version}"'
    return rules.policy.document


@router.put("", responses=refuses(409), openapi_extra=dict(BODY))
async def publish(
    request: Request,
    response: Response,
    session: Transaction,
    lead: ActingLead,
    if_match: Annotated[str | None, Header(max_length=40)] = None,
) -> VersionShown:
    """The policy that was sent, in force from now on.

    `If-Match`, or `version` on top of the document, names the version that was seen. What is wrong is in `errors`.
    """
    source = await _text(request)
    read = await publishing.examine(session, source)
    seen = _version(if_match) or read.version
    if seen is None:
        raise BadInput("Say which version you have seen: in the header If-Match, or as `version` in the document.")
    try:
        made = await publishing.publish(session, Wording(source, seen), _author(lead), now())
    except NotAPolicy as refused:
        return problem(refused.status, str(refused), errors=[_shown(each) for each in refused.findings])  # type: ignore[return-value]
    response.headers["etag"] = f'"{made.version}"'
    return VersionShown.model_validate(made)


@router.post("/check", responses=refuses(), dependencies=[LeadsOnly], openapi_extra=dict(BODY))
async def check(request: Request, session: Reading) -> Checked:
    """Everything that is wrong with the policy that was sent; nothing is published."""
    read = await publishing.examine(session, await _text(request))
    findings = [FindingShown(line=each.line, what=each.said(), is_warning=each.is_warning) for each in read.findings]
    return Checked(ok=not read.errors, findings=findings)


@router.post("/diff", responses=refuses(), dependencies=[LeadsOnly], openapi_extra=dict(BODY))
async def diff(
    request: Request, session: Reading, days: Annotated[int, Query(ge=1, le=LONGEST_DAYS)] = 14
) -> RehearsalShown:
    """What the policy that was sent would have done with the tickets of the last days; nothing is published."""
    read = await publishing.examine(session, await _text(request))
    if read.policy is None:
        refused = NotAPolicy(read.findings)
        return problem(422, str(refused), errors=[_shown(each) for each in refused.findings])  # type: ignore[return-value]
    rules = await rulebook(session)
    past, has_more = await past_decisions(session, now() - timedelta(days=days))
    policy = compiled(read.policy)
    found = await to_thread(rehearse, rules.policy, policy, rules.queues, past)
    opened = await rehearse_open(session, rules, policy, now())
    told = {**vars(found), "moved": found.moved, "has_more": has_more, "open": {**vars(opened), "ways": _ways(opened)}}
    return RehearsalShown.model_validate(told)


@router.post("/rollback", responses=refuses(404, 409))
async def rollback(sent: StepBack, response: Response, session: Transaction, lead: ActingLead) -> VersionShown:
    """The policy before this one, or the one that is named, in force again as a new version."""
    if sent.restores:
        made = await publishing.restore(session, sent.restores, sent.version, _author(lead), now())
    else:
        made = await publishing.step_back(session, sent.version, _author(lead), now())
    response.headers["etag"] = f'"{made.version}"'
    return VersionShown.model_validate(made)


@router.get("/versions", responses=refuses(), dependencies=[LeadsOnly])
async def versions(session: Reading) -> list[VersionShown]:
    """The versions of the policy, newest first."""
    return [VersionShown.model_validate(each) for each in await publishing.history(session)]


@router.get("/versions/{version}", responses=refuses(404), dependencies=[LeadsOnly], response_class=Response)
async def show_version(session: Reading, version: Annotated[int, Path(ge=1, le=2**31 - 1)]) -> Response:
    """The text of one version, as TOML."""
    found = await session.get(PublishedPolicy, version)
    if found is None:
        raise NotFound("There is no version %(version)s of the policy.", version=version)
    return Response(publishing.text_of(found), media_type=TOML, headers={"etag": f'"{version}"'})


def _ways(opened: Tally) -> list[WayShown]:
    return [WayShown(from_queue=a, to_queue=b, count=count) for (a, b), count in sorted(opened.ways.items())]


async def _text(request: Request) -> str:
    try:
        return storable((await request.body()).decode("utf-8"))
    except ValueError as error:
        raise BadInput("This text holds characters that cannot be stored; send it as UTF-8.") from error


def _version(etag: str | None) -> int | None:
    number = (etag or "").removeprefix("W/").strip('"')
    return int(number) if number.isascii() and number.isdecimal() else None


def _author(viewer: Viewer) -> Author:
    return Author(viewer.name, viewer.agent_id)


def _shown(finding: Finding) -> dict[str, object]:
    return {"line": finding.line, "what": finding.said()}
