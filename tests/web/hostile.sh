#!/bin/sh
# SPDX-License-Identifier: ISC
# FastCGI input that no web server sends, from somebody who got to the socket: the
# two records that would end a process of libfcgi's, malformed input at random, and
# peers that leave at any byte. No worker dies; nothing that was answered is lost, and
# nothing half is kept.
#
# A campaign is LONG=yes in a build with sanitizers.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"

workers=16 malformed=20000 aborts=2000
grep -qa __asan_init "$responder" || malformed=5000
[ -z "${LONG:-}" ] || malformed=1000000 aborts=10000

# An allocation of gigabytes must fail as it does without ASan. ASan's leak checker does
# not work in the sandbox.
export ASAN_OPTIONS="allocator_may_return_null=1:detect_leaks=0"
front_prepare nginx "workers = $workers
request_timeout = 5s"
mkdir -m 1777 "$T/cores"
cd "$T/cores" || bail "cd"
# shellcheck disable=SC3045 # dash, bash and ksh have it
ulimit -c unlimited 2>/dev/null
front_responder
log=$T/responder.log
spool=$installation/spool

peer() { "$python" "$srcdir/tests/web/peer.py" "$socket" "$installation" "$@" 2>&1; }
hostile() { "$python" "$srcdir/tests/web/hostile.py" "$socket" "$installation" "$@" 2>&1; }
list_workers() { workers | tr ' ' '\n' | sort; }
records() { spool_count "$spool" new/; }
deaths() { grep -c event=worker-died "$log"; }

# ---- the two records

in_hand=$((workers - 1))
for record in values lengths; do
	all_workers "$workers"
	list_workers >"$T/before"
	records=$(records) deaths=$(deaths)
	peer $record $in_hand >"$T/answers"
	is "$(head -n 1 "$T/answers" | tr ' ' '\n' | sort | uniq -c | xargs)" "$in_hand 200" \
	    "$record: requests in hand elsewhere are answered"
	like "$(tail -n 1 "$T/answers")" '^200 ' "$record: and so is the next"
	is "$(records)" $((records + workers)) "$record: and all of them are records"
	list_workers >"$T/after"
	is "$(comm -12 "$T/before" "$T/after" | grep -c .) $(($(deaths) - deaths))" \
	    "$workers 0" "$record: no worker died"
done

# ---- at random

records=$(records)
begin=$(date +%s)
ok "$malformed malformed inputs, each comes to an end" hostile malformed 1 "$malformed"
answers=$(tail -n 1 "$T/ok.out")
diag "$answers; $(deaths) workers died in $(($(date +%s) - begin)) s"
like "$(peer good)" '^200 ' "then a good one is served"
stored=$(echo "$answers" | sed -n 's/.* \([0-9]*\) 200.*/\1/p')
ok "every input that was answered 200 is a record" \
    [ "$(records)" -gt $((records + ${stored:-0})) ]
all_workers "$workers"
is "$(deaths)" 0 "no worker died"
grep -E 'runtime error|ERROR: [A-Za-z]*Sanitizer' "$log" >"$T/findings"
is "$(cat "$T/findings")" "" "no sanitizer has found anything"

# ---- peers that leave

# A body that is whole is kept, though nobody waits for the answer.
records=$(records)
ok "$aborts peers that leave at some byte" hostile abort $((malformed + 1)) "$aborts"
diag "$(tail -n 1 "$T/ok.out")"
whole=$(sed -n 's/.* \([0-9]*\) left behind the body.*/\1/p' "$T/ok.out")
like "$(peer good)" '^200 ' "then a good request is served"
stop responder
is $? 0 "SIGTERM: the responder ends with 0"
is "$(records)" $((records + ${whole:-0} + 1)) \
    "and a record for each that had sent its whole body, none for the others"
is "$(spool_files "$spool" | grep -vc '^new/')" 0 "nor anything else"
is "$(spool_files "$spool" | grep -c '/\.')" 0 "nor a file half written"
valid_spool "every record fits the schema" "$spool"
is "$(ls "$T/cores")" "" "no worker left a core"
no_leaks "no log has a secret or a signature" "$log"
done_testing
