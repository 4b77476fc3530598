"""What was measured, as text: a table for the terminal, one for docs/performance.md, and pictures as SVG."""
import html

HEAD = ("case", "Ic", "Rc min", "Rc median", "instructions", "mallocs", "R1's", "bytes/row", "R1's", "statements", "round trips")


def _number(value, digits=2):
    if value is None:
        return "–"
    if value >= 1e6:
        return f"{value / 1e6:.2f} M"
    if value >= 10000:
        return f"{value / 1e3:.1f} k"
    return f"{value:.{digits}f}" if digits and value < 100 else f"{value:.0f}"


def _marked(value, limit):
    if value is None:
        return "–"
    return f"{value:.2f}" + (f" (> {limit:.2f})" if limit is not None and value > limit else "")


def _lines(rows):
    """The head and a line of cells a row; who took part besides ours and R1 has a column of its own."""
    others = list(dict.fromkeys(name for row in rows for name in row.get("others", {})))
    timed = any("Rp" in row for row in rows)
    lines = [[*HEAD, *[f"{name}/R1" for name in others], *(["Rp"] if timed else [])]]
    for row in rows:
        lines.append([
            row["case"], _marked(row.get("Ic"), row["targets"][0]), _marked(row.get("Rc"), row["targets"][1]),
            _marked(row.get("Rc_median"), None), _number(row.get("instructions"), 0), _number(row.get("mallocs")),
            _number(row.get("r1_mallocs")), _number(row.get("bytes_row"), 0), _number(row.get("r1_bytes_row"), 0),
            _number(row.get("statements"), 0), _number(row.get("round_trips"), 0),
            *[_marked(row.get("others", {}).get(name), None) for name in others],
            *([_marked(row.get("Rp"), row["targets"][2])] if timed else [])])
    return lines


def table(rows):
    """Aligned columns."""
    lines = _lines(rows)
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def markdown(rows):
    head, *lines = _lines(rows)
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *lines]) + "\n"


# --- pictures: text of a few kilobytes, dark on light, readable without colour ---

_STYLE = ("<style>text{font:12px sans-serif;fill:#222}.a{fill:#2a6f97}.b{fill:#b8c4cc}.line{stroke:#c1121f;stroke-width:1}"
          ".grid{stroke:#ddd}.curve{fill:none;stroke-width:2}</style>")


def _svg(width, height, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
            f'{_STYLE}<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(body) + "\n</svg>\n")


def bars(title, rows, key):
    """One bar a case: the ratio to R1; the line is 1, which is R1 itself. None without a figure."""
    rows = [row for row in rows if row.get(key)]
    if not rows:
        return None
    scale = 420 / max([1.5, *[row[key] for row in rows]])
    body = [f'<text x="10" y="20" font-weight="bold">{html.escape(title)}</text>']
    for i, row in enumerate(rows):
        y = 34 + 20 * i
        body.append(f'<text x="10" y="{y + 12}">{html.escape(row["case"])}</text>'
                    f'<rect class="a" x="120" y="{y}" width="{row[key] * scale:.0f}" height="15"/>'
                    f'<text x="{126 + row[key] * scale:.0f}" y="{y + 12}">{row[key]:.2f}</text>')
    body.append(f'<line class="line" x1="{120 + scale:.0f}" x2="{120 + scale:.0f}" y1="28" y2="{34 + 20 * len(rows)}"/>')
    return _svg(600, 44 + 20 * len(rows), body)


def curves(title, rows, workload, key, label):
    """A figure a row over the number of rows, ours and R1's; both axes logarithmic."""
    from math import log10
    points = [(row["rows"], row.get(key), row.get("r1_" + key)) for row in rows if row["case"].startswith(workload)]
    points = [point for point in points if point[1] and point[2]]
    if len(points) < 2:
        return None
    values = [value for point in points for value in point[1:]]
    low, high = log10(min(values)) - 0.1, log10(max(values)) + 0.1
    left, right = log10(points[0][0]), log10(points[-1][0])

    def at(n, value):
        return 70 + 480 * (log10(n) - left) / (right - left), 240 - 190 * (log10(value) - low) / (high - low)
    body = [f'<text x="10" y="20" font-weight="bold">{html.escape(title)}</text><text x="70" y="280">rows</text>'
            f'<text x="10" y="38">{html.escape(label)}</text>']
    for n, ours, theirs in points:
        x, y = at(n, ours)
        body.append(f'<line class="grid" x1="{x:.0f}" x2="{x:.0f}" y1="45" y2="245"/><text x="{x - 10:.0f}" y="262">{n}</text>'
                    f'<text x="{x + 4:.0f}" y="{y - 6:.0f}">{_number(ours, 0)}</text>')
    for number, (colour, name) in enumerate((("#2a6f97", "Toasty"), ("#777", "R1"))):
        path = " ".join("{:.0f},{:.0f}".format(*at(point[0], point[1 + number])) for point in points)
        body.append(f'<polyline class="curve" stroke="{colour}" points="{path}"/>'
                    f'<text x="{470 + 60 * number}" y="20" style="fill:{colour}">{name}</text>')
    return _svg(620, 290, body)
