# SPDX-License-Identifier: ISC
"""report: the one table, from what was measured, and which aims it meets."""
import json
import os
import subprocess

OURS, LOOP = "c alertspool", "bare disk"
# Their children are reaped by the kernel, which counts them for nobody.
CPU_UNKNOWN = ("f fcgiwrap", "j CGI, Apache")


def table(title, heads, rows):
    """Text in columns, the first to the left."""
    rows = [heads] + [[cell if isinstance(cell, str) else f"{cell:.0f}" for cell in row]
                      for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                       for i, (cell, width) in enumerate(zip(row, widths))).rstrip()
             for row in rows]
    lines.insert(1, "-" * len(lines[0]))
    return "\n".join([title, ""] + lines) + "\n"


def web_table(web):
    rows = []
    ours = web[OURS][32]["rate"]
    for name, by_clients in web.items():
        at = by_clients[32]
        cpu = "-" if name in CPU_UNKNOWN else at["cpu_us"]
        rows.append([name, *(result["rate"] for result in by_clients.values()),
                     f"{by_clients[1]['p50_ms']:.2f}", f"{at['p50_ms']:.1f}",
                     f"{at['p99_ms']:.1f}", cpu, f"{at['rate'] / ours:.2f}"])
    return table("Requests a second by clients (the bare disk: by processes), latency and "
                 "processor\ntime of a request with 32, and its rate beside ours:",
                 ["", "1", "8", "32", "128", "p50 of 1, ms", "p50 ms", "p99 ms", "CPU us",
                  "ratio"], rows)


def disks_table(disks):
    rows = []
    for flush_ms, by_workers in disks.items():
        for workers, pair in by_workers.items():
            ours, loop = pair["alertspool"], pair["bare"]
            rows.append([f"{flush_ms} ms" if flush_ms else "as it is", str(workers),
                         ours["rate"], loop["rate"], f"{ours['rate'] / loop['rate']:.2f}",
                         f"{ours['p50_ms']:.1f}", f"{ours['p99_ms']:.1f}"])
    return table("alertspool beside the bare disk loop with as many processes, by flush time "
                 "and\nworkers; twice as many clients:",
                 ["flush", "workers", "alertspool", "bare", "ratio", "p50 ms", "p99 ms"], rows)


def inside_table(inside):
    count, cgi, memory = inside["instructions"], inside["cgi"], inside["memory"]
    rows = [["instructions of a request", count["all"]]]
    rows += [[f"  in {name}", number] for name, number in count.items()
             if name not in ("all", "allocations", "functions")]
    rows += [["allocations of a request", count["allocations"]],
             ["system calls of a request", f"{sum(inside['calls'].values()):.1f}"],
             ["private memory of a worker, KiB", memory["private_kib"]],
             [f"  after {memory['requests']} more requests", memory["private_kib_late"]],
             ["most resident memory of a worker, KiB", memory["peak_resident_kib"]],
             ["CGI start-up, CPU us", cgi["alertspool_cpu_us"]],
             ["  empty CGI with the same libraries", cgi["empty_cpu_us"]],
             ["  ratio", f"{cgi['alertspool_cpu_us'] / cgi['empty_cpu_us']:.2f}"]]
    return table("Inside, for an alert of 1 KB:", ["what", ""], rows)


def scale_table(scale):
    rows = []
    for records, states in scale["sizes"].items():
        for state, found in states.items():
            verbs = found["verbs"]
            most = max(verb["mib"] for verb in verbs.values())
            rate = "-"
            if "run" in found:
                rate = found["run"]["rate"]
                most = max(most, found["run"]["mib"])
            rows.append([f"{records} {state}", f"{found['request_ms']:.2f}",
                         f"{found['bare_ms']:.2f}", f"{found['calls']:.1f}",
                         *(f"{verb['seconds']:.2f}" for verb in verbs.values()),
                         rate, f"{most:.0f}"])
    verbs = list(next(iter(scale["sizes"].values()))["waiting"]["verbs"])
    return table("With so many records in the spool, each of an alert of its own: a new "
                 "request, and a\nbare commit in turns with it, in ms; system calls of the "
                 "request; verbs in seconds;\nhandlers a second of run --jobs 4 (/bin/true "
                 f"alone is spawned {scale['spawn']:.0f} times a second);\nthe most memory of "
                 "any verb:",
                 ["records", "request", "bare", "calls", *verbs, "run", "MiB"], rows)


