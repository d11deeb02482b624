#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""vendors.py VENDOR DIR [--tls CERTIFICATE-AND-KEY]

A server on a free port of 127.0.0.1 that accepts the posts of the handler for VENDOR and
enforces the rules that the vendor documents: shapes, lengths, keys. VENDOR is
pagerduty, slack, teams, jsm, alertmanager or webhook. In DIR:

	listen     if it exists: the port to listen on
	port       the port, once it listens
	key        the right key (made before the start)
	as         if it exists: STATUS [RETRY-AFTER [BODY]], the answer to the next
	           request; "drop": take the request and close
	           the connection without an answer; "hang": take it and never
	           answer; "drip": likewise, but a byte of an answer each second
	requests   a JSON object a line: path, headers, body
	state      JSON: the alerts that are raised, by key
	broken     the rules that requests broke, one a line: a correct handler breaks none
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import re
import ssl
import sys
import threading
import time
import urllib.parse

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


class Refused(Exception):
    """(status, answer) for a request that breaks a rule."""


def need(condition, rule, status=400):
    if not condition:
        raise Refused(status, {"status": "invalid event", "errors": [rule]}, rule)


def text(value, longest, name, least=1):
    need(isinstance(value, str), f"{name} is no string")
    need(least <= len(value) <= longest, f"{name} has {len(value)} characters")


def only(value, keys, name):
    need(isinstance(value, dict), f"{name} is not an object")
    need(set(value) <= set(keys), f"{name} has {sorted(set(value) - set(keys))}")


class Vendor:
    largest = 1 << 20

    def __init__(self, key):
        self.key = key
        self.state = {}  # key: open, acknowledged or resolved
        self.opened = 0

    def parsed(self, body):
        need(len(body) <= self.largest, f"{len(body)} bytes", 413)
        try:
            return json.loads(body)
        except ValueError:
            raise Refused(400, "invalid_payload", "no JSON") from None

    def open(self, key):
        if self.state.get(key) not in ("open", "acknowledged"):
            self.state[key] = "open"
            self.opened += 1

    def settle(self, key, state):
        """Of what is not open there is nothing to acknowledge or resolve."""
        if self.state.get(key) in ("open", "acknowledged"):
            self.state[key] = state


class PagerDuty(Vendor):
    """https://developer.pagerduty.com/docs/events-api-v2"""
    largest = 512 * 1024
    changes = 0

    def take(self, path, _, body):
        event = self.parsed(body)
        if event.get("routing_key") != self.key:
            raise Refused(400, {"status": "invalid event", "message":
                "Event object is invalid", "errors": ["Invalid routing key"]}, None)
        for link in event.get("links", []):
            only(link, ("href", "text"), "link")
            need(link["href"].startswith("https://"), "href")
        if path == "/v2/change/enqueue":
            only(event, ("routing_key", "payload", "links"), "change")
            self.payload(event.get("payload"), ("summary", "source", "timestamp",
                "custom_details"))
            self.changes += 1
            return 202, {"status": "success", "message": "Change event processed"}
        need(path == "/v2/enqueue", "no such path", 404)
        only(event, ("routing_key", "event_action", "dedup_key", "payload", "images",
            "links", "client", "client_url"), "event")
        text(event.get("dedup_key"), 255, "dedup_key")
        text(event.get("client", "-"), 255, "client")
        action = event.get("event_action")
        need(action in ("trigger", "acknowledge", "resolve"), "event_action")
        self.payload(event.get("payload"), ("summary", "source", "severity",
            "timestamp", "component", "group", "class", "custom_details"))
        need(event["payload"].get("severity") in ("critical", "error", "warning", "info"),
             "severity")
        key = event["dedup_key"]
        if action == "trigger":
            self.open(key)
        else:
            self.settle(key, action + "d" if action[-1] == "e" else "acknowledged")
        return 202, {"status": "success", "message": "Event processed", "dedup_key": key}

    @staticmethod
    def payload(payload, keys):
        only(payload, keys, "payload")
        text(payload.get("summary"), 1024, "summary")
        text(payload.get("source"), 1024, "source")
        for name in ("component", "group", "class"):
            if name in payload:
                text(payload[name], 1024, name)
        if "timestamp" in payload:
            need(TIME.fullmatch(payload["timestamp"]), "timestamp")
        need(isinstance(payload.get("custom_details", {}), dict), "custom_details")


