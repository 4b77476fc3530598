#!/usr/bin/env python3
"""./dev bench: measures the contenders, prints one table, writes JSON, and renews docs/performance.md.

    run.py --build DIR [--only W1,W2] [--quick] [--exact] [--tcp] [--peers DIR] --url TARGET=URL… [--server TARGET=PID…] [--json FILE]
           [--docs DIR]

DIR holds the programs bench-<contender>. A target is measured when it has a URL, with {} where the name of a database stands, since each
contender has its own; PID is its server's; --tcp says that the URLs go by TCP. Exact figures are the same on every run, and --exact measures no
others; times are given as ratios only, of contenders that took turns.
"""
import argparse
import dataclasses
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

import measure
import report
from cases import CASES, TARGETS, Case, target

LARGEST_SAMPLE_NS = 20e6


@dataclass(frozen=True)
class Contender:
    name: str
    program: str
    url: str


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("--build", required=True)
    parser.add_argument("--only", default="")
    for flag in ("--quick", "--exact", "--tcp"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--peers", default="")
    parser.add_argument("--url", action="append", default=[])
    parser.add_argument("--server", action="append", default=[])
    parser.add_argument("--json", default="")
    parser.add_argument("--docs", default="")
    options = parser.parse_args()
    options.urls = dict(each.split("=", 1) for each in options.url)
    options.servers = dict(each.split("=", 1) for each in options.server)
    return options


def contenders_of(database, options):
    """Ours, R1 and R1 again (the control), R2, and the peers when they were built."""
    programs = {"toasty": "bench-toasty", "r1": f"bench-r1_{database}", "r1_again": f"bench-r1_{database}",
                "r2": f"bench-r2_{database}"}
    url = options.urls[database].format
    found = [Contender(name, os.path.join(options.build, program), url(name)) for name, program in programs.items()]
    if options.peers:
        for peer in ("toasty-rs", "diesel", "sea-orm", "sqlx"):
            found.append(Contender(peer, os.path.join(options.peers, f"bench-{peer}"), url(peer.replace("-", "_"))))
    return [contender for contender in found if os.path.exists(contender.program)]


def take_part(contenders, case):
    """Those that have the workload, after all of them have read and written the same."""
    able, sums = [], {}
    for contender in contenders:
        try:
            figures = measure.run(contender, case, 0)
        except measure.Failed as failure:
            if contender.name in ("toasty", "r1"):
                raise
            print(f"  left out: {failure}")
            continue
        if figures:
            able.append(contender)
            sums[contender.name] = figures["checksum"][0]
    if len(set(sums.values())) > 1:
        raise measure.Failed(f"{case.name}: the contenders disagree: {sums}")
    return able


def exact(row, ours, r1, case, counter):
    row["instructions"] = measure.instructions(ours, case)
    row["instructions_row"] = row["instructions"] / case.rows
    counted = measure.allocations(ours, case, counter)
    row["mallocs"], row["bytes_row"] = counted["mallocs"], counted["bytes"] / case.rows
    figures = measure.run(ours, case, 0)
    row["statements"], row["round_trips"] = int(figures["statements"][0]), int(figures["round_trips"][0])
    if r1:
        row["r1_instructions"] = measure.instructions(r1, case)
        row["r1_instructions_row"] = row["r1_instructions"] / case.rows
        row["Ic"] = row["instructions"] / row["r1_instructions"]
        counted = measure.allocations(r1, case, counter)
        row["r1_mallocs"], row["r1_bytes_row"] = counted["mallocs"], counted["bytes"] / case.rows


def calm_times(able, case, options):
    """Times whose control, R1 against itself, is within 5 %: (times, control). Three tries; None when none was calm."""
    for _ in range(3):
        seen = measure.times(able, case, 7, 3 if options.quick else 5, LARGEST_SAMPLE_NS / (4 if options.quick else 1))
        control = measure.ratios(seen, "r1_again", "r1")[0] if "r1" in seen else 1.0
        if abs(control - 1) <= 0.05:
            return seen, control
        print(f"  {case.name}: R1 against R1 is {control:.3f}: the machine is too restless", flush=True)
    return None, None


def timed(row, able, case, options):
    """Ratios of time, unless the machine was too restless for them."""
    seen, row["control"] = calm_times(able, case, options)
    if not seen:
        return
    row["seconds"] = {name: min(values) / 1e9 for name, values in seen.items()}
    peers = [name for name in seen if name not in ("toasty", "r1", "r1_again", "r2")]
    if "r1" in seen:
        row["Rc"], row["Rc_median"] = measure.ratios(seen, "toasty", "r1")
        row["others"] = {name: measure.ratios(seen, name, "r1")[0] for name in seen if name == "r2" or name in peers}
    if peers:
        row["Rp"] = min(seen["toasty"]) / min(min(seen[peer]) for peer in peers)


def measure_database(database, options, counter):
    rows = []
    contenders = contenders_of(database, options)
    for case in CASES:
        if options.only and case.workload.split("-")[0] not in options.only.split(",") or options.quick and not case.small:
            continue
        row = {"case": case.name, "rows": case.rows, "targets": target(database, case, options.tcp)}
        able = take_part(contenders, case)
        r1 = next((contender for contender in able if contender.name == "r1"), None)
        exact(row, able[0], r1, case, counter)
        if not options.exact:
            timed(row, able, case, options)
        rows.append(row)
        print(f"  {database} {case.name}: Ic {row.get('Ic', 0):.2f}, Rc {row.get('Rc', 0):.2f}", flush=True)
    return rows


# --- W10: fibers that share connections, beside pgbench, or R1's gets one after another ---

def pgbench(url, clients, seconds):
    script = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"toasty-bench-{os.getpid()}.sql")
    with open(script, "w") as file:
        file.write("\\set id random(1, 10000)\nSELECT id, name, hair_color FROM users WHERE id = :id;\n")
    try:
        out = subprocess.run(["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(max(seconds, 3)), "-f", script,
                              url], capture_output=True, text=True, check=True).stdout
    finally:
        os.unlink(script)
    return float(re.search(r"tps = ([0-9.]+)", out)[1])


