#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""A stand-in for the sender's Admin API that keeps its rules.

mock.py DIR [CERTIFICATE]

Listens on a free port of 127.0.0.1, with TLS if a certificate with its key is given. In
DIR it reads
    keys         a line a key: KIND ID:SECRET ROLE [PROJECT...]. KIND is digest or
                 account, ROLE none, read or manage; without projects it is for all
    world.json   read again after each change: {"projects": {ID: {"name",
                 "alerts", "configs", "integration"}}, and how it behaves:
                 "access": false (this address is not on the access list),
                 "page": most objects a page, "count": right, low, high or none,
                 "token_uses", "nonce_uses": after so many requests they expire}
    orders.json  a list of faults, also read again: {"path": text that
                 the request has, "times": 1; 0 for ever, "do": see ORDERS below}
and writes
    port, requests (a line a request: method, path, status), tokens (all it gave).
A PATCH changes the world in memory and in world.json.
"""
import base64
import calendar
import hashlib
import http.server
import json
import os
import re
import secrets
import socket
import ssl
import sys
import threading
import time
import urllib.parse

REALM = "MMS Public API"
VERSION = "application/vnd.atlas.2025-03-12+json"
ACKNOWLEDGE_VERSION = "application/vnd.atlas.2024-05-30+json"
PAGE_MOST = 500
STAMP = "%Y-%m-%dT%H:%M:%SZ"
SIXTEEN_MIB = 16 << 20


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def stamp(seconds=None):
    return time.strftime(STAMP, time.gmtime(seconds))


def seconds(text):
    return calendar.timegm(time.strptime(text, STAMP))


class Refused(Exception):
    """A status, and an error as the API spells it."""
    def __init__(self, status, code, detail, headers=()):
        super().__init__(detail)
        self.status, self.headers = status, headers
        self.body = {"error": status, "errorCode": code, "detail": detail,
                     "reason": http.HTTPStatus(status).phrase, "parameters": []}


class Key:
    def __init__(self, line):
        self.kind, pair, self.role, *self.projects = line.split()
        self.name, self.secret = pair.split(":", 1)

    def check(self, project, manage):
        """403 is a right key's that may not; 401 that of another organization."""
        if self.projects and project not in self.projects:
            raise Refused(401, "USER_UNAUTHORIZED",
                          "Current user is not authorized to perform this action.")
        if self.role == "none" or (manage and self.role != "manage"):
            raise Refused(403, "USER_CANNOT_ACCESS_GROUP", "The role does not suffice.")


