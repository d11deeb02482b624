#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""instructions.py FEW MANY REQUESTS [N]

Two profiles of callgrind, of which the second served REQUESTS more requests
than the first: what one request costs. Prints its allocations and its
instructions in all, then a line for each object and for each of the N (0: all)
costliest functions.
"""
import collections
import os
import re
import sys


ALLOCATORS = ("malloc", "calloc", "realloc")


def read(path):
    """{(object, function): instructions of its own}, and calls of ALLOCATORS under
    ("", "allocations")"""
    names = {"ob": {}, "fn": {}}
    at = {"ob": "", "fn": "", "cfn": ""}
    costs = collections.Counter()
    called = False  # the next line is the cost of a call, which others count

    with open(path, encoding="utf-8") as file:
        for line in file:
            if match := re.match(r"(c?)(ob|fn|fi|fe|fl)=(?:(\(\d+\)) ?)?(.*)", line):
                call, kind, number, name = match.groups()
                if kind not in names:
                    continue
                if number:
                    name = names[kind].setdefault(number, name)
                if not call or kind == "fn":
                    at[call + kind] = name
            elif line.startswith("calls="):
                called = True
                if at["cfn"] in ALLOCATORS:
                    costs["", "allocations"] += int(line[6:].split()[0])
            elif re.match(r"[0-9+*-]", line):
                if not called:
                    costs[at["ob"], at["fn"].split("'")[0]] += int(line.split()[1])
                called = False
    return costs


def difference(few, many, requests):
    costs = read(many)
    costs.subtract(read(few))
    return {key: cost / requests for key, cost in costs.items() if cost}


def by_object(costs):
    sums = collections.Counter()
    for (where, _), cost in costs.items():
        sums[os.path.basename(where)] += cost
    return sums


def main(few, many, requests, n="40"):
    costs = difference(few, many, int(requests))
    print(f"{costs.pop(('', 'allocations')):9.0f} allocations")
    print(f"{sum(costs.values()):9.0f} all")
    for where, cost in by_object(costs).most_common():
        print(f"{cost:9.0f} in {where}")
    ranked = sorted(costs.items(), key=lambda item: -item[1])
    for (where, function), cost in ranked[:int(n) or None]:
        print(f"{cost:9.0f} {function} {os.path.basename(where)}")


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    main(*sys.argv[1:])