def one_by_one(r1):
    """R1's gets a second, one after another."""
    return 1e9 / min(map(float, measure.run(r1, Case("W1"), 5000, 10)["sample"]))


def rival_rate(database, options, pool, seconds):
    if database == "postgresql":
        return pgbench(options.urls[database].format("toasty"), pool, seconds)
    return one_by_one(contenders_of(database, options)[1])


def concurrent_once(database, options, fibers, pool, seconds):
    """Calls a second and latencies of fibers on connections."""
    program, url = os.path.join(options.build, "bench-concurrent"), options.urls[database].format("toasty")
    ended = subprocess.run([program, "--url", url, "--fibers", str(fibers), "--pool", str(pool), "--milliseconds",
                            str(seconds * 1000)], capture_output=True, text=True)
    if ended.returncode:
        raise measure.Failed(f"{fibers} fibers on {pool} connections: {ended.stderr.strip()[-400:]}")
    return {name: float(value) for name, value in (line.split() for line in ended.stdout.splitlines())}


def concurrent_row(database, options, fibers, pool, beside):
    """beside: the server has a CPU of its own."""
    seconds, figures, theirs = 1 if options.quick else 3, {"rate": 0.0}, 0.0
    for _ in range(1 if options.quick else 3):
        figures = max(figures, concurrent_once(database, options, fibers, pool, seconds), key=lambda each: each["rate"])
        theirs = max(theirs, rival_rate(database, options, pool, seconds))
    rival = f"pgbench -c {pool}" if database == "postgresql" else "R1 one by one"
    row = {"database": database, "fibers": fibers, "pool": pool, "beside": beside, "rival": rival, "ratio": figures["rate"] / theirs,
           "p99_p50": figures["p99_us"] / figures["p50_us"], "peak_kib": figures["peak_kib"]}
    print(f"  W10 {database}, {fibers} fibers, {pool} connections{', server on a CPU of its own' if beside else ''}: "
          f"{row['ratio']:.2f} of {rival}, p99 is {row['p99_p50']:.1f} × p50", flush=True)
    return row


