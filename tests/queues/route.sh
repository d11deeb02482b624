#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool route: which queue gets which record, what it refuses, routing by hand,
# late records, copies that fail, and its end.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/queues/queues.sh"

metric() { a stats --prometheus | awk -v name="$1" '$1 == name { print $2 }'; }

# two_queues [MORE-SECTIONS]: "all", and "pager", which wants CRITICAL only
two_queues() {
	queues <<-EOT
		[queue all]
		command = /bin/true
		[queue pager]
		severity = CRITICAL
		command = /bin/true
		${1:-}
	EOT
}

# ---- nothing to do

run 78 "route without queues" a route
like "$(err)" 'alertspool.conf has no \[queue NAME\]' "route without queues: the message"
like "$(err)" 'without queues nothing is routed: "alertspool run -- COMMAND" processes the spool' \
	"and what empties the spool"
run 64 "IDs and no queue" a route 20261123
run 64 "--to and no ID" a route --to pager
run 64 "--to and --follow" a route --to pager -f 20261123
run 64 "--to and --dry-run" a route --to pager --dry-run 20261123

two_queues "[queue shop]
project = shop-*
event = !update
command = /bin/true"
run 0 "an empty spool" a route
is "$(out)$(err)" "" "nothing is said"
is "$(ls "$spool/queues" | tr '\n' ' ')" "all pager shop " "the queues are made"
is "$(stat -c '%a %U %G' "$spool/queues/all/new")" "$(stat -c '%a %U %G' "$spool/new")" \
	"with the modes and owner of the spool"
run 64 "--to a queue that is not there" a route --to pagr 20261123
like "$(err)" 'there is no queue "pagr"' "--to a queue that is not there: the message"
like "$(err)" 'queues are: all, pager, shop' "and which there are"

# ---- who gets what

one=$(record 1 open 1 CRITICAL shop-1)
two=$(record 2 open 2 WARNING shop-2)
three=$(record 3 open 3)
four=$(record 2 update 4 WARNING shop-2)
before=$(find "$spool" -printf '%p %T@\n' | sort)
run 0 "--dry-run" a route --dry-run
is "$(out)" "$one	all,pager,shop
$two	all,shop
$three	all
$four	all" "a line a record, its queues"
is "$(find "$spool" -printf '%p %T@\n' | sort)" "$before" "nothing is changed"
run 0 "route" a route
like "$(err)" '^alertspool route: 4 records routed, 7 copies made, 0 unmatched$' "tells how much"
is "$(main new)$(main cur)" "" "nothing is left"
is "$(main done)" "$one $two $three $four " "all is in done/"
is "$(q all new)" "$one $two $three $four " "without a condition: all"
is "$(q pager new)" "$one " "by severity"
is "$(q shop new)" "$one $two " "by project, and no update"
ok "the copy is the same to the byte" cmp "$spool/done/$one" "$spool/queues/pager/new/$one"
is "$(stat -c %h "$spool/queues/pager/new/$one")" 1 "and no link"
is "$(stat -c %a "$spool/queues/pager/new/$one")" "$(stat -c %a "$spool/done/$one")" "and as readable"
is "$(ls "$spool/history" 2>/dev/null)" "" "the spool's histories tell nothing of it"
is "$(metric 'alertspool_routed_total{queue="all"}') $(metric 'alertspool_routed_total{queue="pager"}')" \
	"4 1" "each queue has counted its copies"

# ---- what a queue has begun, it gets the rest of

five=$(record 1 update 5 INFO other)
six=$(record 1 close 6 INFO other)
seven=$(record 3 close 7)
run 0 "later records of these alerts, now of other severity and project" a route
is "$(q pager new)" "$one $five $six " "go where the alert was opened"
is "$(q shop new)" "$one $two $six " "but the event is asked again"
is "$(q all new)" "$one $two $three $four $five $six $seven " "the others as ever"
for state in done dead cur; do
	empty
	one=$(record 1 open 1 CRITICAL)
	a route 2>/dev/null
	mv "$spool/queues/pager/new/$one" "$spool/queues/pager/$state/"
	two=$(record 1 close 2 INFO)
	a route 2>/dev/null
	is "$(q pager new)" "$two " "also when what it has is in $state/"