class World:
    """The data, and who may see it. Tests change .data under .lock."""
    def __init__(self, keys, data):
        self.lock = threading.RLock()
        self.keys = [Key(line) for line in keys if line.strip()]
        self.data, self.orders = data, []
        self.tokens, self.nonces = {}, {}  # what is left of each, and its key
        self.changed = lambda: None
        self.noted = lambda line: None
        self.token_made = lambda token: None

    # ---- who asks --------------------------------------------------------

    def key(self, kind, name):
        return next((k for k in self.keys if k.kind == kind and k.name == name), None)

    def token(self, header):
        """A bearer token for a service account's id and secret."""
        scheme, _, pair = header.partition(" ")
        try:
            name, secret = base64.b64decode(pair, validate=True).decode().split(":", 1)
        except ValueError:
            name = secret = ""
        key = self.key("account", name)
        if scheme != "Basic" or key is None or key.secret != secret:
            return 401, {"error": "invalid_client",
                         "error_description": "Client authentication failed."}
        token = "eyJ" + secrets.token_urlsafe(40)
        self.tokens[token] = [self.data.get("token_uses", 1 << 30), key]
        self.token_made(token)
        return 200, {"access_token": token, "expires_in": 3600, "token_type": "Bearer"}

    def challenge(self, stale=False):
        nonce = secrets.token_urlsafe(20)
        self.nonces[nonce] = [self.data.get("nonce_uses", 1 << 30), 0]
        return Refused(401, "UNAUTHORIZED", "You are not authorized for this resource.",
                       [("WWW-Authenticate", f'Digest realm="{REALM}", domain="", '
                         f'nonce="{nonce}", algorithm=MD5, qop="auth", '
                         f'stale={str(stale).lower()}')])

    def who(self, method, path, header):
        if header.startswith("Bearer "):
            left = self.tokens.get(header[7:])
            if left is None or left[0] <= 0:
                raise Refused(401, "UNAUTHORIZED", "The token is unknown or expired.")
            left[0] -= 1
            return left[1]
        field = dict(re.findall(r'(\w+)=(?:"([^"]*)"|([^",\s]*))', header) and
                     [(n, a or b) for n, a, b in
                      re.findall(r'(\w+)=(?:"([^"]*)"|([^",\s]*))', header)])
        key = self.key("digest", field.get("username", ""))
        if not header.startswith("Digest ") or key is None:
            raise self.challenge()
        nonce = self.nonces.get(field.get("nonce", ""))
        parts = [md5(f"{key.name}:{REALM}:{key.secret}"), field.get("nonce", "")]
        parts += [field.get(name, "") for name in ("nc", "cnonce", "qop")]
        parts.append(md5(f"{method}:{path}"))
        if field.get("uri") != path or field.get("qop") != "auth" or nonce is None or \
           not secrets.compare_digest(field.get("response", ""), md5(":".join(parts))):
            raise self.challenge()
        # Each use counts up; one that is used again is a replay.
        if nonce[0] <= 0 or int(field["nc"], 16) <= nonce[1]:
            raise self.challenge(stale=True)
        nonce[0], nonce[1] = nonce[0] - 1, int(field["nc"], 16)
        return key

    # ---- data --------------------------------------------------------------

    def project(self, key, project, manage=False):
        if not self.data.get("access", True):
            raise Refused(403, "IP_ADDRESS_NOT_ON_ACCESS_LIST",
                          "IP address 127.0.0.1 is not allowed to access this resource.")
        key.check(project, manage)
        if project not in self.data["projects"]:
            raise Refused(404, "GROUP_NOT_FOUND", f"No group with ID {project} exists.")
        return self.data["projects"][project]

    def page(self, path, query, objects):
        size = int(query.get("itemsPerPage", ["100"])[0])
        number = int(query.get("pageNum", ["1"])[0])
        if not 1 <= size <= PAGE_MOST or number < 1:
            raise Refused(400, "INVALID_QUERY_PARAMETER", "itemsPerPage is 1 to 500.")
        size = min(size, self.data.get("page", PAGE_MOST))
        there = objects[(number - 1) * size:number * size]
        links = [{"rel": "self", "href": path}]
        if number * size < len(objects):
            links.append({"rel": "next", "href": path})
        answer = {"links": links, "results": there}
        count = self.data.get("count", "right")
        if count != "none":
            answer["totalCount"] = {"right": len(objects), "low": len(there),
                                    "high": 10 * len(objects) + 7}[count]
        return answer

    def get(self, key, path, query):
        match = re.fullmatch(r"/api/atlas/v2/groups/([0-9a-f]{24})(/.*)?", path)
        if not match:
            raise Refused(404, "RESOURCE_NOT_FOUND", "Cannot find resource.")
        project, rest = self.project(key, match[1]), match[2] or ""
        if rest == "":
            return {"id": match[1], "name": project["name"], "orgId": "0" * 24}
        if rest == "/integrations/WEBHOOK":
            if project.get("integration") is None:
                raise Refused(404, "INTEGRATION_NOT_CONFIGURED", "No WEBHOOK integration.")
            return project["integration"]
        if rest == "/alertConfigs":
            return self.page(path, query, project.get("configs", []))
        if rest == "/alerts":
            status = query.get("status", ["?"])[0]
            if status not in ("OPEN", "TRACKING", "CLOSED"):
                raise Refused(400, "INVALID_ENUM_VALUE", "No such status.")
            return self.page(path, query, [alert for alert in project["alerts"]
                                           if alert["status"] == status])
        match = re.fullmatch(r"/alerts/([0-9a-f]{24})", rest)
        if not match:
            raise Refused(404, "RESOURCE_NOT_FOUND", "Cannot find resource.")
        return self.alert(project, match[1])

    @staticmethod
    def alert(project, name):
        for alert in project["alerts"]:
            if alert["id"] == name:
                return alert
        raise Refused(404, "ALERT_NOT_FOUND", f"No alert with ID {name} exists.")

    def patch(self, key, path, body):
        match = re.fullmatch("/api/atlas/v2/groups/([0-9a-f]{24})/alerts/([0-9a-f]{24})", path)
        if not match:
            raise Refused(404, "RESOURCE_NOT_FOUND", "Cannot find resource.")
        alert = self.alert(self.project(key, match[1], manage=True), match[2])
        wish = json.loads(body)
        if set(wish) - {"acknowledgedUntil", "acknowledgementComment", "unacknowledgeAlert"}:
            raise Refused(400, "INVALID_ATTRIBUTE", "Invalid attribute specified.")
        if len(wish.get("acknowledgementComment", "")) > 200:
            raise Refused(400, "INVALID_ATTRIBUTE", "A comment has 200 characters at most.")
        if wish.get("unacknowledgeAlert"):
            if len(wish) > 1:
                raise Refused(400, "INVALID_ATTRIBUTE", "Only one of both.")
            for name in ("acknowledgedUntil", "acknowledgementComment", "acknowledgingUsername"):
                alert.pop(name, None)
        else:
            try:
                seconds(wish["acknowledgedUntil"])
            except (KeyError, ValueError):
                raise Refused(400, "INVALID_ATTRIBUTE", "No acknowledgedUntil.") from None
            alert.update(wish, acknowledgingUsername=key.name)
            alert["lastNotified"] = stamp()
        alert["updated"] = stamp()
        self.changed()
        return alert


