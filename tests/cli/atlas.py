#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""A stand-in for the sender's Admin API, for one test.

atlas.py PORT-FILE LOG PROJECTS.json

Listens on a free port of 127.0.0.1. PROJECTS.json maps a project's id to its
alert configurations, or to a list of answers {"status", "headers", "body"} under
"answers", one a request, the last one for ever. There are two ways in, as there:
Digest with public:private, and a bearer token for mdb_sa_id_test:mdb_sa_sk_test.
A page has at most two configurations, whatever is asked for. Each request is a
line in LOG: method, path, status.
"""
import base64
import hashlib
import http.server
import json
import os
import re
import sys
import urllib.parse

REALM, NONCE, PAGE, TOKEN = 'MMS Public API', 'n0nce', 2, 'eyT0ken.of-this_test'


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body, headers=()):
        text = json.dumps(body) if not isinstance(body, str) else body
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())
        with open(sys.argv[2], 'a') as log:
            log.write(f'{self.command} {self.path} {status}\n')

    def known(self):
        given = self.headers.get('Authorization', '')
        if given == f'Bearer {TOKEN}':
            return True
        field = dict(re.findall(r'(\w+)="?([^",]*)"?', given))
        if not given.startswith('Digest ') or field.get('uri') != self.path:
            return False
        part = [md5(f'public:{REALM}:private'), NONCE]
        part += [field.get(name, '') for name in ('nc', 'cnonce', 'qop')]
        part.append(md5(f'{self.command}:{self.path}'))
        return field.get('username') == 'public' and field.get('response') == md5(':'.join(part))

    def do_GET(self):
        if not self.known():
            return self.answer(401, {'error': 401, 'detail': 'Who are you?'}, [(
                'WWW-Authenticate', f'Digest realm="{REALM}", nonce="{NONCE}", qop="auth"')])
        url = urllib.parse.urlsplit(self.path)
        match = re.fullmatch('/api/atlas/v2/groups/([0-9a-f]{24})/alertConfigs', url.path)
        if self.headers.get('Accept') != 'application/vnd.atlas.2023-01-01+json':
            return self.answer(406, {'error': 406, 'detail': 'No such version.'})
        if not match or match[1] not in projects:
            return self.answer(404, {'error': 404, 'detail': 'No such group.'})
        project = projects[match[1]]
        if 'answers' in project:
            said = project['answers']
            said = said.pop(0) if len(said) > 1 else said[0]
            if said is not None:
                return self.answer(said['status'], said['body'], said.get('headers', {}).items())
        page = int(urllib.parse.parse_qs(url.query)['pageNum'][0])
        configs = project['configs']
        body = {'results': configs[(page - 1) * PAGE:page * PAGE]}
        if project.get('counted', True):
            body['totalCount'] = len(configs)
        return self.answer(200, body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        basic = base64.b64encode(b'mdb_sa_id_test:mdb_sa_sk_test').decode()
        if self.path != '/api/oauth/token' or body != b'grant_type=client_credentials':
            return self.answer(404, {'error': 404})
        if self.headers.get('Authorization') != f'Basic {basic}':
            return self.answer(401, {'error_description': 'Client authentication failed.'})
        return self.answer(200, {'access_token': TOKEN, 'expires_in': 3600})

    def log_message(self, *args):
        pass


with open(sys.argv[3]) as file:
    projects = json.load(file)
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
with open(sys.argv[1] + '.new', 'w') as file:
    file.write(str(server.server_port))
os.rename(sys.argv[1] + '.new', sys.argv[1])
server.serve_forever()