def move_server(database, options, cpu):
    """All its threads, and connections that are made from now on, run there."""
    subprocess.run(["taskset", "-apc", str(cpu), options.servers[database]], check=True, stdout=subprocess.DEVNULL)


def concurrent(database, options):
    """Calls a second of fibers × connections, as a ratio to pgbench with as many clients as there are connections, or to R1's one."""
    shapes, more = [(1, 1), (100, 1)], []
    if database == "postgresql":
        shapes, more = [*shapes, (8, 8), (64, 8), (64, 64)], [(8, 1), (64, 16), (1000, 16), (10000, 16)]
    rows = [concurrent_row(database, options, *shape, False) for shape in shapes + ([] if options.quick else more)]
    here = max(os.sched_getaffinity(0))
    if database in options.servers and os.cpu_count() > 1:
        move_server(database, options, (here - 1) % os.cpu_count())
        rows += [concurrent_row(database, options, *shape, True) for shape in shapes]
        move_server(database, options, here)
    return rows


def parked_fiber(rows):
    """KiB that a fiber keeps while it waits: what nine thousand more of them add."""
    peaks = {row["fibers"]: row["peak_kib"] for row in rows if row["pool"] == 16 and not row["beside"]}
    return (peaks[10000] - peaks[1000]) / 9000 if {1000, 10000} <= set(peaks) else None


# --- memory, growth, calls together ---

def peak(contender, rows, folder):
    """KiB of a process that loads so many rows. SQLite's table is in a file, so that it does not count."""
    if contender.url.startswith("sqlite:"):
        contender = dataclasses.replace(contender, url=f"sqlite:{folder}/{contender.name}-{rows}.db")
    return int(measure.run(contender, Case("W2", rows), 1)["peak_kib"][0])


def memory(database, options):
    """What loading 100 000 rows adds to the largest size of the process, and its ratio to R1's."""
    seen = {}
    with tempfile.TemporaryDirectory() as folder:
        for contender in contenders_of(database, options)[:2]:
            seen[contender.name] = peak(contender, 100000, folder) - peak(contender, 1, folder)
    return {"kib": seen["toasty"], "ratio": seen["toasty"] / seen["r1"]}


def growth(database, options):
    """Time of an include of twice the parents, as a ratio of minima that took turns; one of 100 000 parents must work."""
    ours, least = contenders_of(database, options)[0], {}
    for _ in range(5):
        for shape in ("100x10x10", "200x10x10"):
            seen = measure.run(ours, Case("W6", 1, shape), 1, 5)["sample"]
            least[shape] = min(least.get(shape, 1e18), *map(float, seen))
    measure.run(ours, Case("W6", 1, "100000x1x1"), 0)
    return least["200x10x10"] / least["100x10x10"]


def together(rows):
    """The batch of W9 as a ratio to its forty calls one by one."""
    seconds = {row["case"]: row.get("seconds", {}).get("toasty") for row in rows}
    if not all(seconds.get(name) for name in ("W9", "W1", "W7-update")):
        return None
    return seconds["W9"] / (20 * seconds["W1"] + 20 * seconds["W7-update"])


# --- W12: the engine alone; W13: from nothing to the first answer ---

