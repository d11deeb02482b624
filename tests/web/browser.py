# SPDX-License-Identifier: ISC
"""browser: a page in headless Chromium, as a person would see it.

    browser.py look CHROMIUM PAGE [AXE]   what is wrong with the page, a line each:
                                          widths, themes, paper, requests, messages
    browser.py old CHROMIUM PAGE          does it turn grey, and only when it is old?
    browser.py policy CHROMIUM PAGE       is all that is added to the page refused?
    browser.py shot CHROMIUM PAGE FILE WIDTH HEIGHT THEME    a picture

WIDTHS in the environment: the widths to test, 360,768,1280 if absent. AXE is the file
axe.min.js. The page is served on loopback, and every other request of the browser is
noted. Chromium is controlled through the pipe of its DevTools protocol."""
import base64
import http.server
import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time

WIDTHS = [int(w) for w in os.environ.get("WIDTHS", "360,768,1280").split(",")]
PAPER = 718  # A4 with the usual margins, in CSS pixels
# What none of the pages may break; best practices besides WCAG 2 A and AA.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Site(http.server.ThreadingHTTPServer):
    """One page, /, whatever it is at the moment; asked holds all paths."""

    def __init__(self, page):
        super().__init__(("127.0.0.1", 0), Handler)
        self.page, self.asked = page, []
        self.url = f"http://127.0.0.1:{self.server_port}/"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        found = self.path == "/"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if found:
            self.wfile.write(self.server.page.encode())

    def log_message(self, *_):
        pass


class Browser:
    def __init__(self, program):
        self.home = tempfile.mkdtemp(prefix="browser.", dir=os.environ.get("T"))
        there, ours = os.pipe()
        back, theirs = os.pipe()
        self.process = subprocess.Popen(
            ["sh", "-c", f'exec "$@" 3<&{there} 4>&{theirs}', "sh",
             program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--disable-extensions", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--hide-scrollbars",
             "--remote-debugging-pipe", f"--user-data-dir={self.home}", "about:blank"],
            pass_fds=(there, theirs), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=dict(os.environ, HOME=self.home))
        os.close(there)
        os.close(theirs)
        self.write, self.read = ours, back
        self.last, self.rest, self.events = 0, b"", []
        self.session = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target,
                                flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log", "Debugger"):
            self.ask(domain + ".enable")

    def close(self):
        try:
            self.session = None
            self.ask("Browser.close")
            self.process.wait(10)
        except (OSError, RuntimeError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def receive(self, seconds):
        """The next message, or None."""
        end = time.monotonic() + seconds
        while b"\0" not in self.rest:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.read], [], [], left)[0]:
                return None
            more = os.read(self.read, 1 << 20)
            if not more:
                raise RuntimeError("the browser has ended")
            self.rest += more
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def ask(self, method, **params):
        self.last += 1
        message = {"id": self.last, "method": method, "params": params}
        if self.session is not None:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive(120)
            if answer is None:
                raise RuntimeError("no answer to " + method)
            if answer.get("id") != self.last:
                self.events.append(answer)
            elif "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']}")
            else:
                return answer["result"]

    def wait(self, method, seconds=60):
        while not any(e.get("method") == method for e in self.events):
            event = self.receive(seconds)
            if event is None:
                raise RuntimeError("no " + method)
            self.events.append(event)

    def drain(self, seconds):
        end = time.monotonic() + seconds
        while (event := self.receive(max(end - time.monotonic(), 0))) is not None:
            self.events.append(event)

    def open(self, url):
        self.events = []
        self.ask("Page.navigate", url=url)
        self.wait("Page.loadEventFired")

    def look(self, width, height=900, theme="light", media=""):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=1, mobile=width < 500)
        self.ask("Emulation.setEmulatedMedia", media=media,
                 features=[{"name": "prefers-color-scheme", "value": theme}])

    def value(self, expression, world=None):
        """In a world of its own the page's policy is not asked."""
        more = {} if world is None else {"contextId": world}
        result = self.ask("Runtime.evaluate", expression=expression, returnByValue=True,
                          awaitPromise=True, **more)
        if "exceptionDetails" in result:
            raise RuntimeError(str(result["exceptionDetails"]))
        return result["result"].get("value")

    def world(self):
        frame = self.ask("Page.getFrameTree")["frameTree"]["frame"]["id"]
        return self.ask("Page.createIsolatedWorld", frameId=frame)["executionContextId"]