done
empty
one=$(record 1 open 1 CRITICAL)
two=$(record 1 close 2)
run 0 "an open and its close in one spool" a route
is "$(q pager new)" "$one $two " "go the same way"
empty
one=$(record 1 open 1 CRITICAL)
a route 2>/dev/null
two=$(record 1 close 2)
run 0 "--dry-run" a route --dry-run
is "$(out)" "$two	all,pager" "knows it, too"
# Somebody works on the alert there at this moment.
: >"$T/held"
"$tools/holder" "$spool/queues/pager" "$one" >"$T/held" <&- &
holder=$!
wait_for '[ -s "$T/held" ]' || bail "holder"
run 0 "while a runner has the alert" a route
is "$(q pager new)" "$one $two " "it goes there all the same"
kill "$holder"
wait "$holder" 2>/dev/null

# ---- what nobody wants

queues <<'EOT'
[severity]
default = WARNING
[queue pager]
severity = CRITICAL
command = /bin/true
EOT
empty
unmatched=$(metric alertspool_unmatched_total)
one=$(record 1 open 1 INFO)
run 0 "a record that nobody wants" a route --dry-run
is "$(out)" "$one	unmatched" "a dry run: unmatched"
run 0 "and without" a route
is "$(main new)$(main done)" "$one " "it is done"
like "$(err)" "^alertspool route: $one: unmatched: no queue wants it\$" "a line tells"
is "$(jq -rc '[.what, .why]' "$spool/history/$one")" '["unmatched","unmatched: no queue wants it"]' \
	"and its history"
is "$(metric alertspool_unmatched_total)" "$((unmatched + 1))" "it is counted"

# ---- entries that are not records

empty
one=$(record 1 open 1 CRITICAL)
two=$(record 2 open 2 CRITICAL)
printf '{"half' >"$spool/new/$one"
run 0 "half a record" a route
is "$(main dead)$(main new)" "$one " "is dead"
is "$(q pager new)" "$two " "the others are routed"
like "$(err)" "$one: dead: it is not a complete record" "a line reports it"
is "$(words "$spool/history/$one")" "bury " "and its history"

# ---- severity: something must take what has none

queues <<'EOT'
[queue pager]
severity = CRITICAL
command = /bin/true
EOT
run 78 "nothing takes alerts without severity" a route
like "$(err)" "alertspool.conf:[0-9]+: \[queue pager\] has a condition on severity, and nothing takes alerts without one: add \"default = WARNING\" to \[severity\], or a queue with \"severity = -\" or without that condition" \
	"says what to do"
run 78 "nor with -f" a route -f
for cure in '[queue rest]
severity = -' '[queue rest]
host = a' '[severity]
default = INFO'; do
	queues <<-EOT
		[queue pager]
		severity = CRITICAL
		command = /bin/true
		$cure
	EOT
	run 0 "$(echo "$cure" | tr '\n' ' ')" a route
done

# ---- bad settings

queues <<'EOT'
[queue pager]
severity = FATAL
EOT
run 78 "bad settings" a route
like "$(err)" "alertspool.conf:[0-9]+: 'FATAL' in severity: it must be" "say where and why"
run 78 "bad settings and --to" a route --to pager 20261123

# ---- who else is there

two_queues
empty
one=$(record 1 open 1 CRITICAL)
for verb in "run -- true" "run --follow -- true" "claim" "forward nats://127.0.0.1:1"; do
	case $verb in forward*) "$alertspool" help --tables | grep -q '^command	forward	' || continue ;; esac
	# shellcheck disable=SC2086 # words
	run 78 "$verb of the spool" a $verb
	like "$(err)" 'has queues \(all, pager\), so "alertspool route" processes the spool' "says why"
