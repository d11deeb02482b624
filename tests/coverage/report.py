#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""report.py [-v] SOURCES REASONS COVERAGE.json...

Add up gcovr's reports, print lines and branches of each source and in all, and
fail below 95 % of the lines or 90 % of the branches. Only the branches of assert() are
left out, because the programs that are installed have none.

Lines not executed are listed by reason: REASONS has lines "EXPRESSION<TAB>WHY"; the
first EXPRESSION that is found in the line of source, or in the line above, decides.
Lines without a reason come last; with -v, each is printed.
"""
import collections
import json
import os
import re
import sys

LINES_WANTED, BRANCHES_WANTED = 95.0, 90.0
ASSERT = re.compile(r"\bassert\(")


def read(names):
    """{source: {line: (count, [count of each branch])}}, summed up"""
    found = collections.defaultdict(dict)
    for name in names:
        with open(name, encoding="utf-8") as file:
            for source in json.load(file)["files"]:
                for line in source["lines"]:
                    if not line["gcovr/noncode"]:
                        add(found[source["file"]], line)
    return found


def add(lines, line):
    branches = [branch["count"] for branch in line["branches"]]
    count, before = lines.get(line["line_number"], (0, [0] * len(branches)))
    lines[line["line_number"]] = (count + line["count"],
                                  [a + b for a, b in zip(before, branches)])


def reasons_of(name):
    with open(name, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file
                if line.strip() and not line.startswith("#")]
    return [(re.compile(row[0]), row[-1]) for row in rows]


class Tally:
    def __init__(self, top, reasons):
        self.top, self.reasons = top, reasons
        self.total = [0, 0, 0, 0]
        self.by_reason = collections.defaultdict(lambda: [0, 0])
        self.unexplained = []

    def why(self, text, number):
        for expression, why in self.reasons:
            for line in text[max(number - 2, 0):number]:
                if expression.search(line):
                    return why
        return None

    def source(self, name, lines):
        with open(os.path.join(self.top, name), encoding="utf-8") as file:
            text = file.read().splitlines()
        row = [0, 0, 0, 0]  # lines, executed, branches, taken
        for number, (count, branches) in sorted(lines.items()):
            if ASSERT.search(text[number - 1]):
                branches = []
            taken = sum(1 for branch in branches if branch)
            for i, n in enumerate((1, count > 0, len(branches), taken)):
                row[i] += n
            if count == 0 or taken < len(branches):
                self.missed(name, text, number, count == 0, len(branches) - taken)
        self.total = [a + b for a, b in zip(self.total, row)]
        return row

    def missed(self, name, text, number, line, branches):
        why = self.why(text, number)
        if why is None:
            self.unexplained.append(f"{name}:{number}: {'line' if line else 'branch'}: "
                                    f"{text[number - 1].strip()}")
        entry = self.by_reason[why or "none of these"]
        entry[0] += line
        entry[1] += branches


def percent(part, whole):
    return 100.0 * part / whole if whole else 100.0


def main(arguments):
    verbose = arguments[:1] == ["-v"]
    top, reasons, *names = arguments[verbose:]
    tally, rows = Tally(top, reasons_of(reasons)), []
    for name, lines in read(names).items():
        rows.append((tally.source(name, lines), name))
    print(f"{'lines':>17} {'branches':>20}")
    for row, name in sorted(rows, key=lambda r: percent(*r[0][1::-1])):
        print(f"{percent(row[1], row[0]):6.1f} % of {row[0]:<5} "
              f"{percent(row[3], row[2]):6.1f} % of {row[2]:<5} {name}")
    print("\nNot executed: lines, branches, why")
    for why, (lines, branches) in sorted(tally.by_reason.items(), key=lambda r: -r[1][1]):
        print(f"{lines:5} {branches:5}  {why}")
    if verbose:
        print(*tally.unexplained, sep="\n")
    lines, branches = percent(*tally.total[1::-1]), percent(*tally.total[:1:-1])
    print(f"\nlines {lines:.1f} % of {tally.total[0]} (wanted {LINES_WANTED:.0f}), "
          f"branches {branches:.1f} % of {tally.total[2]} (wanted {BRANCHES_WANTED:.0f})")
    return 0 if lines >= LINES_WANTED and branches >= BRANCHES_WANTED else 1


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
