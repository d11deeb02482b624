#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool forward and access: users, tokens, nkeys, credentials with a JWT,
# permissions, TLS. No secret appears anywhere.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/forward/nats.sh"

one_receiver
umask 077

n=0
one() { # a new record: $id
	n=$((n + 1))
	make_alert "5d1b6f8e8c2e4e2d3c4a$(printf %04d $n)" >"$T/body"
	id=$(store "$conf" "$T/body")
}
arrives() { # NAME OPTION…: a record is forwarded so
	arrives_name=$1
	shift
	one
	run 0 "$arrives_name" forward "$conf" --create-stream 1 "$@"
	[ -e "$spool/done/$id" ] || fail "$arrives_name: done" "it is not"
	cat "$T/err" >>"$T/all.log"
}
refused() { # CODE NAME OPTION…: nothing is
	refused_code=$1
	refused_name=$2
	shift 2
	run "$refused_code" "$refused_name" forward "$conf" "$@"
	ok "$refused_name: the record stays" [ -e "$spool/new/$id" ]
	cat "$T/err" >>"$T/all.log"
}

# with_config TEXT: a server with these settings
with_config() {
	stop nats KILL >/dev/null 2>&1
	printf '%s\n' "$1" >"$T/nats.conf"
	start_nats nats "$port" -c "$T/nats.conf"
}

# ---- user and password, token

canary 'pass-word-38'
canary 'tok-en-4711'
canary 'wrong-word-99'
with_config 'authorization { users: [
	{ user: all, password: "pass-word-38" }
	{ user: few, password: "pass-word-38", permissions: {
		publish: { allow: ["$JS.API.>", "atlas.alerts.*.open"] } } }
	{ user: alone, password: "pass-word-38", permissions: {
		subscribe: { allow: ["inbox.alone.>"] } } }
] }'
printf 'NATS_USER=all\nNATS_PASSWORD="pass-word-38"\n' >"$T/auth"
printf '# few\nNATS_USER=few\nNATS_PASSWORD=pass-word-38\n' >"$T/few"
printf 'NATS_USER=alone\nNATS_PASSWORD=pass-word-38\n' >"$T/alone"
printf 'NATS_USER=all\nNATS_PASSWORD=wrong-word-99\n' >"$T/wrong"
arrives "a user and a password" --auth "$T/auth" "$url"
one
refused 77 "a wrong password" --auth "$T/wrong" "$url"
like "$(err)" 'Authorization Violation' "a wrong password: the message"
refused 77 "no user" "$url"
refused 77 "a wrong password with --follow" --follow --auth "$T/wrong" "$url"

# ---- inboxes

before=$(date +%s)
refused 77 "an inbox that is not permitted" --auth "$T/alone" "$url"
ok "the error comes at once" [ $(($(date +%s) - before)) -lt 4 ]
like "$(err)" 'may not subscribe to _INBOX\.[^ ]*, where answers would come; .*--inbox-prefix' \
	"with its name, and what to do"
run 78 "check --nats, likewise" "$alertspool" -c "$conf" check --nats "$url" --auth "$T/alone"
like "$(out)" 'may not subscribe to _INBOX\.' "names it"
refused 64 "a wrong prefix" --auth "$T/alone" --inbox-prefix 'inbox.>' "$url"
arrives "an inbox that is" --auth "$T/alone" --inbox-prefix inbox.alone "$url"
forward "$conf" --auth "$T/auth" "$url"

# ---- check --nats: the same, without publishing

run 0 "check finds nothing wrong" "$alertspool" -c "$conf" check --nats "$url" --auth "$T/auth"
like "$(out)" 'nats: .*stream ATLAS_ALERTS takes atlas.alerts' "check finds nothing wrong: the output"
seen() { nats_user all '$JS.API.STREAM.INFO.ATLAS_ALERTS' | grep -o '"messages": [0-9]*'; }
nats_user() { NATS_USER=$1 NATS_PASSWORD=pass-word-38 nats api "$port" "$2"; }
before=$(seen)
run 78 "check, a wrong password" "$alertspool" -c "$conf" check --nats "$url" --auth "$T/wrong"
like "$(out)" 'Authorization' "check, a wrong password: the output"
run 78 "check, no such stream" "$alertspool" -c "$conf" check --nats "$url" --auth "$T/auth" --stream none
like "$(out)" 'stream not found' "check, no such stream: the output"
run 78 "check, another subject" "$alertspool" -c "$conf" check --nats "$url" --auth "$T/auth" \
	--subject 'other.{event}'
like "$(out)" 'does not take other' "check, another subject: the output"
run 78 "check, no server" "$alertspool" -c "$conf" check --nats "nats://127.0.0.1:1"
run 78 "check, no TLS there" "$alertspool" -c "$conf" check --nats "tls://${url#nats://}" --auth "$T/auth"
like "$(out)" 'tls:// and --tls-ca must fit the server' "says what must fit"
run 64 "check, a password in the URL" "$alertspool" -c "$conf" check --nats nats://u:p@127.0.0.1
is "$(seen)" "$before" "nothing was published"

# ---- JetStream behind a leaf node

leaf_port=$(free_port) listen_port=$(free_port)
printf 'jetstream { domain: hub }\nleafnodes { listen: "127.0.0.1:%s" }\n' "$listen_port" >"$T/hub.conf"
start_nats hub "$(free_port)" -c "$T/hub.conf"
printf 'jetstream { domain: leaf }\nleafnodes { remotes: [ { url: "nats-leaf://127.0.0.1:%s" } ] }\n' \
	"$listen_port" >"$T/leaf.conf"
