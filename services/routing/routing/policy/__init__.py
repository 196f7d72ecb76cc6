"""The policy: an ordered list of rules over what is known of a ticket; the first that matches says where it goes."""

from routing.policy.checking import Surroundings, check
from routing.policy.compiled import Compiled, NoRuleMatches, compiled, decide, readable, settled
from routing.policy.document import FLUENT, SPOKEN, Policy, default_policy, default_source
from routing.policy.facts import Agreed, Facts, Place, Places, Verdict, ordinary_priority
from routing.policy.findings import Finding
from routing.policy.reading import Read
from routing.policy.writing import written

__all__ = [
    "FLUENT",
    "SPOKEN",
    "Agreed",
    "Compiled",
    "Facts",
    "Finding",
    "NoRuleMatches",
    "Place",
    "Places",
    "Policy",
    "Read",
    "Surroundings",
    "Verdict",
    "check",
    "compiled",
    "decide",
    "default_policy",
    "default_source",
    "ordinary_priority",
    "readable",
    "settled",
    "written",
]
