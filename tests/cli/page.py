# SPDX-License-Identifier: ISC
"""page: reads a page of "alertspool report", and compares it with the output of the other
commands for the same spool.

    page.py numbers PAGE ALERTS STATS SPOOL DAYS
                                        equal to "alerts --json" and "stats --json", and
                                        to the files of these days?
    page.py harmless PAGE               are there only the elements, attributes and
                                        links that the page is made of, well nested?
    page.py hash PAGE                   the script's hash, and that of the policy
    page.py text PAGE [SECTION]         its text, a line an element
    page.py commands PAGE               the commands to type, a line each
    page.py bars PAGE                   how many bars, how many of them hatched

Shares no code with the program."""
import base64
import hashlib
import html.parser
import json
import os
import re
import sys

VOID = {"meta", "br"}
# Elements, and the attributes that each may have.
ELEMENTS = {
    "html": {"lang"}, "head": set(), "title": set(), "style": set(), "body": set(),
    "meta": {"charset", "http-equiv", "content", "name"}, "script": set(),
    "header": set(), "main": set(), "footer": set(), "section": {"id", "style"},
    "h1": set(), "h2": set(), "p": {"class", "id", "role", "hidden"}, "br": set(),
    "time": {"datetime", "id"}, "ul": {"class"}, "li": {"class"}, "b": {"class"},
    "strong": set(), "code": set(), "pre": set(), "details": set(), "summary": set(),
    "a": {"rel", "href"}, "table": {"class"}, "thead": set(), "tbody": set(),
    "tr": {"class"}, "th": {"scope", "class"}, "td": {"class", "data-head"}, "div": {"class"},
    "span": {"class"},
    "svg": {"role", "class", "height", "aria-label", "aria-hidden"},
    "rect": {"class", "x", "y", "width", "height"},
    "text": {"x", "y", "text-anchor"},
    "pattern": {"id", "width", "height", "patternunits"}, "path": {"d"},
}


class Element:
    def __init__(self, name, attributes, parent):
        self.name, self.attributes, self.parent = name, dict(attributes), parent
        self.children = []

    def text(self):
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)

    def all(self, name=None, **attributes):
        for child in self.children:
            if isinstance(child, str):
                continue
            if name in (None, child.name) and all(
                    child.attributes.get(k.rstrip("_")) == v
                    for k, v in attributes.items()):
                yield child
            yield from child.all(name, **attributes)

    def first(self, name=None, **attributes):
        return next(self.all(name, **attributes), None)


