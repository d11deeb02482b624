#!/bin/sh
# SPDX-License-Identifier: ISC
# If another source's secret signed a request, the log has a hint: at most one a second,
# and written after the answer, so that the sender learns nothing.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"

front_prepare nginx "workers = 1"
conf=$installation/alertspool.conf
# So many secrets that the search for a hint takes some milliseconds.
n=0
while [ $n -lt 100 ]; do
	make_secret "$installation/many.$n" "$owner"
	printf '[source many%s]\nsecret_file = %s\n' $n "$installation/many.$n" >>"$conf"
	n=$((n + 1))
done
make_secret "$T/nobody"
front_start

make_alert hinted >"$T/body"
# send SECRET [SOURCE]: the status; the answer is in $T/answer
send() { deliver "$url/${2:-}" "$T/body" "$installation/$1"; }
hints() { sed -n 's/.* hint="\([^"]*\)".*/\1/p' "$T/responder.log"; }
refused() { grep -c 'event=request.*status=403\|status=403.*event=request' "$T/responder.log"; }

# ---- what the log says, and the sender does not learn

is "$(deliver "$url" "$T/body" "$T/nobody")" 403 "a secret of nobody: 403"
cp "$T/answer" "$T/expected"
ok "has its line" wait_for '[ "$(refused)" -eq 1 ]'
is "$(hints)" "" "without a hint"
sleep 1.1
is "$(send secret.hex)" 403 "that of another source: 403"
ok "the answer is the same bytes" cmp "$T/answer" "$T/expected"
ok "its line has a hint" wait_for '[ "$(hints)" = "the secret of source hex" ]'
sleep 1.1
is "$(send many.57)" 403 "another one"
ok "has the hint for that" wait_for '[ "$(hints | tail -n 1)" = "the secret of source many57" ]'
sleep 1.1
is "$(send secret many57)" 403 "the other way round"
ok "has one, too" wait_for '[ "$(hints | tail -n 1)" = "the secret of source default" ]'
sleep 1.1
is "$(send secret)" 200 "the right one is stored"
is "$(send secret both)" 403 "one that lacks its token"
ok "has a line" wait_for '[ "$(refused)" -eq 5 ]'
is "$(hints | wc -l)" 3 "and no hint: its signature is right"

# ---- at most once a second

before=$(hints | wc -l)
read -r begin _ </proc/uptime
for _ in 1 2 3 4 5 6 7 8 9 10; do send many.3 >/dev/null; done
read -r end _ </proc/uptime
ok "all have a line" wait_for '[ "$(refused)" -eq 15 ]'
ok "and one in a second has a hint" [ $(($(hints | wc -l) - before)) -le \
	$((${end%.*} - ${begin%.*} + 2)) ]
ok "that is, some" [ "$(hints | wc -l)" -gt "$before" ]

# ---- not before the answer

# The shortest times of requests whose signature is looked for and of others: if the
# answer waited, the first kind would take as long as a hundred secrets do.
"$python" - "$port" "$T/body" >"$T/times" <<'EOT'
import http.client, sys, time
port = int(sys.argv[1])
body = b'{"id":"long","x":"' + b"a" * 250000 + b'"}'
def send():
    connection = http.client.HTTPConnection("127.0.0.1", port)
    begin = time.monotonic()
    connection.request("POST", "/atlas", body, {
        "X-MMS-Signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 403, answer.status
    connection.close()
    return time.monotonic() - begin
looked, others = [], []
for _ in range(6):
    time.sleep(1.2)
    looked.append(send())
    time.sleep(0.2)
    others += [send() for _ in range(3)]
print(int(min(looked) * 1e6), int(min(others) * 1e6))
EOT
read -r looked others <"$T/times"
diag "$looked us with a search behind it, $others us without"
ok "no answer waits for a hint" [ "$looked" -lt $((others + 8000)) ]

# ---- CGI: each run is a process of its own

# shellcheck disable=SC2046 # words
env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST REMOTE_ADDR=127.0.0.1 \
    "CONTENT_LENGTH=$(wc -c <"$T/body")" HTTP_X_MMS_EVENT=alert.open \
    "HTTP_X_MMS_SIGNATURE=$(sign "$T/body" "$installation/secret.hex")" \
    $(as "$owner") "$program" -c "$conf" <"$T/body" >"$T/cgi.answer" 2>"$T/cgi.log"
like "$(cat "$T/cgi.answer")" '^Status: 403' "CGI: 403"
like "$(cat "$T/cgi.log")" 'hint="the secret of source hex"' "and the hint"

no_leaks "no log has a secret or a signature" "$T"/*.log "$logs"/*
done_testing
