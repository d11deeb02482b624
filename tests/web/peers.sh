#!/bin/sh
# SPDX-License-Identifier: ISC
# Peers at the FastCGI socket that stall, trickle or stay, as many as there are
# workers, and a supervisor that is told to end: the next good request is served in
# time. tests/web/hostile.sh has what is malformed.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"

peers=64
front_prepare nginx "workers = $peers
request_timeout = 2s"
front_responder

peer() { "$python" "$srcdir/tests/web/peer.py" "$socket" "$installation" "$@" 2>&1; }
records() { spool_count "$installation/spool" new/; }

# in_time WHAT NAME: the good request after as many bad peers as workers, within
# request_timeout + 1 s
in_time() {
	answer=$(peer "$1" "$peers")
	diag "$answer s"
	ok "$2" [ "$(echo "$answer" | awk '{ print $1 == 200 && $2 < 3 }')" = 1 ]
}

in_time idle "as many peers as workers that never send"
in_time byte "as many that stall behind the first byte"
in_time params "as many that stall in PARAMS"
in_time unended "as many that never end them"
in_time stdin "as many that stall in STDIN"
in_time trickle "as many that send a byte now and then"
in_time deaf "as many that never read"
in_time kept "as many that idle after the reply"
like "$(peer good)" '^200 0\.' "without them it is a matter of moments"
is "$(records)" $((2 * peers + 9)) "a record for each whole request, and no other"

# of each kind of bad peers: none that never said what it wants, all of the others
requests() { grep -c event=request "$T/responder.log"; }
wait_for '[ "$(requests)" -ge $((4 * peers + 9)) ]'
is "$(requests)" $((4 * peers + 9)) "no request is made of parameters that are not whole"
is "$(grep -c event=worker-died "$T/responder.log")" 0 "no worker died of it"

is "$(peer term "$(pid_of responder)")" 200 "SIGTERM: the request in hand is finished"
ok "then the responder ends" wait_for '! alive "$(pid_of responder)"' 5
stop responder
is $? 0 "with 0"
ok "its socket is gone, or refuses" eval '! listens "$socket"'
is "$(spool_files "$installation/spool" | grep -c '/\.')" 0 "no stray files"
valid_spool "every record fits the schema" "$installation/spool"
no_leaks "no log has a secret or a signature" "$T/responder.log"
done_testing
