#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool run: what a command gets, what its exit code means, and commands that
# behave badly.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

installation

r() { "$alertspool" -c "$conf" run "$@"; }
# The same by exec, so that $! after "&" is the process id of alertspool.
exec_r() { exec "$alertspool" -c "$conf" run "$@"; }
ls_() { (cd "$spool/$1" && ls | tr '\n' ' '); }

fill() { fill_spool "$@"; }

# history ID: what and why, a line each
history() { jq -r '"\(.what) \(.why)"' "$spool/history/$1"; }

# script NAME: a command from standard input
script() {
	(echo '#!/bin/sh'; cat) >"$T/$1"
	chmod 755 "$T/$1"
}

# ---- words of the command line

run 64 "no command" r
run 64 "no command, with options" r --jobs 2 --
for wrong in "--jobs 0" "--jobs 1025" "--jobs x" "--timeout 0" "--timeout 25h" \
	"--timeout 5" "--lease 0" "--lease 999ms" "--lease 25h" "--max-attempts 0" \
	"--max-attempts 1001" "--backoff 2h" "--backoff -1s"; do
	# shellcheck disable=SC2086
	run 64 "$wrong" r $wrong -- true
done
fill 2 2
run 69 "no such command" r -- no-such-command
like "$(err)" 'no-such-command.*No such file' "no such command: the message"
run 69 "a directory" r -- /tmp
run 69 "no permission" r -- "$conf"
like "$(err)" 'Permission denied' "no permission: the message"
mkdir "$T/first"
cp "$conf" "$T/first/job"
run 69 "no permission, found by PATH" env PATH="$T/first:/nowhere" "$alertspool" -c "$conf" run -- job
like "$(err)" 'job.*Permission denied' "an unreadable file: the message names it, and not a missing one"
run 69 "no name" r -- ""
run 69 "more jobs than descriptors" sh -c 'ulimit -n 256; "$@"' - \
	"$alertspool" -c "$conf" run --jobs 100 -- true
like "$(err)" 'ulimit -n' "says what to do"
is "$(ls_ new)$(ls "$spool/history" 2>/dev/null)" "$one $two " "and nothing was attempted"
printf '#!/no/such/interpreter\n' >"$T/broken"
chmod 755 "$T/broken"
run 69 "a command that only exec finds wrong" r -- "$T/broken"
is "$(ls_ new)" "$one $two " "gives the record back"
is "$(history "$one" | cut -c1-40)" "$(printf 'attempt null\nunstarted handler "%s' "$T/broken" | cut -c1-40)" \
	"and notes both"
run 69 "again" r --max-attempts 1 -- "$T/broken"
is "$(ls_ new)$(ls_ dead)" "$one $two " "it uses no attempt"

# ---- what it gets

run 0 "an empty queue" sh -c 'rm "$1"/new/*; shift; "$@"' - "$spool" \
	"$alertspool" -c "$conf" run -- false
is "$(out)$(err)" "" "says nothing"
printf '{"id":"alert-1","created":"2026-11-20T10:00:00Z","updated":"2026-11-20T10:00:00Z",
"status":"CLOSED","eventTypeName":"HOST_DOWN","severity":"CRITICAL","groupId":"g1",
"projectName":"Shop $(touch %s/pwned) \\"x\\""}' "$T" | tr -d '\n' >"$T/body"
id=$(store "$conf" "$T/body" alert.close)
script show <<'EOT'
env | grep -v -e ^PWD= -e ^_= | sort
echo "arguments: $*"
cmp - "$ALERTSPOOL_SPOOL_FILE" && echo same
ls /proc/self/fd | tr '\n' ' '
# Signals 32 and 33 belong to the C library; the test may have inherited them ignored.
sed -n 's/^\(Sig[BIC][lg][knt]\):\t/\1 /p' /proc/self/status |
	sed 's/^SigIgn 00000001[08]0000000$/SigIgn 0000000000000000/'