def alerts_table(alerts):
    return table(f"With {alerts['records']} records kept, three of each alert, of which 1000 "
                 "are open; seconds and the\nmost memory:", ["verb", "s", "MiB"],
                 [[name, f"{verb['seconds']:.2f}", f"{verb['mib']:.0f}"]
                  for name, verb in alerts["verbs"].items()])


def queues_table(found):
    rows = [[f"into {queues} queue{'s' if queues > 1 else ''}", route["records"],
             f"{route['rate']:.2f}", f"{route['cpu']:.2f}"]
            for queues, route in found["routes"].items()]
    return table(f"route, of {found['records']} records: records a second; copies a second "
                 "and processor time of\na copy, to those of a bare commit. With "
                 f"{found['many']} records before it, it has {found['mib']:.0f} MiB. run "
                 f"QUEUE\nhandles {found['run_queue']:.0f} records a second, run -- COMMAND "
                 f"{found['run_alone']:.0f}:", ["", "records/s", "rate", "cpu"], rows)


def reconcile_table(found):
    return table(f"atlas reconcile, with {found['alerts']} alerts open at the sender, beside "
                 "a stand-in for its\nAPI; seconds and the most memory:", ["", "s", "MiB"],
                 [[name, f"{one['seconds']:.2f}", f"{one['mib']:.0f}"]
                  for name, one in found["runs"].items()])


