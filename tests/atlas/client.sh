#!/bin/sh
# SPDX-License-Identifier: ISC
# How every "alertspool atlas" verb handles the Admin API: keys, tokens, the access
# list, pages, rate limits, malformed answers, certificates.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/atlas/rig.sh"

# said NAME REGEX: standard error matches, without a secret
said() { like "$(err)" "$2" "$1"; }
map() { atlas severity; }
lines() { grep -c ' = ' "$T/out"; }

# ---- who asks ----------------------------------------------------------------

run 0 "an API key, by Digest" map
is "$(lines)" 2 "gets both configurations"
settings "key_file = account.key"
: >"$A/requests"
run 0 "a service account" map
is "$(lines) $(asked 'oauth/token 200') $(asked ' 401')" "2 1 0" "gets the same with one token"

world '.token_uses = 1 | .page = 1'
: >"$A/requests"
run 0 "a token that expires in the middle" map
is "$(lines)" 2 "all pages were read"
is "$(asked 'oauth/token 200') $(asked ' 401')" "2 1" "with a second token"
world '.token_uses = 0'
run 77 "a token that nobody takes" map
said "the key is wrong, it says" '401, the key is wrong, or that of another organization'
world 'del(.token_uses, .page)'

settings "key_file = reader.key"
world '.nonce_uses = 1 | .page = 1'
run 0 "a nonce for one request each" map
is "$(lines)" 2 "all pages were read with fresh ones"
world 'del(.nonce_uses, .page)'

(umask 077 && echo public-reader:other >"$T/i/wrong.key")
(umask 077 && echo mdb_sa_id_5f1e2d3c4b5a69788796a5b4:other >"$T/i/account-wrong.key")
settings "key_file = wrong.key"
run 77 "a wrong API key" map
said "and what to do" '401, .*make a key of the project.s organization'
settings "key_file = account-wrong.key"
run 77 "a wrong service account" map
said "in the server's words" 'access token: 401.*Client authentication failed'
make_key other public-other digest read 000000000000000000000000
settings "key_file = other.key"
stop api
start_api "$T/api.pem"
settings "key_file = other.key"
run 77 "a key of another organization" map
said "a key of another organization: the message" '401, the key is wrong, or that of another organization.*USER_UNAUTHORIZED'

settings "key_file = reader.key"
world '.access = false'
run 77 "an address that is not on the access list" map
said "names access list and role" 'access list, or its role is too small.*IP address 127'
said "and the fix for both" "add this machine's address to the access list.*Project Read Only"
world 'del(.access)'
make_key norole public-norole digest none
stop api
start_api "$T/api.pem"
settings "key_file = norole.key"
run 77 "a key without a role" map

# ---- key files ------------------------------------------------------------------

settings "key_file = nowhere.key"
run 78 "no key file" map
said "names file and line" 'alertspool.conf:[0-9]*: cannot open .*/nowhere.key'
settings "key_file = open.key"
(umask 022 && echo public:private >"$T/i/open.key")
run 78 "a key file that others can read" map
ln -s reader.key "$T/i/link.key"
settings "key_file = link.key"
run 78 "a key file that is a link" map
settings "key_file = odd.key"
for text in public : public: :private a:b:c 'public:pri vate' 'public:"x"' \
	'public:private\nmore:lines'; do
	(umask 077 && printf '%b\n' "$text" >"$T/i/odd.key")
	run 78 "no key: $text" map
	unlike "$(err)" 'private|pri vate' "and the content of the file is not shown"
done

# ---- pages -----------------------------------------------------------------------

settings "key_file = reader.key"
world '.page = 1'
for count in low high none; do
	world --arg count $count '.count = $count'
	run 0 "totalCount that is $count" map
	is "$(lines)" 2 "both pages were read"
done
world 'del(.page, .count)'
orders '[{"path": "alertConfigs", "do": "status", "status": 200, "times": 0,
	"body": {"links": [{"rel": "next", "href": "x"}], "results": []}}]'
run 0 "an empty page that says there is another" map
is "$(lines)" 0 "is the last one"
orders '[{"path": "alertConfigs", "do": "status", "status": 200, "times": 0,
	"body": {"links": [{"rel": "next"}], "results": [{"id": "64f0c0ffee64f0c0ffee0001"}]}}]'
run 65 "a list without an end" map
said "a list without an end: the message" 'the list does not end'

# ---- limits -------------------------------------------------------------------------

orders '[{"do": "status", "status": 429, "headers": {"Retry-After": "1"}, "times": 2}]'
: >"$A/requests"
run 0 "429 twice, with Retry-After: 1" map
is "$(asked ' 429') $(lines)" "2 2" "is asked a third time"
orders '[{"do": "status", "status": 503, "headers": {"Retry-After": "1"}, "times": 0}]'
: >"$A/requests"
run 75 "503 for ever" map
is "$(asked ' 503')" 4 "after three further attempts"
orders '[{"do": "status", "status": 429, "headers": {"Retry-After": "121"}, "times": 0}]'
: >"$A/requests"
run 75 "Retry-After that is longer than we wait" map
is "$(asked ' 429')" 1 "is not waited for"
said "in the server's words" '429, too many requests: as ordered'
orders '[{"do": "status", "status": 429, "times": 1}]'
before=$(date +%s)
run 0 "429 without Retry-After" map
ok "was waited for ten seconds" [ $(($(date +%s) - before)) -ge 10 ]
if [ -n "${LONG:-}" ]; then
	orders '[{"do": "status", "status": 503, "times": 0}]'
	: >"$A/requests"
	before=$(date +%s)
	run 75 "503 for ever without Retry-After" map
	is "$(asked ' 503')" 4 "was asked four times"
	ok "10, 20 and 40 seconds apart" [ $(($(date +%s) - before)) -ge 70 ]