# ---- what goes wrong ------------------------------------------------------------

def order_status(handler, order):
    body = order.get("body", {"error": order["status"], "detail": "as ordered"})
    handler.send(order["status"], body, order.get("headers", {}).items())


def order_redirect(handler, order):
    handler.send(302, "", [("Location", order["to"])])


def order_cut(handler, _):
    """Half of what was announced."""
    handler.answer_raw(200, b'{"links": [], "results": [', 4096)


def order_cut_chunk(handler, _):
    """A chunk without its end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                        b"Transfer-Encoding: chunked\r\n\r\n400\r\n{\"links\": [")
    handler.hang_up(200)


def order_drop(handler, _):
    """No answer at all."""
    handler.hang_up(0)


def order_size(handler, order):
    """So many bytes, of which the last ones are blanks."""
    text = json.dumps(order.get("body", {"links": [], "results": []})).encode()
    handler.send(200, text + b" " * (order["size"] - len(text)))


def order_slow(handler, _):
    """A byte a second."""
    text = json.dumps({"links": [], "results": []}).encode()
    handler.begin(200, len(text) + 100)
    try:
        for byte in text + b" " * 100:
            handler.wfile.write(bytes([byte]))
            time.sleep(1)
    except OSError:
        pass
    handler.hang_up(200)


def order_change(handler, order):
    """The right answer; behind it an alert changes its status, so that pages shift."""
    handler.serve_request()
    with handler.world.lock:
        for project in handler.world.data["projects"].values():
            for alert in project["alerts"]:
                if alert["id"] in order["alerts"]:
                    alert.update(order["to"])
        handler.world.changed()


ORDERS = {"status": order_status, "redirect": order_redirect, "cut": order_cut,
          "cut-chunk": order_cut_chunk, "drop": order_drop, "size": order_size,
          "slow": order_slow, "change": order_change}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are written apart
    world = None  # of the server's class

    # ---- answers ---------------------------------------------------------

    def begin(self, status, length, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.note(status)

    def note(self, status):
        self.world.noted(f"{self.command} {self.path} {status}")

    def send(self, status, body, headers=()):
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        self.begin(status, len(body), headers)
        self.wfile.write(body)

    def answer_raw(self, status, body, announced):
        self.begin(status, announced)
        self.wfile.write(body)
        self.hang_up(None)

    def hang_up(self, status):
        if status is not None:
            self.note(status)
        self.close_connection = True
        try:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    # ---- requests --------------------------------------------------------

    def order(self):
        """The first order that fits, which is used up by it."""
        for order in self.world.orders:
            if order.get("path", "") in self.path and order.get("times", 1) != -1:
                if order.get("times", 1) > 0:
                    order["times"] = order.get("times", 1) - 1 or -1
                return order
        return None

    def handle_one(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.world.lock:
            order = self.order()
        if order is not None:
            ORDERS[order["do"]](self, order)
        else:
            self.serve_request()

    do_GET = do_POST = do_PATCH = handle_one

    def serve_request(self):
        try:
            with self.world.lock:
                status, body = self.ask()
        except Refused as refused:
            self.send(refused.status, refused.body, refused.headers)
        else:
            self.send(status, body)

    def ask(self):
        if self.path == "/api/oauth/token":
            if self.command != "POST" or self.body != b"grant_type=client_credentials":
                return 400, {"error": "invalid_request"}
            return self.world.token(self.headers.get("Authorization", ""))
        url = urllib.parse.urlsplit(self.path)
        key = self.world.who(self.command, self.path, self.headers.get("Authorization", ""))
        version = ACKNOWLEDGE_VERSION if self.command == "PATCH" else VERSION
        if self.headers.get("Accept") != version:
            raise Refused(406, "INVALID_VERSION_DATE", "No such version.")
        if self.command == "PATCH":
            if self.headers.get("Content-Type") != version:
                raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", "No such version.")
            body = self.world.patch(key, url.path, self.body)
        else:
            body = self.world.get(key, url.path, urllib.parse.parse_qs(url.query))
        return 200, json.loads(json.dumps(body))

    def log_message(self, *_):
        """What came is in "requests"."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, world, certificate=None):
        super().__init__(("127.0.0.1", 0), type("Bound", (Handler,), {"world": world}))
        self.context = None
        if certificate is not None:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate)

    def finish_request(self, request, client_address):
        """The handshake is the thread's, so that a slow one holds nobody."""
        if self.context is not None:
            request = self.context.wrap_socket(request, server_side=True)
        self.RequestHandlerClass(request, client_address, self)
        if self.context is not None:
            self.shutdown_request(request)

    def handle_error(self, *_):
        """Clients that hang up, and those that do not trust the certificate."""


