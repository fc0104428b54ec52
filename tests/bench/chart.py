# SPDX-License-Identifier: Apache-2.0
"""The ratios as a chart: an SVG, a group of bars for each workload, on a log scale."""
import html
import math

COLOURS = {"notify": "#1b7f5c", "trace": "#4a7fb5", "strace": "#c8553d"}
ROW, BAR, LEFT, WIDTH, TOP = 46, 12, 210, 560, 70


def slowdown(r, name, watcher):
    """Times slower than native, whichever way the workload is measured."""
    over = r.over(watcher, name, "native")
    if over and r.workloads[name].kind in ("rate", "many"):
        return 1 / over
    return over


def svg(r):
    names = [n for n, w in r.workloads.items()
             if w.kind in ("micro", "time", "rate", "many") and slowdown(r, n, "notify")]
    most = max((slowdown(r, n, e) or 1 for n in names for e in COLOURS), default=1)
    scale = WIDTH / max(math.log10(most), 0.1)
    height = TOP + ROW * len(names) + 20
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 80}" height="{height}" '
           'font-family="sans-serif" font-size="12">',
           '<rect width="100%" height="100%" fill="white"/>',
           '<text x="10" y="24" font-size="16">Times slower than alone (log scale)</text>']
    for i, (engine, colour) in enumerate(COLOURS.items()):
        out.append(f'<rect x="{10 + i * 150}" y="38" width="12" height="12" fill="{colour}"/>'
                   f'<text x="{26 + i * 150}" y="48">{"falco-run " if engine != "strace" else ""}{engine}</text>')
    for row, name in enumerate(names):
        y = TOP + ROW * row
        out.append(f'<text x="{LEFT - 8}" y="{y + 22}" text-anchor="end">{html.escape(name)}</text>')
        for i, (engine, colour) in enumerate(COLOURS.items()):
            times = slowdown(r, name, engine)
            if not times:
                continue
            width = max(math.log10(max(times, 1)) * scale, 1)
            out.append(f'<rect x="{LEFT}" y="{y + i * (BAR + 1)}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>'
                       f'<text x="{LEFT + width + 4:.1f}" y="{y + i * (BAR + 1) + 10}" font-size="10">{times:.2f}</text>')
    return "\n".join(out + ["</svg>", ""])