fi

# ---- malformed answers ----------------------------------------------------------------

for order in cut cut-chunk drop; do
	orders "[{\"path\": \"alertConfigs\", \"do\": \"$order\", \"times\": 0}]"
	run 75 "an answer that is $order" map
	is "$(out)" "" "prints nothing"
	said "an answer that is $order: the message" 'alertConfigs.*no answer'
done
orders '[{"path": "alertConfigs", "do": "size", "size": 16777216, "times": 0}]'
run 0 "an answer of 16 MiB" map
orders '[{"path": "alertConfigs", "do": "size", "size": 16777217, "times": 0}]'
run 65 "one byte more" map
said "one byte more: the message" 'the answer has over 16777216 bytes'
for body in '"<html>login</html>"' '"{\"results\": [}"' '[]' '{"results": {}}' '{}' \
	'{"results": [1]}' '{"results": [{"id": "x"}]}' '{"results": [{"id": 7}]}' '""' \
	'{"results": [{"id": "64f0c0ffee64f0c0ffee0001\\n[spool]"}]}' \
	'{"results": [{"id": "64f0c0ffee64f0c0ffee0001", "severityOverride": "HIGH"}]}'; do
	orders "[{\"path\": \"alertConfigs\", \"do\": \"status\", \"status\": 200, \"times\": 0, \"body\": $body}]"
	run 65 "no list: $body" map
	is "$(out)" "" "prints nothing"
done
orders '[{"do": "status", "status": 200, "body": {"token": 1}, "times": 0}]'
settings "key_file = account.key"
run 65 "no token in the answer" map
orders '[{"path": "oauth", "do": "status", "status": 200, "times": 0,
	"body": {"access_token": "a\r\nX-Evil: 1"}}]'
run 65 "a token that would be a header" map
settings "key_file = reader.key"
orders "[{\"path\": \"alertConfigs\", \"do\": \"redirect\", \"to\": \"https://127.0.0.1:$port/elsewhere\", \"times\": 0}]"
: >"$A/requests"
run 65 "a redirect" map
is "$(asked elsewhere)" 0 "is not followed"
said "a redirect: the message" '302, a redirect, which is not followed'
orders '[{"path": "alertConfigs", "do": "status", "status": 400, "times": 0,
	"body": {"error": 400, "errorCode": "BAD", "detail": "\u001b[2J no \u202e way", "reason": "x"}}]'
run 65 "400 with words that steer a terminal" map
said "shows them harmless" '400, .*BAD: \\u\{1b\}\[2J no \\u\{202e\} way'
orders '[{"path": "alertConfigs", "do": "status", "status": 404, "times": 0, "body": {}}]'
run 66 "404" map
if [ -n "${LONG:-}" ]; then
	orders '[{"path": "alertConfigs", "do": "slow", "times": 0}]'
	before=$(date +%s)
	run 75 "a byte a second" map
	ok "ends after 30 seconds" [ $(($(date +%s) - before)) -lt 45 ]
fi
orders '[]'

# ---- TLS and addresses ------------------------------------------------------------------

certificate "$T/stranger" IP:127.0.0.1
certificate "$T/misnamed" DNS:other.example
settings "key_file = reader.key"
sed -i 's,^ca_file.*,ca_file = /etc/ssl/certs/ca-certificates.crt,' "$conf"
: >"$A/requests"
run 74 "a certificate that nobody has signed" map
is "$(asked .)" 0 "nothing was asked"
settings "key_file = reader.key"
sed -i "s,^ca_file.*,ca_file = $T/stranger.crt," "$conf"
run 74 "a certificate of somebody else" map
stop api
start_api "$T/misnamed.pem"
settings "key_file = reader.key"
sed -i "s,^ca_file.*,ca_file = $T/misnamed.crt," "$conf"
run 74 "a certificate for another name" map
stop api
run 75 "nobody there" map
start_api
settings "key_file = reader.key"
sed -i "s,^url.*,url = http://127.0.0.1:$port/," "$conf"
run 0 "http on loopback" map
http_proxy=http://127.0.0.1:1 run 0 "which no proxy sees" map
is "$(lines)" 2 "and the same is read"
settings "key_file = reader.key"
https_proxy=http://127.0.0.1:1 run 75 "https goes by the proxy of the environment" map

# ---- what becomes of the secrets ----------------------------------------------------------

orders '[{"path": "alertConfigs", "do": "slow", "times": 1}]'
stop api
start_api "$T/api.pem"
settings "key_file = account.key"
start slow "$alertspool" -c "$conf" atlas severity
wait_for '[ "$(asked "alertConfigs.*200")" -gt 0 ]' || bail "nothing was asked"
tokens_are_secret
leaking_processes >>"$T/leaking"
run 0 "another run meanwhile" map
stop slow KILL
tokens_are_secret
cat "$T/slow.log" >>"$T/said"
no_leaks "neither key nor token is in what was said" "$T/said" "$T/out" "$T/err"
done_testing