class Slack(Vendor):
    """https://api.slack.com/messaging/webhooks; the answer is a word, not JSON"""
    def take(self, path, _, body):
        if path != self.key[self.key.index("/", 8):]:
            raise Refused(404, "no_service", None)
        message = self.parsed(body)
        only(message, ("text", "attachments", "blocks", "mrkdwn", "link_names", "parse",
            "unfurl_links", "unfurl_media"), "message")
        text(message.get("text"), 40000, "text")
        need(len(message.get("attachments", [])) <= 100, "attachments")
        for attachment in message.get("attachments", []):
            only(attachment, ("fallback", "color", "fields", "title", "title_link", "text",
                "mrkdwn_in", "footer", "ts"), "attachment")
            need(re.fullmatch("#[0-9a-f]{6}", attachment["color"]), "color")
            for field in attachment["fields"]:
                only(field, ("title", "value", "short"), "field")
                text(field["title"], 200, "title")
                text(field["value"], 3000, "value")
                if field["title"] == "Record":
                    self.open(field["value"])
        return 200, "ok"


class Teams(Vendor):
    """https://learn.microsoft.com/connectors/teams: "when a webhook request is
    received"; a larger message than 28 KB is refused"""
    largest = 28 * 1024

    def take(self, path, _, body):
        if path != self.key[self.key.index("/", 8):]:
            raise Refused(401, {"error": {"code": "AuthorizationFailed"}}, None)
        message = self.parsed(body)
        only(message, ("type", "attachments"), "message")
        need(message["type"] == "message", "type")
        need(len(message["attachments"]) == 1, "attachments")
        attachment = message["attachments"][0]
        only(attachment, ("contentType", "contentUrl", "content"), "attachment")
        need(attachment["contentType"] == "application/vnd.microsoft.card.adaptive",
             "contentType")
        card = attachment["content"]
        only(card, ("type", "version", "$schema", "body", "actions", "msteams"), "card")
        need(card["type"] == "AdaptiveCard" and re.fullmatch(r"1\.[0-5]", card["version"]),
             "card")
        for element in card["body"]:
            need(element["type"] in ("TextBlock", "FactSet"), "element")
            for fact in element.get("facts", []):
                only(fact, ("title", "value"), "fact")
                text(fact["title"], 200, "title")
                text(fact["value"], 3000, "value")
        for action in card.get("actions", []):
            only(action, ("type", "title", "url"), "action")
            need(action["type"] == "Action.OpenUrl", "action")
        return 202, ""


class Jsm(Vendor):
    """Jira Service Management Operations, integration events; Opsgenie's alert API"""
    base = re.compile(r"(?:/jsm/ops/integration)?/v2/alerts")

    def take(self, path, headers, body):
        if headers.get("Authorization") != "GenieKey " + self.key:
            raise Refused(401, {"message": "Could not authenticate", "took": 0.0}, None)
        request = self.parsed(body)
        path, _, query = path.partition("?")
        match = self.base.match(path)
        need(match, "no such path", 404)
        rest = path[match.end():]
        if not rest:
            self.create(request)
        else:
            need(query == "identifierType=alias", "identifierType", 404)
            match = re.fullmatch(r"/([^/]+)/(close|acknowledge)", rest)
            need(match, "no such path", 404)
            only(request, ("user", "source", "note"), "request")
            text(request.get("source", "-"), 100, "source")
            text(request.get("note", "-"), 25000, "note")
            self.settle(urllib.parse.unquote(match.group(1)),
                        {"close": "resolved", "acknowledge": "acknowledged"}[match.group(2)])
        # This says that it will be done, and not that it was.
        return 202, {"result": "Request will be processed", "took": 0.1,
                     "requestId": "43a29c5c-3dbf-4fa4-9c26-f4f71023e120"}

    def create(self, alert):
        only(alert, ("message", "alias", "description", "responders", "visibleTo",
            "actions", "tags", "details", "entity", "source", "priority", "user", "note"),
            "alert")
        text(alert.get("message"), 130, "message")
        text(alert.get("alias"), 512, "alias")
        text(alert.get("description", "-"), 15000, "description")
        text(alert.get("entity", "-"), 512, "entity")
        text(alert.get("source", "-"), 100, "source")
        need(alert.get("priority") in ("P1", "P2", "P3", "P4", "P5"), "priority")
        need(len(alert.get("tags", [])) <= 20, "tags")
        for tag in alert.get("tags", []):
            text(tag, 50, "tag")
        details = alert.get("details", {})
        need(all(isinstance(value, str) for value in details.values()), "details")
        need(sum(map(len, [*details, *details.values()])) <= 8000, "details")
        self.open(alert["alias"])


class Webhook(Vendor):
    """https://www.standardwebhooks.com; the key is whsec_ and Base64"""
    largest = 16 << 20

    def take(self, _, headers, body):
        identity, stamp = headers.get("webhook-id"), headers.get("webhook-timestamp")
        need(identity and re.fullmatch(r"\d+", stamp or ""), "webhook headers", 401)
        need(abs(time.time() - int(stamp)) < 300, "webhook-timestamp", 401)
        secret = base64.b64decode(self.key.removeprefix("whsec_"), validate=True)
        digest = hmac.new(secret, f"{identity}.{stamp}.".encode() + body,
                          hashlib.sha256).digest()
        if headers.get("webhook-signature") != "v1," + base64.b64encode(digest).decode():
            raise Refused(401, "bad signature", None)
        need(self.parsed(body)["id"] == identity, "webhook-id")
        self.open(identity)
        return 204, ""


