"""The cases that are measured: a workload at one size, with the targets that stand for it."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    workload: str
    n: int = 1
    shape: str = ""
    rows: int = 1              # of one operation, for figures a row
    exact: tuple = (10, 510)   # iteration counts whose difference is counted: far apart, since what a server answers when differs
    most_iterations: int = 20000
    small: bool = True         # part of --quick

    @property
    def name(self):
        return f"{self.workload} {self.shape or self.n}" if self.shape or self.n > 1 else self.workload


def _sized(workload, sizes, rows=lambda n: n, **rest):
    for n in sizes:
        exact = (10, 510) if n <= 10 else (4, 54) if n <= 100 else (4, 14) if n <= 1000 else (1, 3)
        yield Case(workload, n, rows=rows(n), exact=exact, small=n in (1, 100), **rest)


CASES = [
    Case("W1"),
    *_sized("W2", (1, 10, 100, 1000, 10000)),
    *_sized("W3", (10, 100, 1000, 10000), rows=lambda n: (n + 2) // 3 * 3),
    Case("W4"),
    *_sized("W5", (1, 10, 100, 1000, 10000), most_iterations=2000),
    Case("W6", 1, "9x10x10", rows=999, exact=(4, 14)),
    Case("W6", 1, "50x10x10", rows=5550, exact=(1, 4), small=False),
    Case("W6", 1, "100x10x10", rows=11100, exact=(1, 3), small=False),
    Case("W6", 1, "100x20x20", rows=42100, exact=(1, 3), small=False),
    Case("W6", 1, "200x25x25", rows=130200, exact=(1, 2), small=False),
    Case("W7-update"),
    Case("W7-where"),
    Case("W7-delete", 200000, most_iterations=5000, small=False),
    Case("W8", rows=21, exact=(10, 60), most_iterations=2000),
    Case("W8-uuid", rows=21, exact=(10, 60), most_iterations=2000),
    Case("W9", rows=40, exact=(10, 60)),
]

# Ratios of instructions (Ic) and of time (Rc) to R1 that are aimed at, for each database; and of time to the fastest peer (Rp).
TARGETS = {
    "sqlite": {"W1": (1.30, 1.30, 0.80), "W2": (1.12, 1.12, 0.70), "W3": (1.15, 1.12, None), "W4": (1.25, None, 0.65),
               "W5": (1.15, None, 0.35), "W6": (1.15, 1.10, 0.70), "W7": (1.25, None, 0.45), "W8": (1.20, None, 0.45),
               "W9": (1.15, None, None)},
    "postgresql": {"W1": (1.30, 1.05, None), "W2": (1.12, 1.08, None), "W3": (1.15, 1.08, None), "W4": (1.40, 1.05, None),
                   "W5": (1.15, 1.08, 0.80), "W6": (1.15, 1.08, None), "W7": (1.40, None, None), "W8": (None, None, 0.60),
                   "W9": (None, None, None)},
}
_ONE_TRIP = (0.60, 1.00, None)
TARGETS["mysql"] = TARGETS["mariadb"] = {
    "W1": _ONE_TRIP, "W2": (0.40, 1.00, None), "W2 few": _ONE_TRIP, "W3": _ONE_TRIP, "W4": _ONE_TRIP, "W5": (None, 1.10, None),
    "W5 few": (None, 1.10, None), "W6": _ONE_TRIP, "W7": _ONE_TRIP, "W8": (None, None, 0.60)}
RC_BY_TCP = 0.95  # where it is 1 by a socket


def target(database, case, by_tcp=False):
    """(Ic, Rc, Rp) of a case. Those of W2 and W5 stand for 100 rows and more; fewer have their own, or none."""
    few = " few" if case.workload in ("W2", "W5") and case.n < 100 else ""
    ic, rc, rp = TARGETS[database].get(case.workload.split("-")[0] + few, (None, None, None))
    return ic, RC_BY_TCP if by_tcp and rc == 1 else rc, rp