[ "$(ps -o sid= -p $$)" -eq $$ ] && echo "own session"
EOT
ln -s "$spool" "$T/link"
sed "s,$spool,$T/link," "$conf" >"$T/i/link.conf"
run 0 "a command" env -i PATH="$PATH" HOME=/nowhere TZ=UTC SECRET=x ALERTSPOOL_CONF=x LANG=C \
	sh -c 'exec 7</dev/null; trap "" USR1; exec "$@"' - \
	"$alertspool" -c "$T/i/link.conf" run -- "$T/show" 'a  b' '$HOME'
is "$(sed "s/^$id: //" "$T/out")" "ALERTSPOOL_ALERT_ID=alert-1
ALERTSPOOL_ATTEMPT=1
ALERTSPOOL_EVENT=close
ALERTSPOOL_EVENT_TYPE=HOST_DOWN
ALERTSPOOL_ID=$id
ALERTSPOOL_LINK=
ALERTSPOOL_PROJECT=Shop \$(touch $T/pwned) \"x\"
ALERTSPOOL_QUEUE=
ALERTSPOOL_SEVERITY=CRITICAL
ALERTSPOOL_SOURCE=default
ALERTSPOOL_SPOOL_FILE=$spool/cur/$id
ALERTSPOOL_STATE=closed
HOME=/nowhere
LANG=C
PATH=$PATH
TZ=UTC
arguments: a  b \$HOME
same
0 1 2 3 SigBlk 0000000000000000
SigIgn 0000000000000000
SigCgt 0000000000000000
own session" "environment, arguments, record, descriptors, signals, session"
is "$(find "$T" -name pwned)" "" "no shell saw any of it"
is "$(ls_ done)" "$id " "exit 0: done"
is "$(history "$id")" "attempt null
ack own session" "the history has the attempt and the last line"

printf '{"id":"%s","status":"OPEN","updated":"2026-11-20T10:00:00Z"}' \
	"$(head -c 200000 /dev/zero | tr '\0' x)" >"$T/long"
id=$(store "$conf" "$T/long")
run 0 "an alert id of 200000 bytes" r -- sh -c 'echo ${#ALERTSPOOL_ALERT_ID}'
is "$(out)" "$id: 4096" "is cut"
printf '{"id":"x%s","status":"OPEN","updated":"2026-11-20T10:00:01Z"}' \
	"$(head -c 3000 /dev/zero | sed 's/\x00/ü/g')" >"$T/long"
id=$(store "$conf" "$T/long")
run 0 "one of characters that have two bytes" r -- sh -c 'printf %s "$ALERTSPOOL_ALERT_ID" | wc -c'
is "$(out)" "$id: 4095" "is cut between two of them"

fill 1 1
printf '{"torn' >"$spool/new/$one"
run 0 "a file that is not a record" r -- true
is "$(ls_ dead)" "$one " "is dead"
like "$(err)" "$one: dead: .*" "a file that is not a record: the message"

# A command that is still open for writing (ETXTBSY) is tried again.
fill 1 1
printf '#!/bin/sh\n' >"$T/written"
chmod 755 "$T/written"
exec 9>>"$T/written"
if "$T/written" 2>/dev/null; then
	skip "a command that is being written" "this kernel runs those"
else
	run 75 "a command that is being written" r --backoff 1h -- "$T/written"
	is "$(ls_ new)" "$one " "is no fault of the record, which waits"
	like "$(history "$one")" '^unstarted handler "[^"]*/written": Text file busy$' "with the reason"
fi
exec 9>&-

# ---- an error while another command runs

fill 60 60
# The second one fails at once, so that there is a third start, and waits in new/.
script leaves <<'EOT'
mv "$0" "$0.away" || exit 1
until [ -e "$1" ]; do sleep 0.05; done
EOT
start leaver "$alertspool" -c "$conf" run --jobs 2 -- "$T/leaves" "$T/go"
ok "a command that is gone at the second start" wait_for \
	'grep -q "unstarted" "$spool"/history/* 2>/dev/null' 15
ok "the alerts that were not begun are free at once" wait_for \
	'"$alertspool" -c "$conf" claim -n 60 >/dev/null; [ "$(ls "$spool/new" | wc -l)" -le 1 ]' 5