start_nats leaf "$leaf_port" -c "$T/leaf.conf"
leaf=nats://127.0.0.1:$leaf_port
wait_for 'grep -q "Leafnode connection created" "$T/leaf.log"' || bail "no leaf node"
arrives "through a leaf node, with --domain" --domain hub "$leaf"
run 0 "check --nats --domain" "$alertspool" -c "$conf" check --nats "$leaf" --domain hub
run 78 "check --nats without it: another JetStream" "$alertspool" -c "$conf" check --nats "$leaf"
like "$(out)" 'stream not found' "has no such stream"
one
refused 64 "a wrong domain" --domain 'a.b' "$leaf"
rm "$spool/new/$id"
stop leaf
stop hub

# ---- a subject that is not permitted: dead, with the reason

one
open=$id
make_alert 5d1b6f8e8c2e4e2d3c4a9999 CLOSED >"$T/body"
closed=$(store "$conf" "$T/body" alert.close)
run 0 "a record whose subject is not permitted" forward "$conf" --auth "$T/few" "$url"
is "$(ls "$spool/dead")" "$closed" "is dead, and only that"
ok "the permitted one is done" [ -e "$spool/done/$open" ]
like "$(cat "$spool/history/$closed")" \
	'"bury","why":"the broker says: .*[Pp]ermissions? [Vv]iolation.*atlas.alerts.*close' \
	"with the reason"
run 0 "requeued" "$alertspool" -c "$conf" requeue "$closed"
run 0 "and by somebody who may: forwarded" forward "$conf" --auth "$T/auth" "$url"

with_config 'authorization { token: "tok-en-4711" }'
printf 'NATS_TOKEN=tok-en-4711\n' >"$T/token"
arrives "a token" --auth "$T/token" "$url"

# ---- nkeys, made with openssl

# "SEED PUBLIC" of a new key; kind is U, A or O
nkey() {
	openssl genpkey -algorithm ed25519 -outform DER -out "$T/$1.der" &&
		openssl pkey -inform DER -in "$T/$1.der" -pubout -outform DER \
			-out "$T/$1.pub" &&
		"$python" "$srcdir/tests/forward/nkey.py" key "$1" "$T/$1.der" "$T/$1.pub"
}
nkey U >"$T/user" || bail "no nkey"
sed -n 1p "$T/user" >>"$T/canaries"
with_config "authorization { users: [ { nkey: $(sed -n 2p "$T/user") } ] }"
arrives "an nkey" --nkey "$T/user" "$url"
nkey U >"$T/other"
sed -n 1p "$T/other" >>"$T/canaries"
one
refused 77 "another nkey" --nkey "$T/other" "$url"
sed 2d "$T/user" >"$T/half"
refused 78 "an nkey without its public key" --nkey "$T/half" "$url"

# ---- credentials: an operator, an account, a user

nkey O >"$T/operator"
cp "$T/O.der" "$T/operator.der"
nkey A >"$T/system"
nkey A >"$T/account"
"$python" "$srcdir/tests/forward/nkey.py" creds "$T" >"$T/jwt.conf" || bail "no JWT"
grep -h '^SU' "$T/creds" >>"$T/canaries"
stop nats KILL >/dev/null 2>&1
rm -rf "$T/nats.store"
with_config "$(cat "$T/jwt.conf")"
arrives "credentials" --creds "$T/creds" "$url"
one
refused 77 "no credentials" "$url"

# ---- TLS

# make_ca NAME; make_certificate CA HOST
make_ca() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		-keyout "$T/$1.key" -out "$T/$1.pem" -subj "/CN=$1" 2>/dev/null
}
make_certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$T/server.key" -out "$T/server.csr" -subj "/CN=server" 2>/dev/null
	printf 'subjectAltName=%s\n' "$2" >"$T/san"
	openssl x509 -req -in "$T/server.csr" -CA "$T/$1.pem" -CAkey "$T/$1.key" \
		-CAcreateserial -days 2 -extfile "$T/san" -out "$T/server.pem" 2>/dev/null
}
make_ca right && make_ca wrong && make_certificate right IP:127.0.0.1 || bail "no certificate"
tls="tls { cert_file: \"$T/server.pem\", key_file: \"$T/server.key\" }"
with_config "$tls"
arrives "TLS with the right CA" --tls-ca "$T/right.pem" "tls://127.0.0.1:$port"
one
refused 69 "TLS with a wrong CA" --tls-ca "$T/wrong.pem" "tls://127.0.0.1:$port"
refused 69 "TLS with the system's CAs" "tls://127.0.0.1:$port"
refused 69 "no TLS where it is required" "$url"
arrives "TLS asked for by --tls-ca alone" --tls-ca "$T/right.pem" "$url"
make_certificate right DNS:elsewhere.example
with_config "$tls"
one
refused 69 "a certificate of another host" --tls-ca "$T/right.pem" "tls://127.0.0.1:$port"
with_config 'max_payload: 1MB'
refused 69 "TLS with a server that has none" --tls-ca "$T/right.pem" "tls://127.0.0.1:$port"

no_leaks "no secret is in a message or in the spool" "$T/all.log" \
	"$spool"/history/* "$spool"/done/*

done_testing
