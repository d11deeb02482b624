#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool check with queues: findings about their sections and about the queues.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

installation
cp "$conf" "$T/plain"

check() { "$alertspool" -c "$conf" check --json; }
# queues TEXT: these sections behind the plain settings
queues() { { cat "$T/plain"; printf '%s\n' "$1"; } >"$conf"; }
# found LEVEL WHERE: what check says there, a line a finding
found() { jq -r --arg level "$1" --arg where "$2" \
	'select(.level == $level and .where == $where) | .what' "$T/out"; }
archive='[queue archive]
command = /bin/true'

jq . </dev/null || bail "no jq"
run 0 "without queues" check
queues "$archive"
run 0 "a queue that takes all" check
is "$(jq -r 'select(.check == "queues" and .level != "ok") | .where' "$T/out")" "" "is as it should be"

# ---- sections

queues "[queue pager]
colour = red"
run 78 "a section that is refused" check
like "$(found error "$conf")" "alertspool.conf:[0-9]+: unknown key 'colour' in \\[queue pager\\]" \
	"file, line and reason"
queues "$archive
[queue pager]
event = open, update
command = /bin/true"
run 78 "a queue that raises and never resolves" check
is "$(found error pager)" "takes open, but not both close and cancel" "is an error"
queues "$archive
[queue pager]
command = $T/missing --now"
run 78 "a command that is not there" check
like "$(found error pager)" "$T/missing: No such file" "is an error"
: >"$T/plainfile"
queues "$archive
[queue pager]
command = $T/plainfile"
run 78 "a command that cannot be executed" check
like "$(found error pager)" "$T/plainfile: Permission denied" "is an error"
queues "[queue pager]
severity = CRITICAL
command = /bin/true"
run 78 "nothing takes alerts without severity" check
like "$(found error "$conf")" 'queue pager.*has a condition on severity' "is an error"

# ---- what waits

queues "$archive"
"$tools/seed" "$spool" 2 2 >/dev/null || bail "seed"
chown -R --reference="$spool" "$spool"/*/
run 0 "records that have just come" check
touch -d '-2 minutes' "$spool"/new/*
run 78 "the spool waits for over a minute" check
like "$(found error new)" '^2 records' "is an error"
like "$(jq -r 'select(.where == "new").fix' "$T/out")" 'alertspool route' "and the fix is route"
"$alertspool" -c "$conf" route 2>/dev/null || bail "route"
run 0 "in a queue" check
queue=$spool/queues/archive
touch -d '-11 minutes' "$queue"/new/*
run 78 "due for over ten minutes, and no runner" check
like "$(found error archive)" 'no runner, and 2 records due for over 10 minutes' "is an error"
start runner "$alertspool" -c "$conf" run --follow archive
wait_for '[ "$(ls "$queue/done" | wc -l)" -eq 2 ]' 10
stop runner

# ---- how queues stand

printf '{"since":"2026-11-29T00:00:00Z","next":"2026-11-29T00:01:00Z","why":"exit 75: no answer"}\n' \
	>"$queue/rest"
run 0 "a queue that rests" check
like "$(found warning archive)" 'has rested for .*: exit 75: no answer' "is a warning"
mv "$queue/done/$(ls "$queue/done" | head -n 1)" "$queue/dead/"
run 78 "a dead letter in a queue" check
like "$(found error queues/archive/dead)" '^1 record' "is an error"
like "$(jq -r 'select(.where == "queues/archive/dead").fix' "$T/out")" \
	'list -q archive --state dead' "with the command to type"
rm -f "$queue"/dead/* "$queue/rest"
cp "$T/plain" "$conf"
run 0 "a directory without a section" check
like "$(found warning archive)" 'without \[queue archive\]' "is a warning"
is "$(jq -r 'select(.check == "strays" and .level != "ok") | .what' "$T/out")" "" "and no stray"

done_testing
