"""`make bench`: every figure beside its limit, measured in the same run."""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any


def run(script: str, *arguments: str) -> dict[str, Any]:
    """What a benchmark reports as JSON."""
    sys.stderr.write(f"… {script} {' '.join(arguments)}\n")
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{script}", *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def line(what: str, figure: str, limit: str, ratio: str) -> None:
    sys.stdout.write(f"| {what} | {figure} | {limit} | {ratio} |\n")
    sys.stdout.flush()


def intake(seconds: int) -> None:
    for workers in (1, 2):
        f = run("intake_bench", "--seconds", str(seconds), "--workers", str(workers), "--json")
        limit = f"{f['limit_per_second']:.0f}/s pgbench, 16 clients"
        line(
            f"durable intake, 64 connections, workers: {workers}",
            f"{f['tickets_per_second']:.0f}/s",
            limit,
            f"{f['ratio']:.2f}",
        )
        bare = f["cpu_us_per_ticket"] - f["classifier_us_per_ticket"]
        line(
            f"processor a ticket without the classifier, workers: {workers}",
            f"{bare:.0f} µs",
            "900 µs",
            f"{bare / 900:.2f}",
        )


def pipeline(log: str, seconds: int) -> None:
    f = run("pipeline_bench", "--log", log, "--seconds", str(seconds))
    line(
        f"pipeline sustained {seconds} s, {log}",
        f"{f['sustained_per_second']:.0f}/s",
        "300/s",
        f"{f['sustained_per_second'] / 300:.2f}",
    )
    p99 = f["assigned_p99_ms"]
    line(
        f"submit → assigned at half of that, {log}",
        f"p50 {f['assigned_p50_ms']:.0f} ms, p99 {p99:.0f} ms",
        "250 ms",
        f"{p99 / 250:.2f}",
    )
    for group, spent in f["cpu_us_per_ticket"].items():
        line(f"processor a ticket, {log}, {group}", f"{spent:.0f} µs", "", "")
    for group, held in f["memory_mb"].items():
        line(f"memory of the largest process, {log}, {group}", f"{held:.0f} MB", "", "")


def desk(scales: str) -> None:
    f = run("desk_bench", "--tickets", scales)
    small, *others = f["scales"]
    for scale in (small, *others):
        for page, ms in scale["ms"].items():
            line(
                f"{page}, {scale['tickets']:,} open",
                f"{ms:.1f} ms",
                f"{small['ms'][page]:.1f} ms at {small['tickets']:,}",
                f"{ms / small['ms'][page]:.2f}",
            )


def mail(total: int) -> None:
    f = run("mail_bench", "--total", str(total))
    for what, figure, limit in (
        ("mails accepted and stored", "accepted_per_second", 300),
        ("mails settled", "settled_per_second", 60),
    ):
        line(what, f"{f[figure]:.0f}/s", f"{limit}/s", f"{f[figure] / limit:.2f}")
    line("mails settled, each with its signature checked here", f"{f['checked_per_second']:.0f}/s", "60/s", "")
    for what, end in (("", ""), (", 5 hostile ones a second beside them", "_among_hostile")):
        p50, p95 = f[f"ticket_p50_seconds{end}"], f[f"ticket_p95_seconds{end}"]
        line(f"250 → classified ticket at 20/s{what}", f"p50 {p50:.2f} s, p95 {p95:.2f} s", "2 s", f"{p95 / 2:.2f}")
    slowest = f["hostile_slowest_seconds"]
    line(f"the slowest of {f['hostile']:.0f} hostile mails", f"{slowest:.1f} s", "5 s", f"{slowest / 5:.2f}")
    quoting()
    line(
        f"{f['sent']:.0f} mails, {f['cuts']:.0f} connections cut",
        f"{f['messages']:.0f} messages on {f['tickets']:.0f} tickets",
        f"{f['sent']:.0f}",
        f"{f['messages'] / f['sent']:.4f}",
    )


def taking() -> None:
    f = run("next_bench")
    small, *others = f["scales"]
    for scale in (small, *others):
        what = f"take next, 50 at once, {scale['open']:,} open of {scale['tickets']:,}"
        for phase, said in (("in_turns", "50 a second"), ("same_moment", "all at the same moment")):
            p99 = scale[phase]["p99_ms"]
            line(
                f"{what}, {said}", f"p50 {scale[phase]['p50_ms']:.0f} ms, p99 {p99:.0f} ms", "25 ms", f"{p99 / 25:.2f}"
            )
        line(f"{what}, given twice", f"{scale['double_in_database']}", "0", "")
    for scale in others:
        ratio = scale["in_turns"]["p99_ms"] / small["in_turns"]["p99_ms"]
        line(f"the same with {scale['open']:,} open, to {small['open']:,}", f"{ratio:.2f}", "1.3", f"{ratio / 1.3:.2f}")


def duplicates() -> None:
    f = run("duplicates_bench")
    for who in ("usual", "busy_person", "shared_address"):
        line(
            f"possible duplicates among {f['tickets']:,}, {who.replace('_', ' ')}",
            f"p50 {f[who]['p50_ms']:.1f} ms, p99 {f[who]['p99_ms']:.1f} ms",
            f"indexes {', '.join(f[who]['indexes'])}",
            "",
        )


def accepting() -> None:
    for size, spent in run("accept_bench").items():
        both = spent["loket_ms"] + spent["postgres_ms"]
        figure = f"{both:.2f} ms, of which the database {spent['postgres_ms']:.2f}"
        line(f"processor to accept and decide a ticket, in batches of {size}", figure, "1.5 ms", f"{both / 1.5:.2f}")


