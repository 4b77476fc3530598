"""Measuring one contender: exact figures by difference of two iteration counts, times by samples."""
import os
import re
import subprocess
import tempfile


class Failed(Exception):
    """A contender ended with an error; its message says why."""


def run(contender, case, iterations, samples=1, before=(), env=None):
    """Runs a contender on a case and returns its output as {name: [values]}; None: it lacks the workload."""
    command = [*before, contender.program, "--url", contender.url, "--workload", case.workload, "--n", str(case.n),
               "--iterations", str(iterations), "--samples", str(samples)]
    if case.shape:
        command += ["--shape", case.shape]
    ended = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(env or {})}, timeout=600)
    if ended.returncode:
        raise Failed(f"{contender.name} on {case.name}: {ended.stderr.strip()[-400:]}")
    if ended.stdout.startswith("missing"):
        return None
    figures = {}
    for line in ended.stdout.splitlines():
        name, _, value = line.partition(" ")
        figures.setdefault(name, []).append(value)
    return figures


def _per_operation(measure, case):
    few, many = case.exact
    first, second = measure(few), measure(many)
    return {name: (second[name] - first[name]) / (many - few) for name in second}


def instructions(contender, case):
    """Instructions of the client an operation, all its libraries included."""
    def measure(iterations):
        with tempfile.NamedTemporaryFile() as out:
            run(contender, case, iterations, before=("valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={out.name}"))
            with open(out.name) as counted:
                return {"instructions": int(re.search(r"^(?:totals|summary): (\d+)", counted.read(), re.M)[1])}
    return _per_operation(measure, case)["instructions"]


def allocations(contender, case, counter):
    """Allocations and bytes requested an operation."""
    def measure(iterations):
        with tempfile.NamedTemporaryFile("r") as out:
            run(contender, case, iterations, env={"LD_PRELOAD": counter, "BENCH_COUNT_FILE": out.name})
            return {name: int(value) for name, value in (line.split() for line in out)}
    return _per_operation(measure, case)


SLOWEST_NS = 3e8  # of one operation: whoever needs longer is left out of the times


def calibrate(contender, case, sample_ns):
    """How many iterations make a sample of about sample_ns; None when one operation takes too long to be repeated."""
    once = min(float(value) for value in run(contender, case, 1, 3)["sample"])
    if once > SLOWEST_NS:
        return None
    iterations = max(1, int(sample_ns / once))
    if iterations > 20:
        some = min(float(value) for value in run(contender, case, iterations // 10, 2)["sample"])
        iterations = max(1, int(sample_ns / some))
    return min(iterations, case.most_iterations)


def times(contenders, case, rounds, samples, sample_ns):
    """Minimum (ns an operation) of each round and contender: {name: [ns]}. The order turns around every other round."""
    iterations = {contender.name: calibrate(contender, case, sample_ns) for contender in contenders}
    contenders = [contender for contender in contenders if iterations[contender.name]]
    seen = {contender.name: [] for contender in contenders}
    for number in range(rounds):
        for contender in contenders if number % 2 == 0 else reversed(contenders):
            figures = run(contender, case, iterations[contender.name], samples)
            seen[contender.name].append(min(float(value) for value in figures["sample"]))
    return seen


def ratios(seen, name, base):
    """Ratio of minima, and median of the ratios of each round."""
    each = sorted(ours / theirs for ours, theirs in zip(seen[name], seen[base]))
    return min(seen[name]) / min(seen[base]), each[len(each) // 2]
