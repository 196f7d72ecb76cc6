"""Making tickets: many at once in one transaction, because one commit costs as much as the work of sixty."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.errors import Refusal
from common.events import Address, Customer, Judgement, TicketSubmitted
from common.outbox import emit
from common.vocabulary import Language
from intake import attached, people, repeats, shadows
from intake.drafts import Draft, Judged, Receipt
from intake.people import Contact
from intake.references import new_reference
from intake.repeats import Claim, OtherContent
from intake.tables import Ticket

Outcome = Receipt | Refusal

# One statement with a list for each column costs a third of a row at a time.
_STORE = text("""
WITH brought AS MATERIALIZED (
    SELECT * FROM unnest(
        cast(:ticket_id AS uuid[]), cast(:reference AS text[]), cast(:person_id AS uuid[]), cast(:name AS text[]),
        cast(:email AS text[]), cast(:phone AS text[]), cast(:customer_number AS text[]), cast(:language AS text[]),
        cast(:channel AS text[]), cast(:subject AS text[]), cast(:postcode AS text[]), cast(:house_number AS text[]),
        cast(:city AS text[]), cast(:handling_class AS text[]), cast(:topic AS text[]), cast(:task_type AS text[]),
        cast(:sensitivity AS text[]), cast(:judgement AS text[]), cast(:received_at AS timestamptz[]),
        cast(:message_id AS uuid[]), cast(:body AS text[])
    ) AS t (ticket_id, reference, person_id, name, email, phone, customer_number, language, channel, subject, postcode,
            house_number, city, handling_class, topic, task_type, sensitivity, judgement, received_at, message_id, body)
), tickets AS (
    INSERT INTO ticket (ticket_id, reference, person_id, name, email, phone, customer_number, language, channel,
        subject, postcode, house_number, city, handling_class, topic, task_type, sensitivity, judgement, received_at)
    SELECT ticket_id, reference, person_id, name, email, phone, customer_number, language, channel, subject,
        postcode, house_number, city, handling_class, topic, task_type, sensitivity, cast(judgement AS jsonb),
        received_at
    FROM brought
)
INSERT INTO message (message_id, ticket_id, author_name, body, channel, received_at)
SELECT message_id, ticket_id, name, body, channel, received_at FROM brought
""")


@dataclass(frozen=True, slots=True)
class _Coming:
    """A ticket about to be stored: what was brought, and the names it will have."""

    judged: Judged
    ticket_id: UUID
    message_id: UUID
    reference: str

    @property
    def draft(self) -> Draft:
        return self.judged.draft

    @property
    def claim(self) -> Claim | None:
        given = self.draft.repeatable
        if given is None:
            return None
        return Claim(given.scope, given.key, given.content_sha256, self.ticket_id, self.message_id)

    @property
    def receipt(self) -> Receipt:
        return Receipt(self.ticket_id, self.reference, self.judged.language, self.judged.judgement)


async def submit(session: AsyncSession, judged: Judged, now: datetime) -> Receipt:
    """Turn a customer's words into a ticket and tell the other services; raises what refuses it."""
    [outcome] = await submit_many(session, [judged], now)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


async def submit_many(session: AsyncSession, brought: Sequence[Judged], now: datetime) -> list[Outcome]:
    """Turn each draft into a ticket and tell the other services; a receipt or a refusal for each, in order.

    A draft whose key was used before makes nothing: it gets the receipt of the ticket made then.
    """
    coming = [_Coming(judged, uuid7(), uuid7(), new_reference()) for judged in brought]
    owners = await repeats.claim(session, [each.claim for each in coming if each.claim], now)
    fresh = [each for each in coming if not each.claim or owners[each.claim.name].ticket_id == each.ticket_id]
    await _store(session, fresh, now)
    receipts = {each.ticket_id: each.receipt for each in fresh}
    receipts |= await _receipts(session, {owner.ticket_id for owner in owners.values()} - receipts.keys())
    return [_outcome(each, owners, receipts) for each in coming]