: >"$T/go"
wait_for '! alive "$(pid_of leaver)"' 10
stop leaver
is $? 69 "the running command has ended, and the exit code is the error's"

# ---- the note of a start is on disk

# calls COMMAND…: the system calls that flush and that start commands
calls() {
	ASAN_OPTIONS=detect_leaks=0 strace -qq -o "$T/calls" -e trace=syncfs,clone,clone3,vfork \
		"$alertspool" -c "$conf" run "$@" >/dev/null 2>&1
	grep -o '^[a-z]*' "$T/calls" | sed 's/^[cv].*/start/' | tr '\n' ' '
}
if command -v strace >/dev/null; then
	fill 3 3
	is "$(calls --jobs 3 -- sleep 1.5)" "start start start syncfs " \
		"one flush for all that run"
	fill 2 2
	is "$(calls -- true)" "start start " "none for a command that has ended by then"
	fill 1 1
	echo '{"time":"2026-11-23T00:00:00Z","who":"x","what":"attempt","why":null}' >"$spool/history/$one"
	is "$(calls -- true)" "syncfs start " "before a start that follows one without result"
else
	skip "flushes" "strace is not installed"
fi

# ---- what could not be started

# no_process COMMAND…: strace makes every attempt to create a process fail
no_process() {
	ASAN_OPTIONS=detect_leaks=0 strace -qq -o /dev/null \
		-e inject=clone,clone3,fork,vfork:error=EAGAIN "$@"
}
if command -v strace >/dev/null; then
	fill 2 2
	for n in 1 2 3; do
		rm -f "$spool/rest"
		run 75 "no processes, $n" no_process "$alertspool" -c "$conf" run -m 2 -b 0 -- true
	done
	like "$(err)" 'handler "true": Resource temporarily unavailable' "the message has the reason"
	is "$(ls_ new)$(ls_ dead)" "$one $two " "nothing ran, so nothing is dead"
	run 75 "and for a second nothing is tried" r -m 2 -- true
	rm -f "$spool/rest"
	run 0 "when there are processes again" r -m 2 -- sh -c 'echo "$ALERTSPOOL_ATTEMPT"'
	is "$(out | cut -d' ' -f 2 | tr '\n' ' ')" "1 1 " "it is the first attempt"
	fill 300 300
	start paused env ASAN_OPTIONS=detect_leaks=0 strace -qq -o /dev/null \
		-e inject=clone,clone3,fork,vfork:error=EAGAIN \
		"$alertspool" -c "$conf" run --follow --backoff 1s -- true
	ok "a runner that follows" wait_for '[ "$(grep -c "is tried in" "$T/paused.log")" -ge 2 ]' 15
	is "$(grep -o 'is tried in [0-9.]*' "$T/paused.log" | head -n 2 | tr '\n' ' ')" \
		"is tried in 1.0 is tried in 2.0 " "rests, and longer each time"
	ok "has tried few records meanwhile" test "$(ls "$spool/history" | wc -l)" -le 3
	# shellcheck disable=SC2046 # one process
	kill $(children_of paused)
	ok "and ends at SIGTERM" wait_for '! alive "$(pid_of paused)"' 10
else
	skip "no processes" "strace is not installed"
fi

# ---- what its end means

fill 2 1
run 75 "exit 1" r --backoff 1h -- sh -c 'echo one; echo "  two  "; echo; exit 1'
is "$(ls_ new)" "$one $two " "waits"
is "$(history "$one")" "attempt null
fail exit 1:   two" "with its reason"
like "$(err)" "$one: attempt 1 \(not counted\) failed, next in [0-9]{4}\.[0-9] s: exit 1:   two" "exit 1: the message"
like "$(err)" "not now: alerts deferred 1, leased 0, held by others 0; records behind them 1" \
	"and why not 0"
is "$(grep -c . "$spool/history/$one")" 2 "the one behind it was not tried"
run 75 "and is not due now" r -- true
is "$(ls_ done)" "" "neither of them"