done
is "$(main new)" "$one " "nothing was taken"
for verb in ack bury; do
	run 78 "$verb of what is not routed yet" a $verb "$one"
	like "$(err)" '"alertspool route" has not copied it to the queues yet' "says why"
	like "$(err)" "\"alertspool $verb -q QUEUE ID\" is for records of a queue; --force moves it anyway" "and what to type"
done
run 0 "ack --force" a ack --force "$one"
is "$(main done)" "$one " "is done"
run 66 "requeue of the spool" a requeue "$one"
like "$(err)" 'is in done/; if there are queues, requeue of the spool takes only records in bad' "says why"
like "$(err)" '"alertspool requeue -q QUEUE ID" brings a queue.s record back, "alertspool route --to QUEUE ID" copies it to a queue' \
	"and what to type"
is "$(main done)" "$one " "and moves nothing"
empty
one=$(record 1 open 1 CRITICAL)
run 0 "bury --force" a bury --force "$one"
is "$(main dead)" "$one " "is dead"
printf 'no json' >"$T/i/bad"
bad=$(store "$conf" "$T/i/bad")
run 65 "requeue of a record in bad/ is tried" a requeue "$bad"

# route refuses to start while a runner of the spool works, and a runner while route does
start router "$alertspool" -c "$conf" route -f
wait_for 'has_role WRITE' || bail "no router"
run 75 "a second route" a route
like "$(err)" 'another "alertspool route" works on this spool' "says who is there"
run 75 "and with -f" a route -f
for verb in "run -- true" "claim"; do
	# shellcheck disable=SC2086 # words
	run 75 "$verb, with settings that have no queues" "$alertspool" -c "$T/plain.conf" $verb
	like "$(err)" '"alertspool route" works on this spool' "says who is there"
done
one=$(record 8 open 8 CRITICAL)
ok "the first goes on" wait_for '[ "$(q pager new)" = "$one " ]'
run 0 "--to beside it" a route --to pager "$one"
stop router
is $? 0 "SIGTERM ends it well"
start runner "$alertspool" -c "$T/plain.conf" run --follow -- true
wait_for 'has_role READ' || bail "no runner"
run 75 "route beside a run of the spool" a route
like "$(err)" '"alertspool run", forward or claim works on this spool' "says who is there"
stop runner
run 0 "when it has ended" a route
for signal in INT HUP; do
	start router "$alertspool" -c "$conf" route -f
	wait_for 'has_role WRITE' || bail "no router"
	stop router $signal
	is $? 0 "SIG$signal ends it well, too"
done

# ---- --to

