#!/bin/sh
# SPDX-License-Identifier: ISC
# examples/heartbeat through a real web server: it pings if all is well, and not if the
# server is stopped, the spool is full, the secret differs, or there is a dead letter.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/web/front.sh"
front_prepare nginx
conf=$installation/alertspool.conf
spool=$installation/spool
mkdir "$T/bin"
cp "$alertspool" "$alertspool-network" "$srcdir/examples/heartbeat" "$T/bin/"
chmod 755 "$T/bin" "$T/bin"/*

# The switch: counts its pings, in $T/pings.
cat >"$T/switch.py" <<'PY'
import http.server, sys
class Switch(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(sys.argv[2], "a") as file:
            file.write(self.path + "\n")
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Switch)
server.serve_forever()
PY
: >"$T/pings"
switch=$(free_port)
start switch "$python" "$T/switch.py" "$switch" "$T/pings"
wait_for 'listens "$switch"'
echo "url = \"http://127.0.0.1:$switch/0123-abcd\"" >"$T/ping"
chmod 0640 "$T/ping"
chown "$owner" "$T/ping"

heartbeat() {
	# shellcheck disable=SC2046 # words
	$(as "$owner") env "PATH=$T/bin:$PATH" "$T/bin/heartbeat" "$url" "${1:-$T/ping}" "$conf"
}
# dies CODE TEXT NAME [FILE]: no ping, that code and text, and no record left
dies() {
	before=$(wc -l <"$T/pings")
	heartbeat "${4:-}" >"$T/out" 2>"$T/err"
	is "$? $(wc -l <"$T/pings")" "$1 $before" "$3: no ping"
	like "$(cat "$T/err")" "$2" "$3: said why"
	is "$(ls "$spool/bad")" "" "$3: no record is left"
}
# beats NAME: a ping, without a word
beats() {
	before=$(wc -l <"$T/pings")
	heartbeat >"$T/out" 2>&1
	is "$? $(($(wc -l <"$T/pings") - before)) $(cat "$T/out")" "0 1 " "$1: a ping"
	is "$(ls "$spool/bad")" "" "$1: no record is left"
}

front_start
beats "all is well"
is "$(tail -n 1 "$T/pings")" /0123-abcd "it is the one of the file"

stop nginx
dies 78 'error  *url: ' "the front door is shut"
front_run_nginx
stop responder
dies 78 'error  *url: .*502' "the responder is down"
front_responder
beats "both are up again"

sed -i 's/^min_free = .*/min_free = 1000T/' "$conf"
stop responder
front_responder
dies 78 'error  *(url|room): ' "the spool is full"
sed -i 's/^min_free = .*/min_free = 1K/' "$conf"
stop responder
front_responder

holds_secret "$T/secret.right"
cp -p "$installation/secret" "$T/secret.right"
# shellcheck disable=SC2046 # words
head -c 30 /dev/urandom | base64 | $(as "$owner") tee "$installation/secret" >/dev/null
dies 78 'error  *url: .*403' "another secret than the responder's"
# shellcheck disable=SC2046 # words
$(as "$owner") tee "$installation/secret" <"$T/secret.right" >/dev/null
beats "the right one"

make_alert 0123456789abcdef01234567 >"$T/body"
is "$(deliver "$url" "$T/body" "$installation/secret")" 200 "(an alert)"
id=$(basename "$spool"/new/*)
"$alertspool" -c "$conf" bury "$id" >/dev/null
dies 78 'error  *queue: dead: 1 record' "a dead letter"
"$alertspool" -c "$conf" requeue "$id" >/dev/null && "$alertspool" -c "$conf" ack "$id" >/dev/null
beats "it was looked after"

stop switch
dies 75 'the switch of .* cannot be notified; all is well here' "the switch is down"
chmod 0644 "$T/ping"
dies 78 'must be readable here, and by nobody else' "a ping that everybody can read"
dies 78 'must be readable here' "no ping" "$T/none"
run 64 "without operands" "$srcdir/examples/heartbeat"
like "$(err)" '^heartbeat URL FILE' "without operands: the message"
no_leaks "no secret is printed" "$T/out" "$T/err"
done_testing