# refuse ID CODE: ends with this code for that record, with 0 for the others
script refuse <<'EOT'
[ "$ALERTSPOOL_ID" != "$1" ] || { echo never; exit "$2"; }
EOT
fill 2 2
run 0 "exit 65, after another alert was handled" r -- "$T/refuse" "$two" 65
is "$(ls_ dead)" "$two " "the record is dead at once"
is "$(history "$two")" "attempt null
bury exit 65: never" "and the history has its reason"

fill 2 2
run 75 "exit 65, and nothing that speaks for the destination" r --backoff 1h -- "$T/refuse" "$one" 65
is "$(ls_ dead)$(ls_ new)" "$one " "the record waits"
is "$(jq -c '[.what, .counted]' "$spool/history/$one" | tr '\n' ' ')" \
	'["attempt",null] ["fail",false] ' "and the attempt does not count"

fill 1 1
run 75 "a signal" r --backoff 1h -- sh -c 'kill -USR1 $$'
is "$(history "$one")" "attempt null
fail signal 10" "is a failure"

# The delays of 4 attempts are 400, 800 and 1600 ms, each 75 to 125 %.
fill 2 2
script fails <<'EOT'
[ "$ALERTSPOOL_ID" = "$2" ] || exit 0
date +%s%N >>"$1"
exit 1
EOT
date +%s%N >"$T/starts"
one=$two
exec_r --follow --backoff 400ms --max-attempts 4 -- \
	"$T/fails" "$T/starts" "$one" >"$T/out" 2>"$T/err" &
follower=$!
wait_for '[ -e "$spool/dead/$one" ]' 15
kill "$follower"
wait "$follower"
is "$?" 0 "a runner that follows, after SIGTERM"
is "$(awk 'NR > 2 { ms = ($1 - last) / 1000000; due = 400 * 2 ^ (NR - 3)
	if (ms < due * 0.74 || ms > due * 1.25 + 400) print NR, ms }
	{ last = $1 }' "$T/starts")" "" "the back-off doubles, with jitter"
diag "$(awk 'NR > 2 { printf "%d ms ", ($1 - last) / 1000000 } { last = $1 }' "$T/starts")"
is "$(wc -l <"$T/starts")" 5 "four attempts"
is "$(history "$one" | tail -n 2)" "fail exit 1
bury gave up after 4 attempts: exit 1" "then it is dead"
like "$(err)" "$one: dead: gave up after 4 attempts: exit 1" "the message names the reason"

# An attempt without a result, as a crash of the machine leaves them.
fill 1 1
mkdir -p "$spool/history"
for n in 1 2 3; do
	echo '{"time":"2026-11-23T00:00:00Z","who":"x","what":"attempt","why":null}'
done >"$spool/history/$one"
run 0 "attempts that were never seen to end count" r --max-attempts 3 -- touch "$T/started"
is "$(ls_ dead) $(ls "$T/started" 2>/dev/null)" "$one  " "no further one is made"

# ---- commands that behave badly

# timed NAME SECONDS COMMAND…: takes less
timed() {
	timed_name=$1 timed_most=$2
	shift 2
	timed_begin=$(date +%s)
	"$@"
	timed_took=$(($(date +%s) - timed_begin))
	ok "$timed_name takes less than $timed_most s" test "$timed_took" -lt "$timed_most"
}

fill 1 1
timed "a time-out" 5 run 75 "a command that takes too long" r --timeout 300ms --backoff 1h -- sleep 60
is "$(history "$one")" "attempt null
fail timed out after 300 ms" "times out"

fill 1 1
script stubborn <<'EOT'
trap '' TERM
echo $$ >"$1"
while :; do sleep 0.05; done
EOT
timed "a stubborn one" 8 run 75 "one that ignores SIGTERM" r --timeout 1s --backoff 1h -- \
	"$T/stubborn" "$T/pid"
ok "is killed" test ! -d "/proc/$(cat "$T/pid")"
is "$(history "$one" | tail -n 1)" "fail timed out after 1 s" "and failed"