# ---- what is wrong -------------------------------------------------------------

def messages(browser):
    """What the page said, and what the browser said of it."""
    for event in browser.events:
        method, params = event.get("method"), event.get("params", {})
        if method == "Log.entryAdded":
            yield params["entry"]["text"]
        elif method == "Runtime.consoleAPICalled":
            yield "console: " + json.dumps(params["args"])
        elif method == "Runtime.exceptionThrown":
            yield "exception: " + params["exceptionDetails"]["text"]


def scripts(browser, url):
    return [e["params"] for e in browser.events
            if e.get("method") == "Debugger.scriptParsed" and e["params"]["url"] == url]


def requests(browser, url):
    return [e["params"]["request"]["url"] for e in browser.events
            if e.get("method") == "Network.requestWillBeSent"
            and e["params"]["request"]["url"] != url]


# Everything that reaches over the right edge, except what a drawing or a box cuts off.
OVERFLOW = """(() => {
  const edge = document.documentElement.clientWidth, out = [];
  if (document.documentElement.scrollWidth > edge)
    out.push('the page is ' + document.documentElement.scrollWidth + ' wide');
  for (const e of document.body.querySelectorAll('*')) {
    if (e.closest('thead') && getComputedStyle(e.closest('thead')).position == 'absolute')
      continue;
    if (e.ownerSVGElement || (e.offsetParent === null && e.tagName != 'svg'))
      continue;
    if (e.getBoundingClientRect().right > edge + 0.5)
      out.push(e.tagName + ' ' + e.className + ': ' + (e.textContent || '').slice(0, 40));
    else if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 &&
             getComputedStyle(e).display != 'inline')
      out.push('inside ' + e.tagName + ' ' + e.className + ': ' +
               (e.textContent || '').slice(0, 40));
  }
  return out.slice(0, 5);
})()"""
# Paper has one size of text except for headings and the large figures, which have one row.
ON_PAPER = """(() => {
  const size = e => parseFloat(getComputedStyle(e).fontSize), out = [];
  const most = size(document.body) * 1.1;
  const rows = new Set([...document.querySelectorAll('.tiles li')].map(
    e => Math.round(e.getBoundingClientRect().top)));
  if (rows.size > 1)
    out.push('the large figures are in ' + rows.size + ' rows');
  for (const e of document.querySelectorAll('p:not(.calm):not(#old), th, td, li, summary'))
    if (size(e) > most)
      out.push(e.tagName + ' ' + e.className + ' is larger than the text: ' + size(e) + ' px');
  return out.slice(0, 5);
})()"""
AXE = """axe.run(document, {runOnly: %s, resultTypes: ['violations']})
  .then(r => r.violations.map(v => v.id + ': ' + v.nodes.length + ' times, as in ' +
                                   v.nodes[0].html.slice(0, 160)))""" % json.dumps(TAGS)


def wrong_at(browser, where, axe):
    for text in browser.value(OVERFLOW):
        yield f"{where}: too wide: {text}"
    if axe:
        world = browser.world()
        browser.value(axe + ";0", world)
        for text in browser.value(AXE, world):
            yield f"{where}: axe: {text}"


def open_all(browser):
    browser.value("document.querySelectorAll('details').forEach(d => d.open = true)")