def quoting() -> None:
    """What customers added told apart from what their programs quoted, by program and language."""
    for program, found in run("quoting_bench").items():
        told = ", ".join(f"{language} {good} of {number}" for language, (good, number) in found.items())
        good, number = (sum(each[at] for each in found.values()) for at in (0, 1))
        line(f"answers found whole and alone, {program}", told, "97 %", f"{good / number / 0.97:.2f}")


def policy() -> None:
    f = run("policy_bench", "--json")
    for what, figure in (("4 rules", "decide_us"), ("10,000 rules", "decide_many_us")):
        line(f"policy decides, {what}", f"{f[figure]:.0f} µs", "300 µs", f"{f[figure] / 300:.2f}")
    line("policy checked, 10,000 rules", f"{f['check_seconds']:.1f} s", "10 s", f"{f['check_seconds'] / 10:.2f}")


def timers() -> None:
    f = run("timers_bench")
    late, spent = f["late_seconds"], f["microseconds"]
    what = f"{f['in_a_minute']:,} of {f['pending']:,} pending timers in one minute, late"
    line(what, f"p50 {late['p50']:.2f} s, p99 {late['p99']:.2f} s", "5 s", f"{late['p99'] / 5:.2f}")
    line(f"{f['overdue']:,} overdue after an hour of downtime, all fired", f"{f['downtime_seconds']:.0f} s", "60 s", "")
    for name, took in spent.items():
        line(f"clock arithmetic, {name}", f"{took:.1f} µs", "50 µs", f"{took / 50:.2f}")


def notices() -> None:
    f = run("notices_bench", "--json")
    seconds, ratio = f["seconds"], f["stalled_p99_seconds"] / f["normal_p99_seconds"]
    line(f"{f['notices']:,} notices, one sender", f"{seconds:.0f} s", "60 s", f"{seconds / 60:.2f}")
    line("notices out of order on a ticket", f"{f['out_of_order']}", "0", "")
    line(
        "p99 of the others while one domain stalls",
        f"{f['stalled_p99_seconds']:.2f} s",
        f"{2 * f['normal_p99_seconds']:.2f} s, twice the usual",
        f"{ratio / 2:.2f}",
    )


def incident() -> None:
    f = run("incidents_bench", "--json")
    people = f["people"]
    line(f"incident declared over {people:,} open tickets", f"{f['declared_seconds']:.1f} s", "", "")
    line(f"news to {people:,} people planned", f"{f['planned_seconds']:.1f} s", "", "")
    sent = f["sent_seconds"]
    line(f"news to {people:,} people, one sender, no pace", f"{sent:.0f} s", "30 s", f"{sent / 30:.2f}")
    line("told twice, not told", f"{f['doubles']}, {f['not_told']}", "0, 0", "")
    usual, others = f["others_p99_seconds"], f["others_p99_while_telling_seconds"]
    line(
        "p99 of replies while 1,200 a minute are told",
        f"{others:.2f} s",
        f"{2 * usual:.2f} s, twice the usual",
        f"{others / usual / 2:.2f}",
    )


def drift() -> None:
    for stage, f in run("drift_bench").items():
        for what in (each for each in f if each != "before"):
            rise = 100 * (f[what] - f["before"])
            line(
                f"accuracy after 200 corrections, {stage} stage, {what.replace('_', ' ')}",
                f"{f['before']:.3f} → {f[what]:.3f}",
                "4 points more",
                f"{rise / 4:.1f}",
            )


JUDGED = (  # what, the figure, its unit, its bar
    ("one message, fast stage, processor", "fast_ms", "ms", 1),
    ("the same with 750 lessons at hand", "fast_taught_ms", "ms", 1),
    ("one mail of 400 characters, full stage, processor", "full_400_ms", "ms", 100),
    ("a mail of 100 KB, fast stage", "fast_100kb_ms", "ms", 150),
    ("a mail of 100 KB, full stage", "full_100kb_ms", "ms", 150),
    ("a judging process: processor until it judges at a glance", "glance_seconds", "s", 2),
    ("a judging process: processor until it has judged in full", "load_seconds", "s", 2),
    ("memory of a judging process with 750 lessons", "memory_mib", "MiB", 400),
    ("files of the model", "files_mb", "MB", 60),
)


def judge() -> None:
    f = run("judge_bench")
    for what, figure, unit, bar in JUDGED:
        line(what, f"{f[figure]:.2f} {unit}", f"{bar} {unit}", f"{f[figure] / bar:.2f}")


PARTS: dict[str, Callable[[int], None]] = {
    "judge": lambda _: judge(),
    "drift": lambda _: drift(),
    "intake": lambda seconds: intake(max(5, seconds // 6)),
    "postgres": lambda seconds: pipeline("postgres", seconds),
    "kafka": lambda seconds: pipeline("kafka", seconds),
    "desk": lambda _: desk("1000,100000"),
    "next": lambda _: taking(),
    "accept": lambda _: accepting(),
    "duplicates": lambda _: duplicates(),
    "timers": lambda _: timers(),
    "mail": lambda _: mail(5000),
    "policy": lambda _: policy(),
    "notices": lambda _: notices(),
    "incident": lambda _: incident(),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help=f"{', '.join(PARTS)}; everything when left out")
    parser.add_argument("--seconds", type=int, default=60)
    given = parser.parse_args()
    sys.stdout.write("| what | figure | limit | ratio |\n|---|---|---|---|\n")
    for name, part in PARTS.items():
        if not given.only or name in given.only:
            part(given.seconds)


if __name__ == "__main__":
    main()
