#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool run QUEUE: the meaning of exit codes, who is to blame, rests, alerts that
# have ended meanwhile, options; the other verbs with -q.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/queues/queues.sh"

# The handler notes its start in $T/log and exits with the code in $T/answer/ID, else in
# $T/answer/all, else with 0. A word there is a signal that it sends to itself.
mkdir "$T/answer"
cat >"$T/handler" <<'EOT'
#!/bin/sh
echo "$ALERTSPOOL_ID $ALERTSPOOL_ATTEMPT $ALERTSPOOL_QUEUE" >>"${0%/*}/log"
answer=$(cat "${0%/*}/answer/$ALERTSPOOL_ID" 2>/dev/null ||
	cat "${0%/*}/answer/all" 2>/dev/null || echo 0)
case $answer in
0) exit 0 ;;
hang) exec sleep 60 ;;
[0-9]*) echo "because $answer"; exit "$answer" ;;
*) kill -s "$answer" $$ ;;
esac
EOT
chmod 755 "$T/handler"

# answer CODE [ID…]: that of these records, else of all
answer() {
	answer_code=$1
	shift
	[ $# -gt 0 ] || set -- all
	for answer_id in "$@"; do echo "$answer_code" >"$T/answer/$answer_id"; done
}

# fill N: empties the spool and puts N records, each of an alert of its own, into the queue
# "pager"; $fill_names are their IDs
fill() {
	empty
	rm -f "$T"/answer/* "$T/log"
	: >"$T/log"
	fill_names=
	for fill_i in $(seq "$1"); do fill_names="$fill_names $(record "$fill_i" open "$fill_i" CRITICAL)"; done
	a route 2>/dev/null || bail "route"
}
started() { awk '{ print $1 }' "$T/log" | tr '\n' ' '; }
history() { jq -r '"\(.what) \(.why)\(if .counted == false then " (not counted)" else "" end)"' \
	"$spool/queues/pager/history/$1" 2>/dev/null; }
rest=$spool/queues/pager/rest
# due: makes the next try of a resting queue, and all waiting records, due now
due() {
	touch -c -d '1 minute ago' "$spool"/queues/pager/new/* 2>/dev/null
	[ -e "$rest" ] || return 0
	due_at=$(($(date +%s) - 1))
	# In milliseconds: the next pause is twice this one.
	due_since=$(($(date -d "$(jq -r .next "$rest")" +%s%3N) - $(stat -c %.3Y "$rest" | tr -d .)))
	due_since=$((due_at * 1000 - due_since))
	jq -c --arg next "$(stamp $due_at)" '.next = $next' "$rest" >"$T/rest"
	cat "$T/rest" >"$rest"
	touch -c -d "$(printf '@%d.%03d' $((due_since / 1000)) $((due_since % 1000)))" "$rest"
}

section() {
	queues <<-EOT
		[queue pager]
		command = $T/handler
		backoff = 1s
		$1
	EOT
}
section ""

# opened_and_closed: the records of an alert in the queue, $open and $close
opened_and_closed() {
	fill 0
	open=$(record 1 open 1)
	close=$(record 1 close 2)
	a route 2>/dev/null
}

# ---- words of the command line

run 64 "a command without --" a run /bin/true
like "$(err)" 'not the name of a queue; a command needs "--" in front: alertspool -c [^ ]* run -- /bin/true$' \
	"and the line to type"
run 64 "one with words" a run mail root 'x y'
like "$(err)" '"root" is one word too many; .* run -- mail root .x y.$' "the line to type is whole"
for words in 'mail -s x' '-j 2 mail --subject=x root' 'mail -jx --subject y'; do
	# shellcheck disable=SC2086 # words
	run 64 "run $words" a run $words
	like "$(err)" "; (a command needs \"--\" in front|to run a command, write): .* run $(echo " $words" |
		sed 's/ mail/ -- mail/; s/^ //')\$" "the line to type, options in their places"
done
run 64 "an option of the handler beside a queue" a run pager -s x
like "$(err)" "unknown or ambiguous option -s; if the handler needs it, add it to the command of \[queue pager\] in $conf:[0-9]+, and type: alertspool run pager\$" \
	"says where it belongs"
run 64 "words beside a queue" a run pager root
like "$(err)" '"root" is one word too many; if the handler needs it, add it to the command of .queue pager.' \
	"say it, too"
run 64 "an option without its argument" a run pager --jobs
like "$(err)" 'option --jobs needs an argument, N; see "alertspool run --help"$' "is ours"
run 64 "an unknown option before any word" a run -s pager
like "$(err)" 'option -s; see "alertspool run --help"$' "is none of a command"
run 64 "without settings" "$alertspool" -c "$T/none" run mail -s x
like "$(err)" 'a command needs "--" in front: .* run -- mail -s x$' "the line to type, too"
run 64 "no such queue" a run pagr
like "$(err)" 'there is no queue "pagr"; queues are: pager; to run a command, write: .* run -- pagr' \
	"says which there are, and how a command is run"
run 64 "nothing" a run
queues <<'EOT'
[queue hand]
host = a
[queue away]
forward = nats://127.0.0.1:1
EOT
run 78 "a queue that a program of one's own empties" a run hand
like "$(err)" '\[queue hand\] has neither command nor forward; your own program processes it, by "alertspool claim -q hand" and ack; or add command = ' \
	"a queue that a program of one's own empties: the message"
run 64 "an option of a command for a stream" a run away --jobs 2
like "$(err)" 'option --jobs is not for queue away, which has forward' "an option of a command for a stream: the message"
section ""
run 64 "an option of a stream for a command" a run pager --batch 2
like "$(err)" 'option --batch is not for queue pager, which has a command' "an option of a stream for a command: the message"
run 64 "neither skip nor handle" a run pager --superseded maybe
run 0 "a queue that is not made yet" a run pager
queues <<'EOT'
[queue pager]
command = /bin/true
jobs = none
EOT
run 78 "bad settings" a run pager
like "$(err)" 'alertspool.conf:[0-9]+: jobs must be a number' "bad settings: the message"
section ""

# ---- handled; and trying a handler

fill 3
# shellcheck disable=SC2086 # names have no blanks
set -- $fill_names
run 0 "run --dry-run" a run pager --dry-run
is "$(out)" "$1	$T/handler
$2	$T/handler
$3	$T/handler" "what would be run"
run 0 "run -n 2 --dry-run" a run pager --dry-run -n 2
is "$(out | wc -l)" 2 "at most so many"
is "$(started)$(q pager new)" "$1 $2 $3 " "nothing is run or moved"
run 0 "run -n 1" a run -n 1 pager
is "$(started)" "$1 " "one record"
is "$(cat "$T/log")" "$1 1 pager" "with its queue and attempt in the environment"
is "$(q pager done)" "$1 " "which is done"
answer 1 "$2"
run 75 "run -n 1 with a handler that fails" a run pager -n 1
is "$(started)" "$1 $2 " "one more"
rm -f "$T"/answer/*
due
run 0 "run" a run pager
is "$(q pager done)" "$1 $2 $3 " "the rest is done"
is "$(history "$3")" "attempt null
ack null" "and the history tells"

# ---- what each end means, without and with another alert that succeeded

# ends ANSWER WITNESS STATE HISTORY [OPTION…]: the handler answers the second of two alerts
# with ANSWER; if WITNESS is yes, the first one succeeds before and after that
ends() {
	ends_answer=$1 ends_witness=$2 ends_state=$3 ends_history=$4
	shift 4
	fill 6
	# shellcheck disable=SC2086 # names have no blanks
	set -- $fill_names "$@"
	ends_id=$2
	ends_first=$1 ends_next=$3
	[ "$ends_witness" = yes ] || mv "$spool/queues/pager/new/$1" "$spool/queues/pager/done/"
	for ends_i in 3 4 5 6; do
		eval "mv \"\$spool/queues/pager/new/\$$ends_i\" \"\$T/later.$ends_i\""
	done
	shift 6
	answer "$ends_answer" "$ends_id"
	a run pager --timeout 300ms "$@" >"$T/out" 2>"$T/err"
	ends_code=$?
	is "$(cd "$spool/queues/pager" && ls new/"$ends_id" dead/"$ends_id" done/"$ends_id" 2>/dev/null | sed 's,/.*,,'), $(history "$ends_id" | tail -n +2)" \
		"$ends_state, $ends_history" "$ends_answer, witness: $ends_witness"
}
rests() { if [ -e "$rest" ]; then echo rests; else echo works; fi; }

ends 65 yes dead "bury exit 65: because 65"
is "$ends_code $(rests)" "0 works" "a refused record is dead at once, and all is done"
ends 65 no new "fail exit 65: because 65 (not counted)"
is "$ends_code $(rests)" "75 works" "nothing speaks for the destination: it waits"
ends 75 yes new "fail exit 75: because 75 (not counted)"
is "$ends_code $(rests)" "75 rests" "not now: the queue rests"
ends 75 no new "fail exit 75: because 75 (not counted)"
is "$ends_code $(rests)" "75 rests" "75 from any record makes it rest"
ends 1 yes new "fail exit 1: because 1"
is "$ends_code $(rests)" "75 works" "a failure uses an attempt"
ends 1 no new "fail exit 1: because 1 (not counted)"
is "$ends_code $(rests)" "75 works" "without a witness none; one failure is no rest"
ends 77 no new "fail exit 77: because 77 (not counted)"
ends 127 no new "fail exit 127: because 127 (not counted)"
ends KILL yes new "fail signal 9"
ends hang yes new "fail timed out after 300 ms"
ends hang no new "fail timed out after 300 ms (not counted)"
ends 1 yes dead "fail exit 1: because 1
bury gave up after 1 attempt: exit 1: because 1" --max-attempts 1
ends 1 no new "fail exit 1: because 1 (not counted)" --max-attempts 1
like "$(err)" 'attempt 1 \(not counted\) failed, next in [01]\.[0-9] s: exit 1: because 1' "an uncounted attempt: the message"

# A success of another alert is a witness only for the next failure: later failures of an
# alert that is alone use no attempt, because that success is older than its last failure.
ends 1 yes new "fail exit 1: because 1"
start lone "$alertspool" -c "$conf" run --follow --backoff 20ms --max-attempts 3 pager
ok "a lone alert" wait_for '[ "$(grep -c "^$ends_id" "$T/log")" -ge 6 ]' 30
stop lone
is "$(q pager dead)" "" "is not given up for what another had before"

# Not found: a missing program ends the run, and uses nothing.
queues <<EOT
[queue pager]
command = $T/none
EOT
fill 1
run 69 "a program that is not there" a run pager
is "$(q pager new)$(q pager dead)" "${fill_names# } " "nobody saw the record"
section ""

# ---- rest

fill 5
# shellcheck disable=SC2086 # names have no blanks
set -- $fill_names
answer 1
run 75 "two failures in a row that nothing speaks against" a run pager
cp "$T/err" "$T/first"
# At once: the pause is one second.
run 75 "run while it rests" a run pager
is "$(started)" "$1 $2 " "no third is tried, neither at once nor while it rests"
is "$(stat -c %a "$rest")" 640 "the file rest is there"
is "$(jq -r 'keys_unsorted | join(" ")' "$rest") $(wc -l <"$rest")" "since next why 1" "one JSON line"
is "$(jq -r .why "$rest")" "exit 1: because 1" "with the reason"
like "$(cat "$T/first")" 'resting: one record is tried in 1\.0 s: exit 1: because 1' "two failures in a row that nothing speaks against: the message"
like "$(cat "$T/first")" "not now: resting until [0-9T:-]+Z: exit 1: because 1; \"alertspool release --deferred\" tries at once" \
	"and why it ends, and what one can do"
# pause_near SECONDS: is the pause in the message this long, or a tenth more or less?
pause_near() {
	err | sed -n 's/.*resting: one record is tried in \([0-9.]*\) s: .*/\1/p' |
		awk -v wanted="$1" '{ near = $1 > 0.9 * wanted && $1 < 1.1 * wanted }
			END { exit !near }'
}
for pause in 2 4 8 16 32 60 60; do
	due
	run 75 "when the pause is over" a run pager
	ok "one is tried, and the next pause is $pause s" pause_near $pause
done
is "$(wc -l <"$T/log")" 9 "one start each"
is "$(awk 'NR <= 5 { print $1 }' "$T/log" | sort -u | wc -l)" 5 "first those that were not tried yet"
is "$(q pager dead)" "" "nothing is dead"
answer 0
due
run 0 "when it answers again" a run pager
like "$(err)" 'no longer resting' "the rest is over"
is "$(rests) $(q pager new)" "works " "and all is done"

# A damaged file, and one from a clock that was wrong, mean now.
for text in '' '{' '[]' '{"since":1,"next":"never","why":3}' \
	"{\"since\":\"$(stamp $now)\",\"next\":\"$(stamp $((now + 40000000)))\",\"why\":\"x\"}"; do
	fill 1
	printf %s "$text" >"$rest"
	run 0 "rest: '$text'" a run pager
	is "$(rests)$(q pager new)" works "is no reason to wait"
done
fill 1
head -c 10000 /dev/zero >"$rest"
run 0 "rest: 10 000 zeros" a run pager
fill 1
answer 75
a run pager 2>/dev/null
run 75 "release of nothing" a run pager
run 0 "release --deferred" a release -q pager --deferred
is "$(out)" "${fill_names# }" "prints the due records"
is "$(rests)" works "and ends the rest"
answer 0
run 0 "so that it is tried" a run pager
run 64 "release --deferred of one" a release -q pager --deferred x
run 64 "release --deferred --delay" a release -q pager --deferred --delay 1m

# Two runners, one probe: the one that hangs is alone.
fill 4
answer 75
a run pager 2>/dev/null
answer hang
due
for i in 1 2 3; do start "runner$i" "$alertspool" -c "$conf" run --follow --timeout 3s pager; done
ok "three runners" wait_for '[ "$(wc -l <"$T/log")" -ge 2 ]'
sleep 2 # longer than the pause
is "$(wc -l <"$T/log")" 2 "one probe, for as long as it hangs"
ok "then the next" wait_for '[ "$(wc -l <"$T/log")" -ge 3 ]' 20
answer 0
rm -f "$rest"
touch -c -d '1 minute ago' "$spool"/queues/pager/new/*
ok "then all" wait_for '[ -z "$(q pager new)$(q pager cur)" ]' 30
for i in 1 2 3; do stop "runner$i"; done
is "$(q pager dead)" "" "nothing is dead"
for id in $(q pager dead); do diag "$(history "$id")"; done

# ---- give up after

fill 1
one=${fill_names# }
answer 75
a run pager 2>/dev/null
# Started an hour ago and again just now: that is an hour of trying, and no more.
tried() {
	mkdir -p "$spool/queues/pager/history"
	for tried_ago in "$@"; do
		printf '{"time":"%s","who":"x","what":"attempt","why":null}\n' "$(stamp $(($(date +%s) - tried_ago)))"
		printf '{"time":"%s","who":"x","what":"fail","why":"exit 75","counted":false}\n' \
			"$(stamp $(($(date +%s) - tried_ago + 1)))"
	done >"$spool/queues/pager/history/$one"
}
tried 500000 3600
due
run 75 "tried a week ago and an hour ago" a run pager --give-up-after 3h
is "$(q pager new)" "$one " "is two hours of trying"
tried 10800 7200 3600
due
run 75 "tried for three hours" a run pager --give-up-after 3h
is "$(q pager dead)" "$one " "is enough"
like "$(history "$one" | tail -n 1)" '^bury gave up after trying for 108[0-9][0-9] s: exit 75: because 75' "tried for three hours: the history"
fill 1
one=${fill_names# }
answer 75
tried 10800 7200 3600
run 75 "give_up_after = 0" a run pager --give-up-after 0
is "$(q pager new)" "$one " "never gives up"
section "give_up_after = 3h"
due
tried 10800 7200 3600
run 75 "give_up_after of the settings" a run pager
is "$(q pager dead)" "$one " "holds"

# ---- the command line wins

section "max_attempts = 1"
ends 1 yes dead "fail exit 1: because 1
bury gave up after 1 attempt: exit 1: because 1"
ends 1 yes new "fail exit 1: because 1" --max-attempts 2
section "superseded = handle"
opened_and_closed
run 0 "superseded = handle" a run pager
is "$(started)" "$open $close " "handles all"
opened_and_closed
run 0 "--superseded skip" a run pager --superseded skip
is "$(started)" "$close " "wins"
section ""

# ---- what ended

for end in close cancel; do
	fill 0
	open=$(record 1 open 1)
	update=$(record 1 update 2)
	acknowledge=$(record 1 acknowledge 3)
	inform=$(record 1 inform 4)
	close=$(record 1 $end 5)
	again=$(record 1 open 6)
	other=$(record 2 open 1)
	a route 2>/dev/null
	run 0 "an alert that ended by $end meanwhile" a run pager
	is "$(tr ' ' '\n' <"$T/log" | grep '^20' | sort | tr '\n' ' ')" \
		"$(printf '%s\n' "$inform" "$close" "$again" "$other" | sort | tr '\n' ' ')" \
		"what raises it is not handled, the end is, and what came later"
	is "$(history "$open"), $(history "$update"), $(history "$acknowledge")" \
		"superseded $close, superseded $close, superseded $close" "the histories tell by what"
	is "$(q pager new)$(q pager cur)$(q pager dead)" "" "all are done"
done
opened_and_closed
mv "$spool/queues/pager/new/$close" "$spool/queues/pager/done/"
run 0 "the close was handled before" a run pager
is "$(started)" "" "the open that comes late is not"
opened_and_closed
mv "$spool/queues/pager/new/$close" "$spool/queues/pager/dead/"
run 0 "the close is dead" a run pager
is "$(started)" "$open " "it never came, so the open is handled"
fill 0
close=$(record 1 close 1)
update=$(record 1 update 5)
a route 2>/dev/null
run 0 "an update whose time is later than that of the close" a run pager
is "$(started)" "$close " "is superseded, too"
run 0 "requeue of a superseded record" a requeue -q pager "$update"
like "$(err)" "^alertspool requeue: $update: its alert ended by $close, so run will not handle it" "requeue of a superseded record: the message"
is "$(q pager new)" "$update " "and brings it back"
run 0 "run" a run pager
is "$(started)$(q pager new)" "$close " "does not handle it"
run 0 "run --superseded handle after another requeue" sh -c \
	'"$1" -c "$2" requeue -q pager "$3" && "$1" -c "$2" run pager --superseded handle' - \
	"$alertspool" "$conf" "$update"
is "$(started)" "$close $update " "does"
opened_and_closed
run 0 "claim -q" a claim -q pager
is "$(out)" "$open" "supersedes nothing"

# Records without an alert's id
empty
: >"$T/log"
for i in 1 2; do
	printf 'new\tdefault\t-\t%s\t{"status":"OPEN","n":%s,"updated":"%s"}\n' "$now" "$i" "$(stamp $((now + i)))"
done | "$tools/seed" "$spool" - >/dev/null
printf 'new\tdefault\t-\t%s\t{"status":"CLOSED","updated":"%s"}\n' "$now" "$(stamp $((now + 9)))" |
	"$tools/seed" "$spool" - >/dev/null
a route 2>/dev/null
run 0 "records without an id" a run pager
is "$(wc -l <"$T/log")" 3 "are superseded by nothing"

# ---- -q of the other verbs

section ""
fill 4
# shellcheck disable=SC2086 # names have no blanks
set -- $fill_names
run 66 "-q of no queue" a list -q pagr
like "$(err)" 'there is no queue "pagr"; queues are: pager' "says which there are"
run 0 "claim -q" a claim -q pager
is "$(out) $(q pager cur)" "$1 $1 " "of the queue"
run 0 "release -q" a release -q pager --delay 1h "$1"
is "$(q pager new)" "$1 $2 $3 $4 " "of the queue"
run 0 "ack -q" a ack -q pager "$2"
is "$(q pager done)" "$2 " "of the queue"
run 0 "bury -q" a bury -q pager -r "no use" "$3"
is "$(q pager dead)" "$3 " "of the queue"
is "$(main done)" "$1 $2 $3 $4 " "nothing is moved in the spool"
run 0 "list -q" a list -q pager -s all
is "$(out | wc -l)" 4 "the records of the queue"
run 0 "list -q -s dead" a list -q pager -s dead
like "$(out)" "$3.*no use" "with the last reason"
run 0 "show -q" a show -q pager "$3"
like "$(out)" "^state +dead" "as it is in the queue"
run 0 "show" a show "$3"
like "$(out)" "^queue +pager: dead, bury [0-9TZ:.-]+: no use" "where the queue has it"
run 0 "alerts ID --json" a alerts --json 000000000000000000000003
is "$(out | jq -c '.queues.pager | [.state, .tries, .reason]')" '["dead",0,"no use"]' "likewise"
run 0 "requeue -q" a requeue -q pager "$3"
is "$(q pager dead)$(q pager new)" "$1 $3 $4 " "of the queue"
run 0 "stats -q" a stats -q pager --json
is "$(out | jq -c '[.states.new.records, .states.done.records]')" "[3,1]" "of the queue"

# ---- stats, alerts

answer 75
due
a run pager >"$T/out" 2>&1
run 0 "stats" a stats
like "$(out)" "queue pager	" "a line a queue"
run 0 "stats --json" a stats --json
is "$(out | jq -c '.queues.pager | [.waiting, .running, .dead, .done, .why, .routed]')" \
	'[3,0,0,1,"exit 75: because 75",4]' "its numbers, and why it rests"
ok "and until when" sh -c 'jq -e ".queues.pager | .resting_since != null and .next_try != null" <"$1"' - "$T/out"
run 0 "stats --prometheus" a stats --prometheus
for line in 'alertspool_records{queue="pager",state="new"} 3' 'alertspool_records{state="done"} 4' \
	'alertspool_attempts_total{queue="pager",result="not_now"} 1' \
	'alertspool_routed_total{queue="pager"} 4'; do
	ok "$line" grep -qxF "$line" "$T/out"
done
like "$(out)" '^alertspool_queue_resting_seconds\{queue="pager"\} [1-9]' "how long it rests"
is "$(sort "$T/out" | grep -v '^#' | sed 's/ [^ ]*$//' | uniq -d)" "" "no metric twice"
run 0 "stats --prometheus --label" a stats --prometheus --label host=x
ok "a label of one's own" grep -q '^alertspool_records{host="x",queue="pager",state="new"} 3' "$T/out"
run 0 "alerts --json" a alerts --json
is "$(out | jq -rc '[.alert, .queues.pager] | @tsv' | cut -c22- | sort)" "001	waiting
002	done
003	waiting
004	waiting" "where the queue has each"
like "$(on_terminal 150 "'$alertspool' -c '$conf' alerts")" 'QUEUE' "on a terminal, a column"
like "$(on_terminal 150 "'$alertspool' -c '$conf' list")" '\(queue pager: 3 waiting: -q pager\)' \
	"list of the spool ends with what waits elsewhere"

# ---- bad settings, and a directory without section

mkdir -p "$spool/queues/old"
cp -a "$spool/queues/pager/." "$spool/queues/old/"
run 0 "list -q of a queue without section" a list -q old
is "$(out | wc -l)" 3 "shows it"
run 64 "run of it" a run old
run 0 "claim -q of it" a claim -q old -n 9
run 0 "ack -q of it" a ack -q old - <"$T/out"
queues <<EOT
[queue pager]
command = $T/handler
jobs = none
EOT
run 0 "list with bad settings" a list -q pager
like "$(err)" 'alertspool list: warning: queues are left out: .*alertspool.conf:[0-9]+: jobs must be' "warns"
run 0 "stats with bad settings" a stats
run 0 "ack -q with bad settings" a ack -q pager "$1"

# ---- clean

section "retain_done = 1d"
sed -i 's/^min_free/retain_done = 7d\nmin_free/' "$conf"
fill 0
open1=$(record 1 open 1) close1=$(record 1 close 2)
open2=$(record 2 open 1) close2=$(record 2 close 2)
open3=$(record 3 open 1) close3=$(record 3 close 2)
a route 2>/dev/null
mkdir -p "$spool/queues/old" && cp -a "$spool/queues/pager/." "$spool/queues/old/"
a run pager >"$T/out" 2>&1
for queue in pager old; do
	mv "$spool/queues/$queue"/new/* "$spool/queues/$queue/done/" 2>/dev/null
	touch -c -d '2 days ago' "$spool/queues/$queue"/done/*
done
touch -c -d '2 days ago' "$spool"/done/*
late=$(record 3 update 1)
before=$(find "$spool" -type f -printf '%p %T@\n' | sort)
run 0 "clean --dry-run" a clean --dry-run
sort "$T/out" >"$T/dry"
is "$(find "$spool" -type f -printf '%p %T@\n' | sort)" "$before" "changes nothing"
run 0 "clean" a clean
is "$(sort "$T/out")" "$(cat "$T/dry")" "does what --dry-run printed"
is "$(q pager done)" "$(printf '%s\n' "$open3" "$close3" | sort | tr '\n' ' ')" \
	"by the queue's own retain_done, but what of an alert still waits in the spool"
is "$(q old done | wc -w)" 6 "a queue without section by that of the spool"
is "$(main done | wc -w)" 6 "and the spool by its own"
for id in "$open1" "$close1" "$open2" "$close2"; do
	like "$(cat "$T/dry")" "^$id	in queues/pager/done for 2 days" "the lines say where"
done
a route 2>/dev/null
run 0 "run" a run pager
like "$(err)" "$late: superseded" "so what was late finds the close"
touch -c -d '2 days ago' "$spool/queues/pager/done/"*
run 0 "clean when nothing waits" a clean
is "$(q pager done)" "" "takes the rest"
# An alert that is open in a queue keeps its newest record.
fill 0
open=$(record 9 open 1)
a route 2>/dev/null
a run pager 2>/dev/null
touch -c -d '9 days ago' "$spool/queues/pager/done/$open"
run 0 "clean" a clean
is "$(q pager done)" "$open " "open alerts stay"

done_testing
