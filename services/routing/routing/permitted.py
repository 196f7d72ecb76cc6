"""What a viewer may do with a ticket as it stands: what clients offer, and what the acts then check again."""

from uuid import UUID

from common.vocabulary import TicketState, Tier
from routing.transitions import Act, acts_from
from routing.viewer import Viewer

BY_ITSELF = frozenset({Act.EXPIRE, Act.RECEIVE, Act.CLOSE, Act.RAISE, Act.MERGED, Act.JOIN, Act.ANSWER, Act.REVISE})
LEADS_MAY = frozenset({Act.RELEASE, Act.TRANSFER, Act.RECLASSIFY, Act.VOID})  # whoever holds it
NEEDS_NO_HOLDER = frozenset({Act.TAKE, Act.REOPEN})


def permitted(viewer: Viewer, state: TicketState, holder_id: UUID | None, queue_id: str, tier: Tier) -> frozenset[Act]:
    """The acts open to this viewer; none when somebody else holds the ticket, unless the viewer leads."""
    acts = acts_from(state) - BY_ITSELF
    if tier is not Tier.FRONT_OFFICE:
        acts -= {Act.ESCALATE}
    else:
        acts -= {Act.RETURN}
    if queue_id not in viewer.queue_ids and not viewer.is_lead:
        acts -= {Act.TAKE}
    if holder_id is None:
        acts &= NEEDS_NO_HOLDER | (LEADS_MAY - {Act.RELEASE} if viewer.is_lead else frozenset())
    elif holder_id != viewer.agent_id:
        acts &= LEADS_MAY if viewer.is_lead else frozenset()
    return acts
