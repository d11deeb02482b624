#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""A web server for one test: answers on a free port of 127.0.0.1.

front.py PORT-FILE LOG-DIR --status N [--body TEXT] [--location URL]
    answers every POST alike
front.py PORT-FILE LOG-DIR --as FILE
    likewise; FILE is read for each request and has the status, then the body
front.py PORT-FILE LOG-DIR --cgi PROGRAM [ARGUMENT...]   (comes last)
    lets a CGI program answer

The port is written to PORT-FILE when it listens. The N-th request (from 1) is
kept in LOG-DIR: N.head (request line and headers), N.body. After LOG-DIR was
emptied, N starts from 1 again.
"""
import argparse
import http.server
import os
import subprocess
import sys

FIXED = {'CONTENT-TYPE': 'CONTENT_TYPE', 'CONTENT-LENGTH': 'CONTENT_LENGTH'}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        count = sum(name.endswith('.head') for name in os.listdir(args.log)) + 1
        with open(f'{args.log}/{count}.body', 'wb') as file:
            file.write(body)
        with open(f'{args.log}/{count}.head', 'w') as file:
            file.write(f'{self.requestline}\n{self.headers}')
        if args.cgi:
            self.cgi(body)
        else:
            self.fixed()

    do_GET = do_POST

    def log_message(self, *_):
        """The request's line has a token; it is in the log directory."""

    def fixed(self):
        if args.answer:
            with open(args.answer) as file:
                status, args.body = file.read().rstrip('\n').split(' ', 1)
                args.status = int(status)
        self.send_response(args.status)
        if args.location:
            self.send_header('Location', args.location)
        self.answer(args.body.encode().decode('unicode_escape').encode('latin-1'))

    def cgi(self, body):
        path, _, query = self.path.partition('?')
        env = {'GATEWAY_INTERFACE': 'CGI/1.1', 'REQUEST_METHOD': self.command,
               'PATH_INFO': path, 'QUERY_STRING': query,
               'REMOTE_ADDR': self.client_address[0],
               'SERVER_PROTOCOL': 'HTTP/1.1'}
        for name, value in self.headers.items():
            name = name.upper()
            env[FIXED.get(name, 'HTTP_' + name.replace('-', '_'))] = value
        run = subprocess.run(args.cgi, input=body, env=env, check=False,
                             stdout=subprocess.PIPE)
        head, _, content = run.stdout.partition(b'\r\n\r\n')
        fields = dict(line.split(': ', 1) for line in head.decode().split('\r\n'))
        self.send_response(int(fields.pop('Status', '500').split()[0]))
        for name, value in fields.items():
            if name.lower() != 'content-length':
                self.send_header(name, value)
        self.answer(content)

    def answer(self, content):
        self.send_header('Content-Length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)


parser = argparse.ArgumentParser()
parser.add_argument('port_file')
parser.add_argument('log')
parser.add_argument('--status', type=int, default=200)
parser.add_argument('--body', default='')
parser.add_argument('--location')
parser.add_argument('--as', dest='answer')
split = sys.argv.index('--cgi') if '--cgi' in sys.argv else len(sys.argv)
args = parser.parse_args(sys.argv[1:split])
args.cgi = sys.argv[split + 1:]
server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
with open(args.port_file + '.part', 'w') as file:
    file.write(f'{server.server_port}\n')
os.rename(args.port_file + '.part', args.port_file)
try:
    server.serve_forever()
except KeyboardInterrupt:
    sys.exit(0)