def _outcome(coming: _Coming, owners: dict[repeats.Name, Claim], receipts: dict[UUID, Receipt]) -> Outcome:
    claim = coming.claim
    owner = owners[claim.name] if claim else None
    if claim is None or owner is None or owner.ticket_id == coming.ticket_id:
        return receipts[coming.ticket_id]
    if owner.content_sha256 != claim.content_sha256:
        return OtherContent(repeats.OTHER_CONTENT)
    return replace(receipts[owner.ticket_id], is_repeat=True)


async def _receipts(session: AsyncSession, ticket_ids: Iterable[UUID]) -> dict[UUID, Receipt]:
    """The receipts of tickets made before."""
    ids = list(ticket_ids)
    rows: Iterable[Ticket] = await session.scalars(select(Ticket).where(Ticket.ticket_id.in_(ids))) if ids else ()
    return {
        row.ticket_id: Receipt(
            row.ticket_id, row.reference, Language(row.language), Judgement.model_validate(row.judgement)
        )
        for row in rows
    }


async def _store(session: AsyncSession, coming: Sequence[_Coming], now: datetime) -> None:
    if not coming:
        return
    contacts = [_contact(each.draft) for each in coming]
    person_ids = await people.find_or_make(session, contacts, now)
    await session.execute(_STORE, _columns([_row(*each, now) for each in zip(coming, person_ids, strict=True)]))
    await shadows.keep_shadows(session, [(each.ticket_id, each.judged) for each in coming], now)
    facts = await attached.store(session, [(each.message_id, each.draft.files) for each in coming])
    for each, person_id in zip(coming, person_ids, strict=True):
        event = _submitted(each, person_id, facts.get(each.message_id, ()), now)
        emit(session, event, each.draft.traceparent)


def _contact(draft: Draft) -> Contact:
    return Contact(draft.name, draft.email, draft.customer_number, draft.phone)


def _row(coming: _Coming, person_id: UUID, now: datetime) -> dict[str, object]:
    """The ticket and its first message, by the names of `_STORE`."""
    draft, judgement = coming.draft, coming.judged.judgement
    return {
        "ticket_id": coming.ticket_id,
        "reference": coming.reference,
        "person_id": person_id,
        "name": draft.name,
        "email": draft.email,
        "phone": draft.phone,
        "customer_number": draft.customer_number,
        "language": coming.judged.language,
        "channel": draft.channel,
        "subject": draft.subject,
        "postcode": draft.place.postcode,
        "house_number": draft.place.house_number,
        "city": draft.place.city,
        "handling_class": judgement.handling_class,
        "topic": judgement.topic,
        "task_type": judgement.task_type,
        "sensitivity": judgement.sensitivity,
        "judgement": judgement.model_dump_json(),
        "received_at": now,
        "message_id": coming.message_id,
        "body": draft.body,
    }


def _columns(rows: Sequence[dict[str, object]]) -> dict[str, list[object]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def _submitted(coming: _Coming, person_id: UUID, files: attached.Facts, now: datetime) -> TicketSubmitted:
    draft, place = coming.draft, coming.draft.place
    is_placed = place.postcode or place.house_number or place.city
    return TicketSubmitted(
        ticket_id=coming.ticket_id,
        reference=coming.reference,
        customer=Customer(
            person_id=person_id,
            name=draft.name,
            email=draft.email,
            phone=draft.phone,
            language=coming.judged.language,
            customer_number=draft.customer_number,
        ),
        address=Address(postcode=place.postcode, house_number=place.house_number, city=place.city)
        if is_placed
        else None,
        channel=draft.channel,
        subject=draft.subject,
        body=draft.body,
        attachments=files,
        judgement=coming.judged.judgement,
        message_id=coming.message_id,
        submitted_at=now,
        is_sender_verified=draft.origin.is_sender_verified,
        may_be_answered=draft.origin.may_be_answered,
        linked_to=draft.origin.linked_to,
        split_from=draft.origin.split_from,
    )