class Reader(html.parser.HTMLParser):
    """A tree; anything that is not closed in its order is an error."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("", [], None)

    def handle_starttag(self, tag, attrs):
        assert len({k for k, _ in attrs}) == len(attrs), ("twice an attribute", tag, attrs)
        element = Element(tag, attrs, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag, attrs):
        self.here.children.append(Element(tag, attrs, self.here))

    def handle_endtag(self, tag):
        assert tag == self.here.name, (tag, "ends", self.here.name, self.getpos())
        self.here = self.here.parent

    def handle_data(self, data):
        self.here.children.append(data)

    def handle_comment(self, data):
        raise AssertionError("a comment: " + data)

    def unknown_decl(self, data):
        raise AssertionError("a declaration: " + data)


def read(path):
    reader = Reader()
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert text.startswith("<!DOCTYPE html>\n") and text.endswith("</html>\n"), "not whole"
    reader.feed(text)
    reader.close()
    assert reader.here is reader.root, ("never closed", reader.here.name)
    return reader.root


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


# ---- numbers -----------------------------------------------------------------

RANKS = {"critical": "CRITICAL", "error": "ERROR", "warning": "WARNING", "info": "INFO",
         "notice": "INFO", "informational": "INFO"}


def age(then, now):
    seconds = max(now - then, 0)
    for unit, letter in ((365 * 86400, "y"), (86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= unit:
            return f"{seconds // unit}{letter}"
    return f"{seconds}s"


def seconds(text):
    import calendar
    import time
    return calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))


def same(what, got, wanted):
    if got != wanted:
        print(f"{what}: {got!r}, not {wanted!r}")


def check_rows(root, alerts, made):
    rows = list(root.first("section", id="now").all("tr"))[1:]
    same("rows", len(rows), len(alerts))
    for row, alert in zip(rows, alerts):
        cells = [c for c in row.children if not isinstance(c, str)]
        name = alert["newest"]
        same(name + " severity", cells[0].first("b").text(),
             RANKS.get((alert["severity"] or "").lower(), "unrated"))
        state = alert["state"] + ("?" if alert["silent"] else "")
        same(name + " state", cells[0].text()[len(cells[0].first("b").text()):],
             "" if state == "open" else state)
        same(name + " summary", cells[1].text(), visible(alert["summary"] or "") or
             visible(alert["event_type"] or "") or "an alert without details")
        count = alert["deliveries"]
        same(name + " deliveries", cells[2].first("summary").text(),
             f"{count} deliver" + ("y" if count == 1 else "ies"))
        told = [line for line in cells[2].first("pre").text().split("\n") if line]
        same(name + " told", len([l for l in told if not l.startswith("and ")]),
             min(count, 20))
        same(name + " newest", told[0].split(" ")[-1], name.split(".")[3][:8])
        for cell, time in ((cells[3], alert["since"]), (cells[4], alert["last"])):
            if time is not None:
                same(name + " time", cell.first("time").attributes["datetime"], time)
                same(name + " age", cell.text(), age(seconds(time), made))
        links = [a.attributes["href"] for a in cells[2].all("a")]
        same(name + " link", links, [alert["web_link"]] if alert["web_link"] else [])


def check_figures(root, alerts):
    wanted = dict.fromkeys(["CRITICAL", "ERROR", "WARNING", "INFO", "unrated",
                            "acknowledged"], 0)
    for alert in alerts:
        wanted["acknowledged" if alert["state"] == "acknowledged" else
               RANKS.get((alert["severity"] or "").lower(), "unrated")] += 1
    got = {}
    for figure in root.first("ul", class_="tiles").all("li"):
        number, word = figure.text().split(" ", 1)
        got[word] = int(number)
    same("figures", got, wanted)


def check_states(root, stats, recent, made):
    queues = root.first("section", id="queues")
    cells = [c.text() for c in queues.first("tbody").all("td")]
    heads = [h.text() for h in queues.first("thead").all("th")]
    days = recent["days"]
    same("heads", heads[3:5], [f"{word}, {days} day" + ("s" if days != 1 else "")
                               for word in ("Done", "Dead")])
    same("heads of cells", [c.attributes["data-head"] for c in
                            list(queues.first("tbody").first("tr").all("td"))], heads[1:])
    states = stats["states"]
    same("states", [int(c) for c in cells[:5]],
         [states["new"]["records"], states["cur"]["records"], recent["done"], recent["dead"],
          states["bad"]["records"]])
    same("last success", cells[6],
         age(recent["success"], made) + " ago" if "success" in recent else "-")
    waits = states["new"]["oldest_received_at"]
    if waits is None:
        same("longest wait", cells[5], "-")
    text = root.first("section", id="attention").text()
    for state, what in (("dead", r"(\d+) dead letters?"),
                        ("bad", r"(\d+) deliver(?:y that is not an alert|ies that are not alerts)")):
        found = re.search(what, text)
        same(state, int(found[1]) if found else 0, states[state]["records"])
    refused = {k: v for k, v in stats["counters"]["requests"].items()
               if k not in ("stored", "duplicate", "quarantined") and v > 0}
    found = re.search(r"Requests were refused: ([^.]*?), since ", text)
    got = {w: int(n) for n, w in (p.split(" ") for p in found[1].split(", "))} if found else {}
    same("refused", got, refused)


def of_these_days(spool, days, made):
    """What was done and is dead, by the TIME of the names, and the last success, which
    is looked for among the 20 newest names."""
    first = made - made % 86400 - (days - 1) * 86400
    found = {"days": days, "done": 0, "dead": 0}
    for state in ("done", "dead"):
        for entry in os.scandir(os.path.join(spool, state)):
            time = entry.name.split(".")[0]
            if time != "00000000T000000Z":
                found[state] += seconds(f"{time[:4]}-{time[4:6]}-{time[6:11]}:{time[11:13]}:"
                                        f"{time[13:15]}") >= first
    newest = sorted(os.listdir(os.path.join(spool, "done")))[-20:]
    if newest:
        found["success"] = max(int(os.stat(os.path.join(spool, "done", name)).st_mtime)
                               for name in newest)
    return found


def numbers(page, alerts, stats, spool, days):
    root = read(page)
    made = seconds(root.first("time", id="made").attributes["datetime"])
    alerts = lines(alerts)
    check_rows(root, alerts, made)
    check_figures(root, alerts)
    check_states(root, lines(stats)[0], of_these_days(spool, int(days), made), made)


# ---- what may be there -------------------------------------------------------

def visible(text):
    """Controls as the page shows them; the text of tests has no others."""
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):02x}}}" for c in text)


def harmless(page):
    root = read(page)
    for element in root.all():
        allowed = ELEMENTS.get(element.name)
        if allowed is None:
            print("element:", element.name)
            continue
        for name, value in element.attributes.items():
            if name not in allowed:
                print("attribute:", element.name, name, value)
    for element in root.all("style"):
        if "url(" in element.text().replace("url(#hatch)", "") or "@import" in element.text():
            print("the style fetches")
    for element in root.all("section"):
        style = element.attributes.get("style", "--d:1")
        if not re.fullmatch(r"--d:\d+", style):
            print("style:", style)
    for element in root.all("a"):
        if not re.fullmatch(r"https://[a-z0-9.-]*mongodb\.com/v2/[0-9a-f]{24}#/alerts",
                            element.attributes["href"]):
            print("link:", element.attributes["href"])


def hashes(page):
    root = read(page)
    scripts = [s.text() for s in root.all("script")]
    policies = [m.attributes["content"] for m in root.all("meta")
                if m.attributes.get("http-equiv") == "Content-Security-Policy"]
    assert len(scripts) == 1 and len(policies) == 1, (len(scripts), policies)
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    print(policies[0])
    print("default-src 'none'; style-src 'unsafe-inline'; "
          f"script-src 'sha256-{digest}'")


def bars(page):
    timeline = read(page).first("section", id="timeline")
    rects = [r for svg in timeline.all("svg", role="img")
             if "day" not in svg.attributes["class"].split() for r in svg.all("rect")]
    hatched = [r for r in rects if r.attributes.get("class") == "hatch"]
    print(len(rects) - len(hatched), len(hatched))


def main(what, page, *rest):
    if what == "numbers":
        numbers(page, *rest)
    elif what == "harmless":
        harmless(page)
    elif what == "hash":
        hashes(page)
    elif what == "bars":
        bars(page)
    elif what == "commands":
        for code in read(page).all("code"):
            print(code.text())
    elif what == "text":
        root = read(page)
        if rest:
            root = root.first("section", id=rest[0])
        for element in root.all():
            text = "".join(c for c in element.children if isinstance(c, str)).strip()
            if text and element.name not in ("style", "script"):
                print(text)


main(*sys.argv[1:])
