# SPDX-License-Identifier: Apache-2.0
"""From samples to figures: medians, spread, ratios and bars. It measures nothing."""
import statistics

UNITS = {"micro": ("ns", 1), "time": ("s", 1), "rate": ("/s", 1), "many": ("/s", 1),
         "start": ("ms", 1), "memory": ("MB", 1)}
HIGHER_IS_BETTER = ("rate", "many")


class Results:
    """samples[workload name][watcher]: a list of {measure: value}."""

    def __init__(self, workloads):
        self.workloads = {w.name: w for w in workloads}
        self.samples = {w.name: {} for w in workloads}
        self.pipe = []  # ns of a round trip, one sample now and then
        self.skipped = {}

    def add(self, workload, watcher, sample):
        self.samples[workload.name].setdefault(watcher, []).append(sample)

    def value(self, name, watcher, measure="p50"):
        """The median over the runs, or None."""
        runs = self.samples.get(name, {}).get(watcher, [])
        return statistics.median(r[measure] for r in runs) if runs else None

    def spread(self, name, watcher):
        """(largest - smallest) / median."""
        runs = [r["p50"] for r in self.samples[name].get(watcher, [])]
        return (max(runs) - min(runs)) / statistics.median(runs) if runs else None

    def p(self):
        return statistics.median(self.pipe) if self.pipe else None

    def added(self, name, watcher, measure="p50"):
        """The time that a watcher adds to one unit of the work."""
        native, watched = self.value(name, "native", measure), self.value(name, watcher, measure)
        if native is None or watched is None:
            return None
        if self.workloads[name].kind in HIGHER_IS_BETTER:
            return 1 / watched - 1 / native
        return watched - native

    # --- What a bar may ask for (table.py); `engine` is notify or trace ---

    def added_p(self, engine, name, measure):
        added = self.added(name, engine, measure)
        return added / self.p() if added is not None and self.p() else None

    def over(self, engine, name, base):
        watched, base = self.value(name, engine), self.value(name, base)
        return watched / base if watched is not None and base else None

    def figure(self, engine, name):
        return self.value(name, engine)

    def growth(self, engine, more, fewer):
        more, fewer = self.value(more, engine), self.value(fewer, engine)
        return more / fewer if more is not None and fewer else None

    def gain(self, engine, name):
        """How many times more strace adds; None where neither adds what can be told
        from the noise (2 % of native)."""
        theirs, ours = self.added(name, "strace"), self.added(name, engine)
        native = self.value(name, "native")
        if theirs is None or ours is None or not self.workloads[name].asked:
            return None
        if self.workloads[name].kind in ("start", "memory"):
            return None
        if self.workloads[name].kind in HIGHER_IS_BETTER:
            native = 1 / native
        if theirs < native * 0.02:
            return None
        return theirs / max(ours, native * 0.001)

    def worst_gain(self, engine):
        gains = [g for g in (self.gain(engine, n) for n in self.samples) if g is not None]
        return min(gains, default=None)


def number(x, digits=2):
    if x is None:
        return "-"
    if abs(x) >= 1000:
        return f"{x:,.0f}".replace(",", " ")
    return f"{x:.{digits}f}"


def table(r):
    """The workloads, as lines."""
    head = ("", "workload", "native", "spread", "strace", "notify", "spread", "trace",
            "notify adds", "strace adds / notify adds")
    yield "%-1s %-26s %13s %6s %8s %8s %6s %8s %12s  %s" % head
    for name, w in r.workloads.items():
        if name in r.skipped or not r.samples[name]:
            continue
        base = "native" if "native" in w.watchers else None
        unit = UNITS[w.kind][0]
        native = number(r.value(name, "native")) + " " + unit if base else "-"
        cell = (lambda e: number(r.over(e, name, base))) if base else \
            (lambda e: number(r.value(name, e)) + " " + unit)
        adds = number(r.added_p("notify", name, "p50")) + " P" if w.kind == "micro" else ""
        yield "%-1s %-26s %13s %6s %8s %8s %6s %8s %12s  %s" % (
            w.group, name, native, number(r.spread(name, "native")), cell("strace"),
            cell("notify"), number(r.spread(name, "notify")), cell("trace"), adds,
            number(r.gain("notify", name), 1))


def bars(r, rows):
    """(number, text, target, notify's figure, trace's, verdict) of each bar."""
    for no, text, target, sign, (method, *arguments) in rows:
        notify, trace = (getattr(r, method)(e, *arguments) for e in ("notify", "trace"))
        if notify is None:
            verdict = "not measured"
        elif target is None:
            verdict = ""
        else:
            good = notify <= target if sign == "<=" else notify >= target
            verdict = "holds" if good else "FALLS SHORT"
        yield no, text, f"{sign} {target}" if target is not None else "", notify, trace, verdict


def as_json(r, rows):
    return {
        "pipe_round_trip_ns": r.p(),
        "samples": r.samples,
        "skipped": r.skipped,
        "bars": [dict(zip(("bar", "what", "target", "notify", "trace", "verdict"), row))
                 for row in bars(r, rows)],
    }
