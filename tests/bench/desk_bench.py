"""How long the desk's pages take with few and with many open tickets; medians in milliseconds.

Run it as `python -m bench.desk_bench [--tickets 1000,100000]` with `tests` on PYTHONPATH.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import httpx

from bench.pipeline_bench import TICKET, Laptop

TIMES = 15
QUEUE = "field"
COLUMNS = """person_id, customer_name, customer_email, customer_phone, customer_language, customer_number, postcode,
    house_number, street, city, channel, subject, judgement, handling_class, topic, task_type, is_urgent,
    sensitivity, language, state, version, queue_id, came_from, priority, answer_by, solve_by, routed_at, is_unread"""
MULTIPLY = """
INSERT INTO ticket (ticket_id, reference, submitted_at, due_at, {columns})
SELECT gen_random_uuid(), 'L-BENCH-' || n, t.submitted_at - n * interval '1 second',
    t.due_at - n * interval '1 second', {columns}
FROM generate_series((SELECT count(*) FROM ticket) + 1, {wanted}) n,
     (SELECT * FROM ticket WHERE reference NOT LIKE 'L-BENCH-%' AND state = 'queued' LIMIT 1) t
"""


def fill(laptop: Laptop, wanted: int) -> None:
    """So many tickets wait in the field's queue."""
    laptop.ask("routing", MULTIPLY.format(columns=COLUMNS, wanted=wanted))
    laptop.ask("routing", "ANALYZE ticket")


def timed(ask: Callable[[], httpx.Response]) -> float:
    """The median time of an answer that came."""
    spent = []
    for _ in range(TIMES):
        began = time.perf_counter()
        answer = ask()
        spent.append((time.perf_counter() - began) * 1000)
        if answer.is_error:
            raise RuntimeError(f"{answer.request.url}: {answer.status_code}")
    return median(spent)


def measure(laptop: Laptop, scales: list[int]) -> list[dict[str, object]]:
    """Each page at each scale."""
    api = httpx.Client(
        base_url=laptop.url, headers={"authorization": f"Bearer {laptop.token('technician')}"}, timeout=30
    )
    browser = httpx.Client(base_url=laptop.url, cookies={"session": laptop.token("technician")}, timeout=30)
    api.post("/api/tickets", json=TICKET).raise_for_status()
    while not int(laptop.ask("routing", "SELECT count(*) FROM ticket")):
        time.sleep(0.1)
    pages: dict[str, Callable[[], httpx.Response]] = {
        "desk": lambda: browser.get("/desk"),
        "queue page": lambda: browser.get(f"/desk/queues/{QUEUE}"),
        "queue, API": lambda: api.get(f"/api/queues/{QUEUE}/tickets", params={"limit": 50}),
        "queues with counts, API": lambda: api.get("/api/queues"),
        "take next, API": lambda: api.post("/api/work/next", json={"queues": [QUEUE]}),
    }
    found = []
    for scale in scales:
        fill(laptop, scale)
        found.append({"tickets": scale, "ms": {name: timed(ask) for name, ask in pages.items()}})
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", default="1000,100000")
    parser.add_argument("--port", type=int, default=8392)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        laptop = Laptop(Path(name) / "loket", given.port, "postgres")
        with laptop.running():
            scales = measure(laptop, [int(n) for n in given.tickets.split(",")])
    sys.stdout.write(json.dumps({"scales": scales}, indent=2) + "\n")


if __name__ == "__main__":
    main()