empty
one=$(record 1 open 1 INFO)
two=$(record 1 update 2 INFO)
three=$(record 2 open 3 CRITICAL)
a route 2>/dev/null
is "$(q pager new)" "$three " "routed"
run 0 "--to" a route --to pager "$one" "$two"
is "$(out)" "$one
$two" "prints the names"
is "$(q pager new)" "$one $two $three " "gives what the conditions do not want"
is "$(main done)" "$one $two $three " "and moves nothing in the spool"
run 0 "--to again" a route --to pager "$one"
is "$(q pager new)" "$one $two $three " "what waits there already stays"
a bury -q pager "$one" >/dev/null
a ack -q pager "$two" >/dev/null
run 0 "--to of records that are dead and done there" a route --to pager "$one" "$two"
is "$(q pager new)" "$one $two $three " "it is back"
is "$(words "$spool/queues/pager/history/$one")" "bury requeue " "and its history tells"
four=$(record 4 open 4 INFO)
run 0 "--to of a record that was not routed yet" a route --to pager "$four"
is "$(q pager new)" "$one $two $three $four " "is given"
is "$(main new)" "$four " "and stays for route"
a route 2>/dev/null
is "$(q pager new)$(q all new)" "$one $two $three $four $one $two $three $four " "which gives it to the others"
run 0 "--to - with IDs by digits" sh -c 'echo "$4" | "$1" -c "$2" route --to "$3" -' - \
	"$alertspool" "$conf" pager "$(echo "${one##*.}" | cut -c1-12)"
is "$(out)" "$one" "prints the whole name"
printf 'no json either' >"$T/i/bad"
bad=$(store "$conf" "$T/i/bad")
run 66 "--to of a record in bad/" a route --to pager "$bad"
like "$(err)" 'is in bad/, so it is not an alert: "alertspool requeue" parses it again' "--to of a record in bad/: the message"
run 66 "--to of no such record" a route --to pager 00000000deadbeef
five=$(record 5 open 5 INFO)
for held in "$spool" "$spool/queues/pager"; do
	a bury -q pager "$one" >/dev/null
	: >"$T/held"
	"$tools/holder" "$held" "$one" >"$T/held" <&- &
	holder=$!
	wait_for '[ -s "$T/held" ]' || bail "holder"
	run 75 "--to while somebody has the alert in ${held##*/}" a route --to pager "$one" "$five"
	is "$(q pager dead)" "$one " "it stays dead"
	like "$(q pager new)" "$five " "the others are given"
	kill "$holder"
	wait "$holder" 2>/dev/null
	: >"$T/held"
	run 0 "and then it goes" a route --to pager "$one"
	rm -f "$spool/queues/pager/new/$five"
done
# The test for one queue of alertspool(7), when the record was routed before.
six=$(record 6 open 6 INFO)
a route 2>/dev/null
options=$(sed -n 's/^# alertspool list \(.*\) | alertspool route --to pager -$/\1/p' \
	"$srcdir/man/alertspool.7")
# shellcheck disable=SC2086 # words
is "$(a list $options | cut -f 1)" "$six" "the manual's list ($options) finds a record that is routed"
# A queue that wants opens alone is given what it is given.
queues <<'EOT'
[queue opens]
event = open
command = /bin/true
[queue manual]
event = open
EOT
empty
one=$(record 1 update 1)
a route 2>/dev/null
is "$(q opens new)" "" "an update, which the queue does not want"
run 0 "--to asks no condition, not even the event" a route --to opens "$one"
is "$(q opens new)" "$one " "it is there"

# A new queue is filled.
empty
names=
for i in 1 2 3; do names="$names$(record $i open $i) "; done
a route 2>/dev/null
queues <<'EOT'
[queue opens]
event = open
command = /bin/true
[queue later]
command = /bin/true
EOT
run 0 "fill a new queue with all that is done" sh -c \
	'ls "$3/done" | "$1" -c "$2" route --to later -' - "$alertspool" "$conf" "$spool"
is "$(q later new)" "$names" "all are there"
is "$(q opens new)" "$names" "and nowhere else"

# ---- records that come late

# late [MORE-SECTIONS]: two_queues, and no record
late() {
	two_queues "$@"
	empty
}

# The close was of no interest; then the open comes.
for kind in close cancel; do
	late
	close=$(record 1 $kind 10 INFO)
	a route 2>/dev/null
	is "$(q pager new)" "" "a $kind that the queue does not want"
	open=$(record 1 open 1 CRITICAL)
	run 0 "then its open" a route
	is "$(q pager new)" "$open $close " "is given with its $kind"
	run 0 "run" a run pager
	is "$(q pager done)" "$open $close " "both are done"
	like "$(err)" "$open: superseded, not handled: its alert ended by $close" "the open unhandled"
done
late
close=$(record 1 close 10 INFO)
a route 2>/dev/null
update=$(record 1 update 20 CRITICAL)
a route 2>/dev/null
is "$(q pager new)" "$close $update " "an update later than its close"
a run pager 2>"$T/err"
like "$(err)" "$update: superseded, not handled" "is superseded by it, too"
late
close=$(record 1 close 10 INFO)
a route 2>/dev/null
open=$(record 1 open 20 CRITICAL)
a route 2>/dev/null
is "$(q pager new)" "$open " "an open behind a close is a new alert, and goes alone"
a run pager 2>/dev/null
is "$(words "$spool/queues/pager/history/$open")" "attempt ack " "it is handled"
late "superseded = handle"
close=$(record 1 close 10 INFO)
a route 2>/dev/null
open=$(record 1 open 1 CRITICAL)
a route 2>/dev/null
a run pager 2>/dev/null
is "$(words "$spool/queues/pager/history/$open")$(words "$spool/queues/pager/history/$close")" \
	"attempt ack attempt ack " "superseded = handle: both are handled"
late
close=$(record 1 close 10 INFO)
other=$(record 2 close 10 INFO)
a route 2>/dev/null
open=$(record 1 open 1 INFO)
second=$(record 2 open 1 INFO)
run 0 "--to of a late open, and of another one" a route --to pager "$open" "$second"
like "$(q pager new)" "$close " "gives its close, too"
like "$(q pager new)" "$other " "of the other one as well"

# Several ids in one --to, while the router goes on: the second one's close is moved
# when the first one is given.
late
c1=$(record 1 close 10 INFO)
a route 2>/dev/null
o1=$(record 1 open 1 INFO)
o2=$(record 2 open 1 INFO)
a route 2>/dev/null
mkfifo "$T/ids"
start giver sh -c '"$1" -c "$2" route --to pager - <"$3"' - "$alertspool" "$conf" "$T/ids"
exec 7>"$T/ids"
echo "$o1" >&7
wait_for '[ -e "$spool/queues/pager/new/$o1" ]' || bail "--to does not begin"
sleep 5 # done/ is old by then
c2=$(record 2 close 10 INFO)
a route 2>/dev/null
is "$(q pager new | grep -c "$c2")" 0 "the second close is not wanted"
echo "$o2" >&7
exec 7>&-
ok "--to ends" wait_for '! alive "$(pid_of giver)"'
is "$(q pager new)" "$o1 $o2 $c1 $c2 " "and the second open has its close"

# ---- queues that cannot be written, or are gone

two_queues
empty
a route
one=$(record 1 open 1 CRITICAL)
rm -rf "$spool/queues/pager" "$spool/queues/all/cur"
run 0 "queues that are not whole" a route
is "$(q pager new)$(q all new)" "$one $one " "are made again"
ok "with all directories" test -d "$spool/queues/all/cur"

# A queue on a disk of its own, which is full
if am_root && mount -t tmpfs -o size=64k,mode=02750 none "$spool/queues/pager/new" 2>/dev/null; then
	at_exit "umount '$spool/queues/pager/new' 2>/dev/null"
	chown --reference="$spool" "$spool/queues/pager/new"
	head -c 70000 /dev/zero >"$spool/queues/pager/new/.xfull" 2>/dev/null
	two=$(record 2 open 2 CRITICAL)
	run 74 "a full disk" a route
	like "$(err)" "queue pager: .*No space left on device" "a full disk: the message"
	is "$(main new)" "$two " "the record stays"
	is "$(find "$spool/queues" -name '.[0-9a-f]*' | wc -l)" 0 "no half copy is left"
	start router "$alertspool" -c "$conf" route -f
	ok "with -f" wait_for 'grep -q "records stay where they are, next try in 10 s" "$T/router.log"'
	is "$(wc -l <"$T/router.log")" 1 "in one line"
	is "$(main new)" "$two " "the record stays"
	sleep 1
	is "$(wc -l <"$T/router.log")" 1 "and it waits"
	rm "$spool/queues/pager/new/.xfull"
	ok "then it goes on" wait_for '[ -z "$(main new)" ]' 20
	like "$(q pager new)" "$two " "and the copy is there"
	is "$(q all new | tr ' ' '\n' | grep -c "$two")" 1 "the other queue has it once"
	stop router
	umount "$spool/queues/pager/new"
else
	skip "a full disk" "no tmpfs can be mounted here"
fi

# Wrong modes: root is stopped by none, the owner is.
if am_root; then
	rm -rf "$T/owned"
	"$alertspool" init "$T/owned" --owner nobody:daemon >/dev/null || bail "init"
	chmod 755 "$T/owned" && chmod 644 "$T/owned/alertspool.conf"
	printf '[queue all]\ncommand = /bin/true\n[queue pager]\nhost = -\ncommand = /bin/true\n' \
		>>"$T/owned/alertspool.conf"
	owned() { "$alertspool" -c "$T/owned/alertspool.conf" "$@"; }
	owned route || bail "route"
	is "$(stat -c '%U:%G' "$T/owned/spool/queues/all/new")" nobody:daemon "queues have the owner of the spool"
	chmod 0550 "$T/owned/spool/queues/pager/new"
	setpriv --reuid nobody --regid daemon --clear-groups \
		"$tools/seed" "$T/owned/spool" 1 1 || bail "seed"
	owned route >"$T/out" 2>"$T/err"
	code=$?
	is $code 74 "wrong modes"
	like "$(err)" "queue pager: .*Permission denied" "say in which queue"
	is "$(ls "$T/owned/spool/new" | wc -l)" 1 "the record stays"
	chmod 2750 "$T/owned/spool/queues/pager/new"
	run 0 "with the right ones" owned route
	is "$(find "$T"/owned/spool/queues/*/new -name '2*' | wc -l)" 2 \
		"it is in both queues"
	run 77 "a stranger may not route" setpriv --reuid games --regid games --clear-groups \
		"$alertspool" -c "$T/owned/alertspool.conf" route
else
	skip "wrong modes" "not root"
fi

# ---- what is on disk, and when

if command -v strace >/dev/null; then
	empty
	a route
	record 1 open 1 CRITICAL >/dev/null
	record 2 open 2 CRITICAL >/dev/null
	ASAN_OPTIONS=detect_leaks=0 strace -qq -y -o "$T/calls" \
		-e trace=fsync,linkat,rename,renameat,renameat2 "$alertspool" -c "$conf" route 2>/dev/null
	# Directories of the queues themselves are flushed at each look, before.
	is "$(sed -n -e 's,^fsync(.*/queues/\([a-z]*\)/new/\..*,file \1,p' -e 's,^fsync(.*/queues/\([a-z]*\)/new>.*,directory \1,p' \
		-e 's,^linkat(.*/queues/\([a-z]*\)/new>.*,link \1,p' -e 's,^rename.*/spool/new>.*,move,p' "$T/calls" |
		tr '\n' ' ')" \
		"file all file pager file all file pager link all link pager link all link pager directory all directory pager move move " \
		"all files, all links, each directory once, then the moves"
else
	skip "what is on disk, and when" "strace is not installed"
fi

# ---- --follow

empty
start router "$alertspool" -c "$conf" route --follow
wait_for 'has_role WRITE' || bail "no router"
one=$(record 1 open 1 CRITICAL)
ok "--follow routes what comes" wait_for '[ "$(q pager new)" = "$one " ]'
rm -rf "$spool/queues/pager"
two=$(record 2 open 2 CRITICAL)
ok "a queue that is removed meanwhile is made again" wait_for '[ "$(q pager new)" = "$two " ]' 20
is "$(q all new)" "$one $two " "and the other has all"
for i in $(seq 3 40); do record "$i" open "$i" CRITICAL >/dev/null; done
ok "many" wait_for '[ "$(q pager new | wc -w)" -eq 39 ]' 20
is "$(main new)" "" "all are routed"
if [ -n "${LONG:-}" ]; then # it looks twice a minute
	mv "$spool" "$T/elsewhere"
	ok "without its spool" wait_for '! alive "$(pid_of router)"' 60
	stop router
	is $? 69 "it ends"
	mv "$T/elsewhere" "$spool"
fi

done_testing
