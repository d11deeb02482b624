#!/bin/sh
# SPDX-License-Identifier: ISC
# Every allocation of a CGI run fails, one at a time: our own, Jansson's, libgcrypt's
# and libc's, for an alert, and, all of them with LONG set, otherwise a third, for a large
# one and for a body that is not one. There is never a 2xx without a record, and a record
# without a 2xx only if there was no memory for the answer. Our code never crashes and
# leaves nothing behind. The command line prints the same as ever, or a reason, with its
# exit code, and the record is in one state.
#
# Not our fault: libgcrypt ends the process if it gets no memory at its start. There is
# no answer then, and no record. libnats and libcurl sometimes crash.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
preload no_memory
make_installation "$T/i"
spool=$T/i/spool

# cgi FAIL-AT BODY: the status; $code is the exit status
cgi() {
	env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST REMOTE_ADDR=127.0.0.1 \
	    "CONTENT_LENGTH=$(wc -c <"$2")" HTTP_X_MMS_EVENT=alert.open \
	    "HTTP_X_MMS_SIGNATURE=$signature" FAIL_AT="$1" LD_PRELOAD="$T/no_memory.so" \
	    "$responder" -c "$T/i/alertspool.conf" <"$2" >"$T/out" 2>"$T/err"
	code=$?
	status=$(sed -n 's/^Status: \([0-9]*\).*/\1/p' "$T/out")
}

# judge N: what is wrong with this run
judge() {
	records=$(spool_count "$spool")
	# libgpg-error of Debian 13 reports it and exits with 2.
	if [ $code -ge 128 ] || grep -q 'out of core in gpgrt_' "$T/err"; then
		if grep -q 'failed for .*lib\(gcrypt\|gpg-error\)\|in libgcrypt\|out of core in gpgrt_' "$T/err"; then
			theirs=$((theirs + 1))
		else
			echo "$1: died: $code: $(tail -n 1 "$T/err")"
		fi
		[ -z "$status" ] && [ "$records" -eq 0 ] ||
			echo "$1: died, answered '$status', $(spool_files "$spool")"
		return
	fi
	case $status in
	200 | 202) [ "$records" -eq 1 ] || echo "$1: $status, $records records" ;;
	503)
		[ "$records" -eq 0 ] || echo "$1: 503, $(spool_files "$spool")"
		grep -q level=error "$T/err" || echo "$1: 503, and no line in the log"
		;;
	*) grep -q 'answer=undelivered' "$T/err" ||
		echo "$1: answered '$status', exit $code: $(tail -n 1 "$T/err")" ;;
	esac
}

make_alert 5d1b6f8e8c2e4e2d3c4a5b6c >"$T/alert"
# More JSON than fits into the first block, so that there are more allocations.
filler=$(head -c 16200 /dev/zero | tr '\0' x)
sed "s/^{/{\"filler\":\"$filler\",/" "$T/alert" >"$T/large"
echo "no JSON object" >"$T/quarantine"
for body in alert large quarantine; do
	signature=$(sign "$T/$body" "$T/i/secret")
	every=$(length 3 1)
	[ "$body" != alert ] || every=1
	n=0
	theirs=0
	: >"$T/wrong"
	while n=$((n + every)); cgi $n "$T/$body"; grep -q '^no_memory: failed' "$T/err"; do
		judge $n >>"$T/wrong"
		find "$spool" -type f ! -name lock ! -name metrics -delete
	done
	is "$(cat "$T/wrong")" "" "$body: $(((n - 1) / every)) allocations failed in turn, $theirs ended a library"
	like "$n" '^[0-9]{2,}$' "$body: there were some"
	like "$status" '^20[02]$' "$body: stored when none fails"
	find "$spool" -type f ! -name lock ! -name metrics -delete
done

# ---- the command line

# each VERB STEP [OPTION…]: every Nth allocation of it
each() {
	each_verb=$1
	each_step=$2
	shift 2
	"$python" "$srcdir/tests/crash/inject.py" --every="$each_step" \
	    --memory="$T/no_memory.so" "$@" "$builddir" "$T/$each_verb" "$each_verb" \
	    >"$T/out" 2>&1
	code=$?
	is $code 0 "$each_verb: $(tail -n 1 "$T/out")"
	[ $code -eq 0 ] || diag_file "$T/out"
}

# step N [M]: test every Nth allocation; with LONG set each one, or every Mth where there
# are many and each takes a second
step() { if [ -n "${LONG:-}" ]; then echo "${2:-1}"; else echo "$1"; fi; }

verbs="duplicate-done claim run requeue-bad"
[ -z "${LONG:-}" ] ||
    verbs="duplicate-done claim ack release bury requeue requeue-bad run list list-json show
	stats report verify sign send clean init test"
for verb in $verbs; do each "$verb" "$(step 3)"; done
each check "$(step 23)"

# ---- through the front door

if "$alertspool" help --tables | grep -q '^command	send	'; then
	mkdir "$T/requests"
	start front "$python" "$srcdir/tests/cli/front.py" "$T/port" "$T/requests" \
	    --cgi "$responder" -c "$T/check-url/alertspool.conf"
	wait_for '[ -s "$T/port" ]' 60 || bail "no server"
	each check-url "$(step 101 5)" "--front=http://127.0.0.1:$(cat "$T/port")/"
else
	skip "check-url" "built without libcurl"
fi

# ---- to a broker

if ! grep -q '^#define HAVE_NATS 1' "$builddir/config.h"; then
	skip "forward" "built without libnats"
elif ! command -v nats-server >/dev/null; then
	skip "forward" "nats-server is not installed"
else
	port=$(free_port)
	start nats nats-server -a 127.0.0.1 -p "$port" -js -sd "$T/nats.store"
	wait_for 'listens "$port"' 60 || bail "nats-server does not listen"
	each forward "$(step 61 7)" "--broker=nats://127.0.0.1:$port"
	[ -z "${LONG:-}" ] || each check-nats 7 "--broker=nats://127.0.0.1:$port"
fi
done_testing
