#!/bin/sh
# SPDX-License-Identifier: ISC
# Peers at the FastCGI socket that stall, trickle, crash a worker or leave: the
# next good request is served in time.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"

# Peers are as many as workers; with LONG, 64.
peers=3 malformed=2000 aborts=500
# One input in some hundreds ends libfcgi's process, and the supervisor takes its
# time with the next: that bounds how many can be tried.
[ -z "${LONG:-}" ] || peers=64 malformed=100000 aborts=10000

front_prepare nginx "workers = $peers
request_timeout = 2s"
front_responder

peer() { "$python" "$srcdir/tests/web/peer.py" "$socket" "$installation" "$@" 2>&1; }

# in_time WHAT NAME: the good request after as many bad peers as workers, within
# request_timeout + 1 s
in_time() {
	answer=$(peer "$1" "$peers")
	diag "$answer s"
	ok "$2" [ "$(echo "$answer" | awk '{ print $1 == 200 && $2 < 3 }')" = 1 ]
}

in_time idle "as many peers as workers that never send"
in_time params "as many that stall in PARAMS"
in_time unended "as many that never end them"
in_time stdin "as many that stall in STDIN"
in_time trickle "as many that send a byte now and then"
in_time deaf "as many that never read"
like "$(peer good)" '^200 0\.[0-4]' "without them it is a matter of moments"
is "$(spool_count "$installation/spool" new/)" $((peers + 7)) \
    "a record for each whole request, and no other"

# of each kind of bad peers: none that never said what it wants, all of the others
requests() { grep -c event=request "$T/responder.log"; }
wait_for '[ "$(requests)" -ge $((3 * peers + 7)) ]'
is "$(requests)" $((3 * peers + 7)) "no request is made of parameters that are not whole"

like "$(peer crash)" '^200' "workers that died are replaced"
ok "by as many" wait_for \
    '[ "$(cat "/proc/$(pid_of responder)/task"/*/children | wc -w)" -eq "$peers" ]'

like "$(peer malformed $malformed)" '^200 ' "$malformed malformed inputs, then a good one"
like "$(peer abort $aborts)" '^200 ' "$aborts aborts in the middle, then a good one"
unlike "$(grep -a 'SUMMARY: ' "$T/responder.log")" 'src/(lib|responder)/' \
    "no sanitizer has found anything in our code"

is "$(peer term "$(pid_of responder)")" 200 "SIGTERM: the request in hand is finished"
ok "then the responder ends" wait_for '! alive "$(pid_of responder)"' 5
stop responder
is $? 0 "with 0"
ok "its socket is gone, or refuses" eval '! listens "$socket"'
is "$(spool_files "$installation/spool" | grep -c '/\.')" 0 "no stray files"
valid_spool "every record fits the schema" "$installation/spool"
no_leaks "no log has a secret or a signature" "$T/responder.log"
done_testing
