"""What a decision of the policy costs, with four rules and with ten thousand, and what checking those costs."""

import argparse
import json
import sys
import time
from collections.abc import Callable

from policies import AROUND, FACTS, QUEUES
from routing.policy import Compiled, check, compiled, decide, default_policy

RULES = 10_000


def many_rules() -> str:
    """A policy with a rule for every region, as an importer of postcodes would write it."""
    rules = [
        {"name": f"region {n}", "when": {"region": f"{n:05d}", "topic": "billing"}, "then": {"queue": "legal"}}
        for n in range(RULES)
    ]
    rules.append({"name": "technical", "when": {"class": "technical"}, "then": {"queue": "field"}})
    rules.append({"name": "rest", "then": {"queue": "triage"}})
    return json.dumps({"rule": rules}, indent=1)


def microseconds(act: Callable[[], object], times: int) -> float:
    """Processor time of one call."""
    act()
    begun = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - begun) / times * 1e6


def deciding(policy: Compiled, times: int) -> float:
    return microseconds(lambda: decide(policy, FACTS, QUEUES), times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=2000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    source = many_rules()
    begun = time.process_time()
    found = check(source, AROUND)
    seconds = time.process_time() - begun
    if found.policy is None or found.findings:
        raise SystemExit("the policy of this benchmark is wrong")
    figures = {
        "decide_us": deciding(compiled(default_policy()), given.times),
        "decide_many_us": deciding(compiled(found.policy), given.times),
        "check_seconds": seconds,
    }
    sys.stdout.write(
        json.dumps(figures) + "\n" if given.json else "".join(f"{k}: {v:.2f}\n" for k, v in figures.items())
    )


if __name__ == "__main__":
    main()