# ---- as a program -----------------------------------------------------------------

class Watched:
    """A file of JSON, read again when it was changed."""
    def __init__(self, path):
        self.path, self.seen = path, None

    def news(self):
        try:
            st = os.stat(self.path)
        except FileNotFoundError:
            return None
        if (st.st_mtime_ns, st.st_ino) == self.seen:
            return None
        self.seen = (st.st_mtime_ns, st.st_ino)
        with open(self.path, encoding="utf-8") as file:
            return json.load(file)

    def write(self, data):
        with open(self.path + ".part", "w", encoding="utf-8") as file:
            json.dump(data, file)
        os.rename(self.path + ".part", self.path)
        st = os.stat(self.path)
        self.seen = (st.st_mtime_ns, st.st_ino)


class FileWorld(World):
    def __init__(self, directory):
        with open(f"{directory}/keys", encoding="utf-8") as file:
            super().__init__(file, None)
        self.files = {"data": Watched(f"{directory}/world.json"),
                      "orders": Watched(f"{directory}/orders.json")}
        self.changed = lambda: self.files["data"].write(self.data)
        self.noted = lambda line: append(f"{directory}/requests", line)
        self.token_made = lambda token: append(f"{directory}/tokens", token)
        self.renew()

    def renew(self):
        with self.lock:
            for name, file in self.files.items():
                news = file.news()
                if news is not None:
                    setattr(self, name, news)


def append(path, line):
    with open(path, "a", encoding="utf-8") as file:
        file.write(line + "\n")


def main():
    directory = sys.argv[1]
    world = FileWorld(directory)
    server = Server(world, *sys.argv[2:])
    handle = server.RequestHandlerClass.handle_one

    def renewed(handler):
        world.renew()
        handle(handler)
    for name in ("do_GET", "do_POST", "do_PATCH"):
        setattr(server.RequestHandlerClass, name, renewed)
    with open(f"{directory}/port.part", "w", encoding="utf-8") as file:
        file.write(f"{server.server_port}\n")
    os.rename(f"{directory}/port.part", f"{directory}/port")
    server.serve_forever()


if __name__ == "__main__":
    main()