def engine(options, counter):
    ours, rows = Contender("toasty", os.path.join(options.build, "bench-toasty"), "null:"), []
    for case in CASES:
        if not case.small or case.workload in ("W7-where", "W8-uuid", "W9"):
            continue
        row = {"case": case.name, "rows": case.rows, "instructions": measure.instructions(ours, case)}
        row.update(measure.allocations(ours, case, counter))
        rows.append(row)
        print(f"  W12 {case.name}: {row['instructions']:.0f} instructions, {row['mallocs']:.2f} mallocs", flush=True)
    return rows


def cold_start(database, options):
    """Milliseconds from the start of the process to its end, with an empty schema made and one row read."""
    case = next(case for case in CASES if case.workload == "W2")
    seen = {}
    for number in range(7):
        contenders = [c for c in contenders_of(database, options) if c.name in ("toasty", "r1")]
        for contender in contenders if number % 2 == 0 else reversed(contenders):
            start = time.monotonic()
            measure.run(contender, case, 1)
            seen.setdefault(contender.name, []).append(time.monotonic() - start)
    return min(seen["toasty"]) / min(seen["r1"])


# --- what the generated code costs ---

def compile_cost(options):
    """The lines that tests/derive/compile_cost prints, for gcc."""
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as folder:
        ended = subprocess.run([os.path.join(here, "../tests/derive/compile_cost"), os.path.join(options.build, "../toasty"),
                                folder, "gcc"], capture_output=True, text=True, env={**os.environ, "TOASTY_COST_SLACK": "100"})
    if ended.returncode:
        raise measure.Failed(f"the cost of compiling: {ended.stderr.strip()[-400:]}")
    for line in ended.stdout.splitlines():
        print(f"  {line}", flush=True)
    return ended.stdout.splitlines()


# --- where, and with what ---

def versions(database=""):
    def first_line(*command):
        try:
            return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0].strip()
        except (OSError, IndexError):
            return "not there"
    with open("/proc/cpuinfo") as info:
        cpu = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), platform.machine())
    libmariadb = "libmariadb " + first_line("pkg-config", "--modversion", "libmariadb")
    theirs = {"sqlite": ["SQLite " + first_line("pkg-config", "--modversion", "sqlite3")],
              "postgresql": [first_line("pg_config", "--version"), "libpq " + first_line("pkg-config", "--modversion", "libpq")],
              "mysql": ["MySQL 8", libmariadb], "mariadb": [first_line("mariadbd", "--version"), libmariadb]}
    return ", ".join([time.strftime("%Y-%m-%d"), f"{os.cpu_count()} × {cpu}", "kernel " + platform.release(), first_line("gcc", "--version"),
                      first_line("valgrind", "--version"), *theirs.get(database, [])])


def database_section(database, results, pictures):
    rows = results[database]
    drawn = {f"{database}-instructions.svg": report.bars(f"{database}: instructions, R1 is 1", rows, "Ic"),
             f"{database}-time.svg": report.bars(f"{database}: time, R1 is 1", rows, "Rc"),
             f"{database}-rows.svg": report.curves(f"{database}: W2, loading rows", rows, "W2", "instructions_row",
                                                   "instructions a row")}
    text = [versions(database), "", report.markdown(rows)]
    for name, picture in drawn.items():
        if picture:
            with open(os.path.join(pictures, name), "w") as file:
                file.write(picture)
            text += [f"![{name}](performance/{name})", ""]
    if database in results["cold"]:
        text += [f"W13, from the start of the process to its first answer: {results['cold'][database]:.2f} × R1.", ""]
    if results["together"].get(database):
        text += [f"W9, the batch: {results['together'][database]:.2f} × the time of its forty calls one by one.", ""]
    if database in results["memory"]:
        text += [f"Loading 100 000 rows: {results['memory'][database]['ratio']:.2f} × R1's peak. An include of twice the "
                 f"parents: {results['growth'][database]:.2f} × the time; one of 100 000 parents works.", ""]
    return text


