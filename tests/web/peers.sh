#!/bin/sh
# SPDX-License-Identifier: ISC
# Peers at the FastCGI socket that stall, trickle or stay, three times as many as
# workers: the next good request is served in time. Everything that the specification
# allows is answered. SIGTERM ends the supervisor. tests/web/hostile.sh has malformed
# input.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"

peers=64
front_prepare nginx "workers = $peers
request_timeout = 2s"
front_responder

peer() { "$python" "$srcdir/tests/web/peer.py" "$socket" "$installation" "$@" 2>&1; }
records() { spool_count "$installation/spool" new/; }

# in_time WHAT NAME: after three times as many bad peers as workers, a good request is
# answered in less than request_timeout: the bad peers keep no worker busy
in_time() {
	answer=$(peer "$1" $((3 * peers)))
	diag "$answer s"
	ok "$2" [ "$(echo "$answer" | awk '{ print ($1 == 200 && $2 < 3) }')" = 1 ]
}

in_time idle "peers that never send"
in_time byte "peers that stall behind the first byte"
in_time params "peers that stall in PARAMS"
in_time unended "peers that never end them"
in_time stdin "peers that stall in STDIN"
in_time trickle "peers that send a byte now and then"
in_time deaf "peers that never read"
in_time kept "peers that idle after the reply"
in_time large "peers with a body that is too large, whose answer they have"
like "$(peer good)" '^200 0\.' "without them it is a matter of moments"
is "$(records)" $((2 * 3 * peers + 10)) "a record for each whole request, and no other"

# The number of requests so far. A peer that never sent a complete request does not count.
requests() {
	"$alertspool" -c "$installation/alertspool.conf" stats --prometheus |
	    awk '/^alertspool_requests_total/ { n += $2 } END { print n }'
}
all=$((5 * 3 * peers + 10))
wait_for '[ "$(requests)" -ge $all ]'
is "$(requests)" $all "no request is made of parameters that are not whole"
is "$(grep -c event=worker-died "$T/responder.log")" 0 "no worker died of it"

# ---- what the specification allows, though no web server sends it

at_once() { # WHAT STATUS NAME
	answer=$(peer "$1")
	diag "$answer s"
	is "$(echo "$answer" | awk '{ print $1, ($2 < 1.5) }')" "$2 1" "$3"
}
at_once noend 200 "no record that ends the body: answered at once"
at_once empty 202 "nor a body: answered at once"
at_once mpx 200 "a second request between: the first is answered"
at_once padded 200 "padding behind each record"
at_once repeated 400 "one parameter in a MB: refused"
at_once huge none "one that announces 1.6 GB: refused"
is "$(peer ask | tr -d '\000-\037')" FCGI_MPXS_CONNS0 "GET_VALUES alone is answered"
is "$(records)" $((2 * 3 * peers + 13)) "and a record for each that is good"
memory=$(for worker in $(workers); do
	awk '/^VmHWM:/ { print $2 }' "/proc/$worker/status"
done | sort -n | tail -n 1)
# ASan takes more by itself.
if ! grep -qa __asan_init "$program"; then
	ok "no worker took more than 64 MiB: $memory KiB" [ "$memory" -lt 65536 ]
fi

is "$(peer term "$(pid_of responder)")" 200 "SIGTERM: the request in hand is finished"
ok "then the responder ends" wait_for '! alive "$(pid_of responder)"' 5
stop responder
is $? 0 "with 0"
ok "its socket is gone, or refuses" eval '! listens "$socket"'
is "$(spool_files "$installation/spool" | grep -c '/\.')" 0 "no stray files"
valid_spool "every record fits the schema" "$installation/spool"
no_leaks "no log has a secret or a signature" "$T/responder.log"
done_testing