class Alertmanager(Vendor):
    """Its API v2, as the real one has it; tests/handlers/alertmanager.sh has that"""
    def take(self, path, _, body):
        need(path == "/api/v2/alerts", "no such path", 404)
        for alert in self.parsed(body):
            only(alert, ("labels", "annotations", "startsAt", "endsAt", "generatorURL"), "alert")
            need(alert["labels"].get("alertname"), "alertname")
            for name, value in {**alert["labels"], **alert["annotations"]}.items():
                need(re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name), "name")
                text(value, 1000, name)
            need(TIME.fullmatch(alert["endsAt"]), "endsAt")
            key = json.dumps(alert["labels"])
            if alert["endsAt"] > time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()):
                self.open(key)
            else:
                self.settle(key, "resolved")
        return 200, ""


VENDORS = {"pagerduty": PagerDuty, "slack": Slack, "teams": Teams, "jsm": Jsm,
           "alertmanager": Alertmanager,
           "webhook": Webhook}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with LOCK:
            note("requests", json.dumps({"path": self.path, "headers":
                {name.lower(): value for name, value in self.headers.items()},
                "body": body.decode(errors="replace")}))
            order = self.order()
            if order and order[0] not in ("drop", "hang", "drip"):
                self.answer(int(order[0]), order[2] if len(order) > 2 else "",
                            order[1] if len(order) > 1 else "-")
                return
            try:
                if self.headers.get("Content-Type") != "application/json":
                    raise Refused(415, "", "Content-Type")
                status, answer = VENDOR.take(self.path, self.headers, body)
            except Refused as why:
                status, answer, rule = why.args
                if rule:
                    note("broken", f"{self.path}: {rule}: {body[:300]!r}")
            except (KeyError, TypeError, IndexError) as why:
                status, answer = 400, "invalid_payload"
                note("broken", f"{self.path}: {why!r}: {body[:300]!r}")
            with open(f"{DIR}/state.part", "w", encoding="utf-8") as file:
                json.dump({"state": VENDOR.state, "opened": VENDOR.opened,
                           "changes": getattr(VENDOR, "changes", 0)}, file)
            os.rename(f"{DIR}/state.part", f"{DIR}/state")
        if order and order[0] != "drop":
            self.stall(order[0])
        if order:
            self.close_connection = True
            return
        self.answer(status, answer if isinstance(answer, str) else json.dumps(answer))

    do_GET = do_POST

    def stall(self, how):
        """For a minute, or until the client is gone."""
        for byte in "HTTP/1.1 200 ".ljust(60, "O"):
            time.sleep(1)
            if how == "drip":
                try:
                    self.wfile.write(byte.encode())
                except OSError:
                    return

    def order(self):
        """STATUS, Retry-After, body of the file "as", which counts for one request
        unless it begins with "*"."""
        try:
            with open(f"{DIR}/as", encoding="utf-8") as file:
                line = file.read().strip()
        except FileNotFoundError:
            return None
        if not line.startswith("*"):
            os.unlink(f"{DIR}/as")
        return line.lstrip("*").split(" ", 2)

    def answer(self, status, body, retry_after="-"):
        self.send_response(status)
        if retry_after != "-":
            self.send_header("Retry-After", retry_after)
        if status != 204:
            self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        if status != 204:
            self.wfile.write(body.encode())

    def log_message(self, *_):
        """Paths have keys; what came is in "requests"."""


def note(name, line):
    with open(f"{DIR}/{name}", "a", encoding="utf-8") as file:
        file.write(line + "\n")


DIR = sys.argv[2]
LOCK = threading.Lock()
with open(f"{DIR}/key", encoding="utf-8") as key_file:
    VENDOR = VENDORS[sys.argv[1]](key_file.read().strip())
PORT = 0
if os.path.exists(f"{DIR}/listen"):
    with open(f"{DIR}/listen", encoding="utf-8") as listen_file:
        PORT = int(listen_file.read())
server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
server.daemon_threads = True
if len(sys.argv) > 3:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[4])
    server.socket = context.wrap_socket(server.socket, server_side=True)
with open(f"{DIR}/port.part", "w", encoding="utf-8") as port_file:
    port_file.write(f"{server.server_port}\n")
os.rename(f"{DIR}/port.part", f"{DIR}/port")
server.serve_forever()