def aims(results):
    """[(aim, measured, met)]"""
    web, disks, inside, scale = (results[part] for part in ("web", "disks", "inside", "scale"))
    usual = disks[0][16]
    ours, loop = usual["alertspool"], usual["bare"]
    ratio = ours["rate"] / loop["rate"]
    cpu = ours["cpu_us"] / (web["b empty libfcgi"][32]["cpu_us"] + loop["cpu_us"])
    rate = {name: by_clients[32]["rate"] for name, by_clients in web.items()}
    sizes = scale["sizes"]
    least, most = min(sizes), max(sizes)
    at_most = sizes[most]["waiting"]
    beside = {n: {state: sizes[n][state]["request_ms"] / sizes[n][state]["bare_ms"]
                  for state in ("waiting", "kept")} for n in (least, most)}
    grown = max(beside[most][state] / beside[least][state] for state in ("waiting", "kept"))
    runs = [sizes[n]["waiting"]["run"]["rate"] for n in (least, most)]
    memory = max(found["mib"] for states in sizes.values() for state in states.values()
                 for found in [*state["verbs"].values(), *([state["run"]] if "run" in state
                                                          else [])])
    cgi = inside["cgi"]["alertspool_cpu_us"] / inside["cgi"]["empty_cpu_us"]
    p50 = web[OURS][1]["p50_ms"] - web[LOOP][1]["p50_ms"]
    calls = sum(inside["calls"].values())
    private = inside["memory"]["private_kib_late"]
    alerts = scale["alerts"]["verbs"]
    beside_list = alerts["alerts"]["seconds"] / alerts["list -n 20"]["seconds"]
    found = [
        ("16 workers, 32 clients: at least 0.55 of the bare disk", ratio, ratio >= 0.55),
        ("CPU at most 1.4 times (b) plus the bare loop", cpu, cpu <= 1.4),
        ("at least 3 times webhook", rate[OURS] / rate["e webhook"],
         rate[OURS] >= 3 * rate["e webhook"]),
        ("at least 20 times fcgiwrap", rate[OURS] / rate["f fcgiwrap"],
         rate[OURS] >= 20 * rate["f fcgiwrap"]),
        ("ahead of Flask", rate[OURS] / rate["g Flask, gunicorn"],
         rate[OURS] > rate["g Flask, gunicorn"]),
        ("ahead of Node", rate[OURS] / rate["h Node http"], rate[OURS] > rate["h Node http"]),
        ("ahead of Go", rate[OURS] / rate["i Go net/http"],
         rate[OURS] > rate["i Go net/http"]),
        ("p50 of one client: at most the bare commit + 0.25 ms", p50, p50 <= 0.25),
    ]
    for flush_ms, by_workers in disks.items():
        if flush_ms:
            pair = by_workers[16]
            slow = pair["alertspool"]["rate"] / pair["bare"]["rate"]
            found.append((f"{flush_ms} ms a flush: at least 0.80 of the bare disk", slow,
                          slow >= 0.8))
    queues = results["queues"]
    for number, route in queues["routes"].items():
        found += [(f"route into {number}: at least 0.6 of bare commits", route["rate"],
                   route["rate"] >= .6),
                  (f"route into {number}: at most 1.6 of their processor time", route["cpu"],
                   route["cpu"] <= 1.6)]
    return found + [
        (f"route of {queues['many']} records: under 64 MiB", queues["mib"],
         queues["mib"] < 64),
        ("run QUEUE, to run -- COMMAND: at least 0.95", queues["run_queue"] / queues["run_alone"],
         queues["run_queue"] >= .95 * queues["run_alone"]),
        ("at most 230 000 instructions", inside["instructions"]["all"],
         inside["instructions"]["all"] <= 230000),
        ("at most 25 system calls", calls, round(calls) <= 25),
        ("CGI: at most 1.5 times the empty one", cgi, cgi <= 1.5),
        ("a worker: at most 2048 KiB of its own", private, private <= 2048),
        (f"a request at {most} records, to a bare commit: under twice that at {least}", grown,
         grown < 2),
        (f"claim -n 1 at {most}: under 2 s", at_most["verbs"]["claim -n 1"]["seconds"],
         at_most["verbs"]["claim -n 1"]["seconds"] < 2),
        (f"list -n 20 at {most}: under 2 s", at_most["verbs"]["list -n 20"]["seconds"],
         at_most["verbs"]["list -n 20"]["seconds"] < 2),
        ("every verb under 64 MiB", memory, memory < 64),
        ("alerts, to list -n 20: at most twice", beside_list, beside_list <= 2),
        ("report there: under 3 s", alerts["report"]["seconds"], alerts["report"]["seconds"] < 3),
        ("alerts, report and clean there: under 64 MiB", max(verb["mib"] for verb in alerts.values()),
         all(verb["mib"] < 64 for verb in alerts.values())),
        ("run: at least 0.7 of the bare spawn rate", runs[0] / scale["spawn"],
         runs[0] >= 0.7 * scale["spawn"]),
        (f"run at {most}: at least half its rate at {least}", runs[1] / runs[0],
         runs[1] >= runs[0] / 2),
    ]


def aims_table(results):
    return table("Aims:", ["", "measured", "met"],
                 [[aim, f"{value:.2f}" if value < 1000 else f"{value:.0f}",
                   "yes" if met else "NO"] for aim, value, met in aims(results)])


def text(results):
    return "\n".join([results["machine"] + "\n", web_table(results["web"]),
                      disks_table(results["disks"]), inside_table(results["inside"]),
                      scale_table(results["scale"]),
                      queues_table(results["queues"]),
                      alerts_table(results["scale"]["alerts"]),
                      reconcile_table(results["scale"]["reconcile"]), aims_table(results)])


def plot(results, bench, build):
    with open(os.path.join(build, "columns.txt"), "w", encoding="ascii") as file:
        file.write('receiver "1" "8" "32" "128"\n')
        for name, by_clients in results["web"].items():
            rates = " ".join(f"{result['rate']:.1f}" for result in by_clients.values())
            file.write(f'"{name}" {rates}\n')
    subprocess.run(["gnuplot", "-e", "output='plot.svg'", os.path.join(bench, "plot.gnuplot")],
                   cwd=build, check=True)


def write(results, bench, build):
    """results.json, table.txt and plot.svg in the build directory."""
    with open(os.path.join(build, "results.json"), "w", encoding="ascii") as file:
        json.dump({**results, "aims": aims(results)}, file, indent=1)
    with open(os.path.join(build, "table.txt"), "w", encoding="ascii") as file:
        file.write(text(results))
    plot(results, bench, build)