def sections(results, pictures):
    """What was measured, by the headings of performance.md."""
    found = {database: database_section(database, results, pictures) for database in TARGETS if results.get(database)}
    if results["engine"]:
        found["The engine alone (W12)"] = [
            versions(), "", "| case | instructions | a row | mallocs |", "| --- | --- | --- | --- |",
            *[f"| {row['case']} | {row['instructions']:.0f} | {row['instructions'] / row['rows']:.0f} | {row['mallocs']:.2f} |"
              for row in results["engine"]], ""]
    if results["concurrent"]:
        found["Fibers on connections (W10)"] = [
            versions(), "", "| database | fibers | connections | server | beside | ratio | p99 / p50 |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *[f"| {row['database']} | {row['fibers']} | {row['pool']} | {'a CPU of its own' if row['beside'] else 'same CPU'} | "
              f"{row['rival']} | {row['ratio']:.2f} | {row['p99_p50']:.1f} |" for row in results["concurrent"]], ""]
        if results["parked_fiber_kib"]:
            found["Fibers on connections (W10)"] += [f"A fiber that waits keeps {results['parked_fiber_kib']:.1f} KiB.", ""]
    if results["compile"]:
        found["Generated code"] = [*[f"- {line.removeprefix('note: ')}" for line in results["compile"]], ""]
    return found


def write_docs(folder, results):
    """Renews the sections between the marks of performance.md of which there are new figures, and the pictures beside it."""
    path, pictures = os.path.join(folder, "performance.md"), os.path.join(folder, "performance")
    os.makedirs(pictures, exist_ok=True)
    with open(path) as file:
        old = file.read()
    begin, end = "<!-- measured -->", "<!-- end of measured -->"
    head, rest = old.split(begin)
    middle, tail = rest.split(end)
    kept = {}
    for section in middle.split("### ")[1:]:
        title, text = section.split("\n", 1)
        kept[title] = text.strip().split("\n") + [""]
    kept.update(sections(results, pictures))
    order = [*TARGETS, *[title for title in kept if title not in TARGETS]]
    text = [line for title in order if title in kept for line in (f"### {title}", "", *kept[title])]
    with open(path, "w") as file:
        file.write(head + begin + "\n\n" + "\n".join(text) + end + tail)


def measure_rest(results, databases, options, counter):
    """What is not a case of a database."""
    whole, wanted = not options.only, options.only.split(",")
    if whole or "W12" in wanted:
        results["engine"] = engine(options, counter)
    if options.exact:
        return
    if whole:
        results["memory"] = {database: memory(database, options) for database in databases}
        results["growth"] = {database: growth(database, options) for database in databases}
        results["compile"] = compile_cost(options)
    results["cold"] = {database: cold_start(database, options) for database in databases}
    results["together"] = {database: together(results[database]) for database in databases}
    if whole or "W10" in wanted:
        results["concurrent"] = [row for database in options.servers for row in concurrent(database, options)]
        results["parked_fiber_kib"] = parked_fiber(results["concurrent"])


def main():
    options = arguments()
    counter = os.path.join(options.build, "libbench_count_malloc.so")
    databases = list(options.urls)
    results = {"cold": {}, "memory": {}, "growth": {}, "together": {}, "engine": [], "concurrent": [], "compile": [],
               "parked_fiber_kib": None}
    for database in databases:
        print(f"{database}:", flush=True)
        results[database] = measure_database(database, options, counter)
    measure_rest(results, databases, options, counter)
    for database in databases:
        if results[database]:
            print(f"\n{database}\n{report.table(results[database])}")
    for database, ratio in results["cold"].items():
        print(f"{database}: cold start {ratio:.2f} × R1")
    for database, ratio in results["together"].items():
        if ratio:
            print(f"{database}: W9, the batch: {ratio:.2f} × the time of its forty calls one by one")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(results, file, indent=1)
    if options.docs and not options.only and not options.quick and not options.tcp:
        write_docs(options.docs, results)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except measure.Failed as failure:
        sys.exit(f"bench: {failure}")