fill 1 1
script forks <<'EOT'
sleep 60 & echo $! >"$1"
echo before
exit 0
EOT
timed "one that leaves a child behind" 5 run 0 "leaves a child, with its pipes open" r -- "$T/forks" "$T/pid"
is "$(out)" "$one: before" "what it printed is there"
kill "$(cat "$T/pid")"

fill 1 1
timed "a group" 5 run 75 "children of one that times out" r --timeout 300ms --backoff 1h -- \
	sh -c 'sleep 60 & echo $! >"$0"; wait' "$T/pid"
ok "end with it" wait_for '! alive "$(cat "$T/pid")"' 5

fill 1 1
run 0 "one that closes everything" r -- sh -c 'exec <&- >&- 2>&-; sleep 0.1; exit 0'
is "$(ls_ done)" "$one " "is done"

fill 1 1
cat >"$T/measure" <<'EOT'
import resource, subprocess, sys
p = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
n = 0
while True:
    block = p.stdout.read(1 << 20)
    if not block:
        break
    n += len(block)
p.wait()
print(p.returncode, n, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
EOT
"$python" "$T/measure" "$alertspool" -c "$conf" run --timeout 10m -- \
	head -c 100000000 /dev/zero >"$T/out" 2>"$T/err"
read -r code bytes kib <"$T/out"
is "$code" 0 "100 MB without a newline"
ok "come through escaped ($bytes bytes)" test "$bytes" -gt 100000000
ok "in bounded memory ($kib KiB)" test "$kib" -lt 60000

fill 1 1
run 0 "hostile output" r -- printf 'a\033[2Jb\n\302\233c\n\xff\nlast \342\200\256x\r\nno newline'
is "$(sed "s/^$one: //" "$T/out")" 'a\u{1b}[2Jb
\u{9b}c
\xff
last \u{202e}x
no newline' "is harmless"
fill 1 1
run 0 "long lines" r -- sh -c 'head -c 4095 /dev/zero | tr "\0" x; printf "\303\244\303\244\n"; head -c 5000 /dev/zero'
is "$(sed "s/^$one: //" "$T/out" | while IFS= read -r line; do printf %s "$line" | wc -c; done | tr '\n' ' ')" \
	"4095 4 $((6 * 4096)) $((6 * 904)) " "are cut between characters"

fill 1 1
run 0 "a long last line" r -- sh -c 'head -c 999 /dev/zero | tr "\0" x'
is "$(history "$one" | tail -n 1 | wc -c)" "$((4 + 200 + 1))" "is kept in part"

# ---- standard output that does not take it

fill 2 2
run 74 "a full disk" sh -c '"$@" >/dev/full' - "$alertspool" -c "$conf" run -- echo x
like "$(err)" 'standard output: No space left' "a full disk: the message"
is "$(ls_ new)" "$two " "what ran was finished, nothing else begun"
fill 3 3
run 74 "a reader that leaves" "$python" -c 'import subprocess, sys
p = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
p.stdout.readline()
p.stdout.close()
sys.exit(p.wait())' "$alertspool" -c "$conf" run -- sh -c 'echo x; sleep 0.3; echo y'
like "$(err)" 'standard output: Broken pipe' "a reader that leaves: the message"
fill 1 1
run 0 "a closed standard error is no error" sh -c '"$@" 2>&-' - \
	"$alertspool" -c "$conf" run -- sh -c 'echo x >&2'

# A reader that is stuck: leases and time-outs go on.
fill 1 1
mkfifo "$T/fifo"
exec 8<>"$T/fifo"
exec_r --timeout 500ms --backoff 1h --lease 1s -- \
	head -c 10000000 /dev/zero >"$T/fifo" 2>"$T/err" &
stuck=$!
ok "output that nobody reads does not hold up the time-out" wait_for \
	'grep -q "timed out after 500 ms" "$spool/history/$one" 2>/dev/null' 5
kill "$stuck"
kill "$stuck"
sleep 0.1
kill "$stuck" 2>/dev/null
ok "nor the end after two signals" wait_for '! alive "$stuck"' 5
wait "$stuck"
exec 8>&-

done_testing
