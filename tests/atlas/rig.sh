# SPDX-License-Identifier: ISC
# rig.sh: shared by the tests of "alertspool atlas". Source it after lib.sh and run.sh.
# It has a stand-in for the Admin API (mock.py) with TLS, an installation, and both
# kinds of keys. Keys and tokens are secrets, like those of make_secret.

grep -q '^#define HAVE_CURL 1' "$builddir/config.h" 2>/dev/null || skip_all "built without libcurl"
command -v openssl >/dev/null || skip_all "no openssl"

run_keeps=$T/said # looked through for secrets at the end
project=5f1e2d3c4b5a69788796a5b4
A=$T/api
mkdir "$A"

# certificate FILE NAME: a key and a certificate of that name, signed by itself
certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	    -subj /CN=test -addext "subjectAltName=$2" -keyout "$1.key" -out "$1.crt" \
	    2>"$T/openssl" || bail "openssl: $(cat "$T/openssl")"
	cat "$1.key" "$1.crt" >"$1.pem"
}

# make_key NAME ID KIND ROLE [PROJECT…]: a random key, as file $T/i/NAME.key, and known
# to the API
make_key() {
	key_file=$T/i/$1.key
	make_secret "$key_file"
	(umask 077 && printf '%s:%s\n' "$2" "$secret" >"$key_file")
	key_id=$2 key_kind=$3
	shift 3
	printf '%s %s:%s %s\n' "$key_kind" "$key_id" "$secret" "$*" >>"$A/keys"
}

# world FILTER…: change the world by jq
world() {
	jq "$@" "$A/world.json" >"$A/world.new" && mv "$A/world.new" "$A/world.json"
}

# orders JSON: what the API does wrong from now on
orders() {
	printf '%s\n' "$1" >"$A/orders.new" && mv "$A/orders.new" "$A/orders.json"
}

# start_api [CERTIFICATE]
start_api() {
	rm -f "$A/port"
	start api "$python" "$srcdir/tests/atlas/mock.py" "$A" "$@"
	wait_for '[ -s "$A/port" ]' 20 || bail "no stand-in: $(cat "$T/api.log")"
	port=$(cat "$A/port")
}

# settings SECTION-LINES…: a section [atlas shop] with these lines besides its project,
# url and ca_file
settings() {
	sed '/^\[atlas/,$d' "$conf" >"$conf.new"
	{
		printf '[atlas shop]\nproject = %s\n' "$project"
		printf 'url = https://127.0.0.1:%s\nca_file = %s\n' "$port" "$T/api.crt"
		printf '%s\n' "$@"
	} >>"$conf.new"
	mv "$conf.new" "$conf"
}

# asked PATTERN: how many requests fit
asked() { grep -Ec -- "$1" "$A/requests"; }

# states: each alert as "alertspool alerts" shows it: ID STATE
states() {
	"$alertspool" -c "$conf" alerts --json "$@" | jq -r '"\(.alert) \(.state)"' | sort
}

# Tokens are secrets, too; call it before done_testing.
tokens_are_secret() {
	[ -f "$A/tokens" ] || return 0
	while read -r token; do
		forms_of "$token" >>"$T/secrets"
		canary "$token"
	done <"$A/tokens"
	holds_secret "$A/tokens"
}

make_installation "$T/i"
conf=$T/i/alertspool.conf
spool=$T/i/spool
atlas() { "$alertspool" -c "$conf" atlas "$@"; }
holds_secret "$A/keys"
make_key reader public-reader digest read
make_key manager public-manager digest manage
make_key account mdb_sa_id_5f1e2d3c4b5a69788796a5b4 account manage
certificate "$T/api" IP:127.0.0.1
"$python" "$srcdir/tests/atlas/world.py" OPEN=3 >"$A/world.json"
start_api "$T/api.pem"
settings "key_file = reader.key"