def look(browser, site, axe=None):
    if axe:
        with open(axe, encoding="utf-8") as file:
            axe = file.read()
    browser.look(WIDTHS[0])
    browser.open(site.url)
    count = len(scripts(browser, site.url))
    if count != 1:
        print(f"{count} scripts were run")
    for theme in "light", "dark":
        for width in WIDTHS:
            browser.look(width, theme=theme)
            # Colours are the same at every width, and the layout in both themes.
            ends = {"light": WIDTHS[:1], "dark": WIDTHS[-1:]}
            asked = [WIDTHS[0], WIDTHS[-1]] if "LONG" in os.environ else ends[theme]
            yield from wrong_at(browser, f"{theme}, {width}", axe if width in asked else None)
    browser.look(PAPER, theme="dark", media="print")
    yield from wrong_at(browser, "print", axe)
    for text in browser.value(ON_PAPER):
        yield "print: " + text
    open_all(browser)
    for width in WIDTHS:
        browser.look(width)
        yield from wrong_at(browser, f"unfolded, {width}",
                            axe if width == WIDTHS[0] else None)
    browser.drain(1)
    for url in requests(browser, site.url):
        yield "asked for " + url
    for path in site.asked[1:]:
        yield "asked the server for " + path
    for text in messages(browser):
        yield "said: " + text


MADE = re.compile(r'id="made" datetime="[^"]*"')
STATE = """[document.body.className, document.getElementById('old').hidden,
    getComputedStyle(document.querySelector('main')).filter].join(' ')"""


def aged(page, seconds):
    then = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - seconds))
    assert MADE.search(page)
    return MADE.sub(f'id="made" datetime="{then}"', page)


def old(browser, site):
    page = site.page
    for seconds, wanted in ((0, " true none"), (280, " true none"),
                            (310, "old false grayscale(1)")):
        site.page = aged(page, seconds)
        browser.open(site.url)
        got = browser.value(STATE)
        if got != wanted:
            yield f"made {seconds} s ago: {got}, not {wanted}"
    text = browser.value("document.getElementById('old').innerText")
    if "older than five minutes" not in text:
        yield "it does not show it: " + text
    # It turns grey while somebody looks at it.
    site.page = aged(page, 296)
    browser.open(site.url)
    before = browser.value(STATE)
    browser.drain(14)
    after = browser.value(STATE)
    if (before, after) != (" true none", "old false grayscale(1)"):
        yield f"left open: {before}, then {after}"


def policy(browser, site):
    """What an attacker might bring in, if text were not text."""
    added = ("<script>window.pwned=1</script><script src=/x.js></script>"
             "<img src=/x.png onerror='window.pwned=2'><iframe src=/x.html></iframe>"
             "<link rel=stylesheet href=/x.css><object data=/x.swf></object>"
             "<div style='background:url(/x.gif)'>x</div>"
             "<details open ontoggle='window.pwned=3'>x</details>"
             "<a href='javascript:window.pwned=4' id=x>x</a>")
    site.page = site.page.replace("</main>", added + "</main>")
    assert added in site.page
    browser.open(site.url)
    browser.value("document.getElementById('x').click()")
    browser.drain(1)
    pwned = browser.value("window.pwned === undefined")
    if not pwned:
        yield "a script of somebody else was run"
    for path in site.asked[1:]:
        yield "asked for " + path


def shot(browser, site, file, width, height, theme):
    browser.look(int(width), int(height), theme)
    browser.open(site.url)
    if height == "0":
        height = browser.value("document.documentElement.scrollHeight")
        browser.look(int(width), int(height), theme)
    picture = browser.ask("Page.captureScreenshot", format="png")["data"]
    with open(file, "wb") as out:
        out.write(base64.b64decode(picture))
    return []


def main(what, program, path, *rest):
    with open(path, encoding="utf-8") as file:
        site = Site(file.read())
    browser = Browser(program)
    try:
        for line in {"look": look, "old": old, "policy": policy,
                     "shot": shot}[what](browser, site, *rest):
            print(line)
    finally:
        browser.close()
        site.shutdown()


main(*sys.argv[1:])
