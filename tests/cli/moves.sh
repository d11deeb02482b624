#!/bin/sh
# SPDX-License-Identifier: ISC
# claim, ack, release, bury, requeue, clean: what each moves, prints and refuses, also
# when many run at once.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

installation

alerts() { "$alertspool" -c "$conf" "$@"; }
state() { (cd "$spool" && ls new/"$1" cur/"$1" done/"$1" dead/"$1" bad/"$1" 2>/dev/null) | sed 's,/.*,,'; }
mtime() { stat -c %Y "$spool/$1"; }
words() { sed -n 's/.*"what":"\([a-z]*\)".*/\1/p' "$spool/history/$1" | tr '\n' ' '; }

# ---- nothing there

run 0 "claim of an empty spool" alerts claim
is "$(out)" "" "prints nothing"
run 0 "clean of an empty spool" alerts clean
is "$(out)" "" "prints nothing"
run 66 "ack of no such record" alerts ack 00000000deadbeef
run 64 "ack of nothing" alerts ack
run 0 "ack of no line" alerts ack - </dev/null
run 74 "IDs from a directory" sh -c '"$1" -c "$2" ack - </' - "$alertspool" "$conf"
like "$(err)" '^alertspool ack: standard input: Is a directory' "IDs from a directory: the message"
run 64 "requeue of nothing" alerts requeue
run 0 "requeue of an empty state" alerts requeue --state dead
run 64 "claim with an operand" alerts claim x
run 74 "output over the file size limit: an error, not a signal" \
	sh -c 'ulimit -f 0; exec "$@"' - "$alertspool" help
for wrong in "claim -n 0" "claim -n x" "claim --lease 0" "claim --lease 25h" \
	"claim --lease 500ms" "requeue --state old" "release --delay 25h x" "release --delay soon x" \
	"requeue --state new" "requeue --state dead x" "clean x"; do
	# shellcheck disable=SC2086 # words
	run 64 "$wrong" alerts $wrong
done

# ---- order, leases

"$tools/seed" "$spool" 6 2 || bail "seed"
# shellcheck disable=SC2046 # names have no blanks
set -- $(cd "$spool/new" && echo *)
before=$(ls -lR --time-style=full-iso "$spool")
run 0 "claim --dry-run" alerts claim --dry-run -n 9
is "$(out)" "$1	new -> cur
$2	new -> cur" "tells what it would take"
is "$(ls -lR --time-style=full-iso "$spool")" "$before" "and touches nothing"
run 0 "claim" alerts claim
is "$(out)" "$1" "takes the first"
is "$(state "$1")" cur "into cur/"
lease=$(($(mtime "cur/$1") - $(date +%s)))
ok "for five minutes" test "$lease" -gt 290 -a "$lease" -le 300
run 0 "claim -n 9" alerts claim -n 9 --lease 1h
is "$(out)" "$2" "one of each alert, and none of an alert that is claimed"
lease=$(($(mtime "cur/$2") - $(date +%s)))
ok "for as long as asked" test "$lease" -gt 3590 -a "$lease" -le 3600
run 0 "claim when all alerts are claimed" alerts claim -n 9
is "$(out)" "" "takes nothing"

run 0 "ack" alerts ack "$1"
is "$(out)" "$1" "prints the ID"
is "$(state "$1")" done "into done/"
ok "counting from now" test $(($(date +%s) - $(mtime "done/$1"))) -lt 5
is "$(words "$1")" "claim ack " "its history tells"
like "$(cat "$spool/history/$1")" '^\{"time":"[0-9T:.-]+Z","who":"[^"]+@[^"]+","what":"claim","why":null\}$' \
	"time, who, what, why"
run 0 "ack again" alerts ack "$1"
is "$(words "$1")" "claim ack " "succeeds and changes nothing"
run 0 "claim" alerts claim
is "$(out)" "$3" "the next of that alert"

# ---- release, deferral

run 0 "release --delay" alerts release --delay 1h --reason "later" "$3"
is "$(state "$3")" new "back into new/"
ok "with a not-before" test "$(mtime "new/$3")" -gt $(($(date +%s) + 3500))
like "$(tail -n 1 "$spool/history/$3")" '"what":"release","why":"later"' "and the reason"
run 0 "claim" alerts claim -n 9
is "$(out)" "" "a deferred record holds back its alert"
for verb in release requeue; do
	case $verb in requeue) alerts claim >/dev/null && alerts release -d 1h "$3" >/dev/null ;; esac
	run 0 "$verb --dry-run of a deferred record" alerts $verb --dry-run "$3"
	is "$(out)" "$3	new -> new (due now)" "tells"
	run 0 "$verb of a deferred record" alerts $verb --reason "it is up" "$3"
	is "$(out)" "$3" "prints the ID"
	ok "it is due now" test "$(mtime "new/$3")" -le "$(date +%s)"
	like "$(tail -n 1 "$spool/history/$3")" '"what":"release","why":"it is up"' "its history tells"
	run 0 "$verb of one that is due" alerts $verb "$3"
	is "$(grep -c '"what":"release"' "$spool/history/$3")" "$(case $verb in release) echo 2 ;; *) echo 4 ;; esac)" \
		"changes nothing"
done
touch -d '1 second ago' "$spool/new/$3"
run 0 "claim" alerts claim
is "$(out)" "$3" "until it is due"
before=$(ls -lR --time-style=full-iso "$spool")
run 0 "release --dry-run" alerts release --dry-run --delay 1h "$3"
is "$(out)" "$3	cur -> new" "tells"
is "$(ls -lR --time-style=full-iso "$spool")" "$before" "and touches nothing"
run 0 "release" alerts release "$3"
ok "is due at once" test "$(mtime "new/$3")" -le "$(date +%s)"
run 66 "release of one in done" alerts release "$1"
like "$(err)" "is in done/; release takes records in cur" "says where it is"
touch -d '1 second ago' "$spool/cur/$2"
run 0 "claim --dry-run" alerts claim -n 9 --dry-run
is "$(out)" "$2	cur -> cur
$3	new -> cur" "tells of a lease that ran out"
run 0 "claim" alerts claim -n 9
is "$(out)" "$2
$3" "a lease that ran out is taken, in order"

# ---- bury, requeue, abbreviations, stdin

run 0 "bury by digits" alerts bury --reason "nobody cares" "$(echo "${2##*.}" | cut -c1-10)"
is "$(out)" "$2" "prints the whole ID"
is "$(state "$2")" dead "into dead/"
run 0 "claim" alerts claim
is "$(out)" "$4" "a dead one holds back nothing"
run 0 "requeue" alerts requeue "$2"
is "$(state "$2")" new "back into new/"
is "$(words "$2")" "claim claim bury requeue " "the whole story"
run 0 "bury by sudo" env SUDO_USER=operator "$alertspool" -c "$conf" bury "$2"
like "$(tail -n 1 "$spool/history/$2")" '"who":"operator@' "tells who asked sudo"
run 0 "requeue by a sudo of nobody" env SUDO_USER= "$alertspool" -c "$conf" requeue "$2"
like "$(tail -n 1 "$spool/history/$2")" "\"who\":\"$(id -un)@" "tells who one is"
run 66 "bury of one in done" alerts bury "$1"
run 0 "list | ack -" sh -c '"$1" -c "$2" list | "$1" -c "$2" ack -' - "$alertspool" "$conf"
is "$(spool_count "$spool" done/)" 6 "all in done/"
run 0 "requeue --state done" alerts requeue --state done
is "$(out | wc -l)" 6 "all of them"
run 66 "several, one missing" alerts ack "$1" 00000000deadbeef "$2"
is "$(state "$1") $(state "$2")" "done done" "the others are moved"

# ---- dry runs change nothing

before=$(ls -lR --time-style=full-iso "$spool")
run 0 "ack --dry-run" alerts ack -n "$3" "$1"
is "$(out)" "$3	new -> done
$1	done -> done (is there already)" "says what would happen"
run 0 "bury --dry-run" alerts bury --dry-run "$3"
is "$(out)" "$3	new -> dead" "likewise"
run 0 "requeue --dry-run" alerts requeue --dry-run --state done
is "$(out | sort)" "$(cd "$spool/done" && ls | sed 's/$/	done -> new/')" "each of them"
is "$(ls -lR --time-style=full-iso "$spool")" "$before" "nothing was touched"

# ---- an alert that somebody works on

"$tools/holder" "$spool" "$3" >"$T/held" <&- &
holder=$!
wait_for '[ -s "$T/held" ]' || bail "holder"
run 75 "ack while the alert is held" alerts ack "$3"
like "$(err)" "another process works on this alert; try again" "ack while the alert is held: the message"
is "$(state "$3")" new "and moves nothing"
mv "$spool/new/$3" "$spool/cur/"
touch -d '1 minute ago' "$spool/cur/$3"
run 0 "clean while the alert is held" alerts clean
is "$(out) $(state "$3")" " cur" "leaves a lease that ran out to who works on it"
mv "$spool/cur/$3" "$spool/new/"
kill "$holder"
wait "$holder" 2>/dev/null
run 0 "ack when it is free" alerts ack "$3"

# ---- requeue from bad

printf 'no json' >"$T/bad"
bad=$(store "$conf" "$T/bad")
run 65 "requeue of a body that is still not an alert" alerts requeue "$bad"
like "$(err)" "is still not an alert: not-json at line 1, column 2" "says why"
is "$(state "$bad")" bad "it stays"
printf 'nor this' >"$T/bad2"
store "$conf" "$T/bad2" >"$T/id"
run 65 "requeue of several such" alerts requeue --state bad
is "$(grep -c 'is still not an alert' "$T/err")" 2 "requeue of several such: the message"
run 0 "ack of the second" alerts ack - <"$T/id"
run 0 "ack of a bad one" alerts ack "$bad"
# A record in bad/ of an older version, which did not write delivery.method.
# refused FILE: $good is its id, and $old where it is in bad/, from a copy in $T/kept
refused() {
	good=$(store "$conf" "$1")
	old=00000000T000000Z.-.unknown.${good##*.}
	mv "$spool/new/$good" "$T/kept"
	refused_again
}
refused_again() {
	sed "s/$good/$old/; s/,\"method\":\"webhook\"//; s/\"alert\":{.*},\"error\":null/\"alert\":null,\"error\":{\"code\":\"not-json\",\"line\":1,\"column\":1,\"message\":\"x\"}/" \
		"$T/kept" >"$spool/bad/$old"
	chown --reference="$spool" "$spool/bad/$old"
}
make_alert 65a7d3f0a1b2c3d4e5f60009 OPEN 2026-11-23T10:30:00Z >"$T/good"
refused "$T/good"
run 0 "requeue --dry-run from bad" alerts requeue -n "$old"
is "$(out)" "$old	bad -> new as $good" "tells the new name"
run 0 "requeue from bad" alerts requeue "$old"
is "$(out)" "$good" "prints the new name"
is "$(state "$good") $(ls "$spool/bad")" "new " "the new one is there, the old one gone"
like "$(cat "$spool/history/$good")" "was bad/$old" "its history notes the old name"
is "$(alerts show --raw "$good")" "$(cat "$T/good")" "the body is the same"
like "$(alerts show --json "$good")" '"method":"webhook"},"alert"' "it came by webhook, as all did then"
# Once more, with the new one there already.
cp "$spool/new/$good" "$T/kept"
refused_again
requeued=$(alerts stats --prometheus | grep requeue)
run 0 "requeue from bad/ of a record that is in new/ already" alerts requeue "$old"
is "$(ls "$spool/bad")" "" "removes the old one"
ok "and leaves the new one unchanged" cmp "$T/kept" "$spool/new/$good"
is "$(words "$good")" "requeue " "notes no second requeue"
is "$(alerts stats --prometheus | grep requeue)" "$requeued" "and counts none"
# What the receiver warns of, requeue does.
warnings() { jq -rc '.warnings | join(" ")' "$spool/new/$1"; }
is "$(warnings "$good")" "" "nothing to warn of"
make_alert 65a7d3f0a1b2c3d4e5f6000a OPEN 2026-01-02T10:30:00Z >"$T/stale"
refused "$T/stale"
run 0 "requeue of an old alert" alerts requeue "$old"
is "$(out): $(warnings "$good")" "$good: stale" "warns that it is"
refused "$T/stale"
sed 's/^min_free/retain_done = 0\nmin_free/' "$conf" >"$T/i/ever.conf"
run 0 "requeue where records are kept for ever" "$alertspool" -c "$T/i/ever.conf" requeue "$old"
is "$(warnings "$good")" "" "knows no age that is too old"
printf '{"eventTypeName":"HOST_DOWN","status":"OPEN"}' >"$T/bare"
refused "$T/bare"
run 0 "requeue of an alert without id and time" alerts requeue "$old"
is "$(out)" "00000000T000000Z.-.open.${old##*.}" "has a name all the same"
unlike "$(warnings "$good")" stale "and no age"
valid_spool "every record fits the schema" "$spool"

# ---- clean

rm -f "$spool"/*/2* "$spool"/*/0* "$spool"/history/*
"$tools/seed" "$spool" 4 4 done || bail "seed"
# Alerts that are open, whose newest records stay
"$tools/seed" "$spool" 4 4 new 4 || bail "seed"
# shellcheck disable=SC2046
set -- $(cd "$spool/done" && echo *)
mv "$spool/done/$2" "$spool/dead/"
mv "$spool/done/$3" "$spool/cur/"
touch -d '31 days ago' "$spool/done/$1" "$spool/dead/$2"
touch -d '1 minute ago' "$spool/cur/$3"
touch -d '37 hours ago' "$spool/new/.00112233445566778899aabbccddeeff.1.1"
touch "$spool/new/.00112233445566778899aabbccddeeff.1.2" "$spool/history/$1"
# Names that alertspool does not write: clean must keep these files, however old
touch -d '37 hours ago' "$spool/new/.00112233445566778899aabbccddeeff-1.1" \
	"$spool/new/.00112233445566778899aabbccddeefg.1.1" "$spool/history/README"
# In two places, as after a crash between the two steps of a move
cp "$spool/done/$4" "$spool/dead/$4"
chown --reference="$spool" "$spool/dead/$4"
touch -d '31 days ago' "$spool/done/$4"
touch "$spool/history/$4"
before=$(ls -lR --time-style=full-iso "$spool")
run 0 "clean --dry-run" alerts clean --dry-run
sort "$T/out" >"$T/dry"
is "$(ls -lR --time-style=full-iso "$spool")" "$before" "touches nothing"
run 0 "clean" alerts clean
is "$(sort "$T/out")" "$(cat "$T/dry")" "does what --dry-run printed"
like "$(out)" "^$1	in done for 31 days\$" "old ones go"
like "$(out)" "^$3	back to new: its lease expired\$" "expired leases go back"
like "$(out)" '^\.0011.*\.1	left behind' "and what dead writers left"
is "$(state "$2") $(state "$3") $(state "$4")" "dead new dead" "the young stay"
is "$(find "$spool/new" -name '.*' -type f | wc -l)" 3 "and what may still be written, or is not ours"
is "$(ls "$spool/history" | sort)" "$(printf '%s\n' "$3" "$4" README | sort)" \
	"histories go with their records, the last of them"
rm "$spool/history/README" "$spool/history/$4" "$spool"/new/.*aabbccddeef?[.-]1.1
sed -i 's/^min_free/retain_done = 0\nmin_free/' "$conf"
mv "$spool/dead/$4" "$spool/done/"
touch -d '999 days ago' "$spool/done/$4"
run 0 "clean with retain_done = 0" alerts clean
is "$(state "$4")" done "keeps for ever"

# ---- who may

if am_root; then
	"$alertspool" init "$T/owned" --owner nobody:daemon >/dev/null || bail "init"
	chmod 755 "$T/owned" && chmod 644 "$T/owned/alertspool.conf"
	run 77 "a stranger may not claim" setpriv --reuid games --regid games \
		--clear-groups "$alertspool" -c "$T/owned/alertspool.conf" claim
	like "$(err)" 'run: sudo -u nobody ' "and the command to use"
	for verb in "ack x" "release x" "bury x" "requeue --state dead" "clean" "run -- true" \
		"claim --dry-run"; do
		# shellcheck disable=SC2086 # words
		run 77 "nor $verb" setpriv --reuid games --regid daemon \
			--clear-groups "$alertspool" -c "$T/owned/alertspool.conf" $verb
	done
	setpriv --reuid nobody --regid daemon --clear-groups \
		"$tools/seed" "$T/owned/spool" 1 1 || bail "seed"
	run 0 "root claims as the owner" "$alertspool" -c "$T/owned/alertspool.conf" claim
	is "$(stat -c %U "$T/owned/spool/history/$(out)")" nobody "whose everything stays"
else
	skip "a stranger may not claim" "not root"
fi

# ---- all verbs at once, on the same records: each is in one place in the end

rm -f "$spool"/*/2* "$spool"/*/.0* "$spool"/*/0*
"$tools/seed" "$spool" 300 100 || bail "seed"
(cd "$spool/new" && ls) >"$T/all"
verbs=
for verb in ack bury release "requeue --reason race" "release --delay 1s" ack; do
	verbs="${verbs}x"
	(
		for round in 1 2; do
			alerts claim -n 40 --lease 1s
			# shellcheck disable=SC2086 # words
			shuf "$T/all" | alerts $verb -
			alerts clean
		done >"$T/race.$verbs" 2>"$T/race.err.$verbs"
	) &
	racers="${racers:-} $!"
done
# shellcheck disable=SC2086 # a list
wait $racers
is "$(cd "$spool" && find new cur done dead bad -type f | sed 's,.*/,,' | sort)" "$(cat "$T/all")" \
	"6 racers, 300 records: each is in one place, none is lost"
is "$(grep -hvE 'another process works on this alert; try again|is in (new|cur|done|dead)/; |is not in [a-z]+/ any more' \
	"$T"/race.err.*)" "" "the later ones get that error, and no other"
is "$(find "$spool" -name '.*' -type f | wc -l)" 0 "nothing is left behind"
ok "every history is whole" sh -c 'cat "$1"/history/2* | jq -e . >/dev/null' - "$spool"

# ---- 8 claimers, 2 000 records, 10 000 with LONG set: each exactly once

rm -f "$spool"/*/2* "$spool"/*/.0*
many=$(length 2000 10000)
"$tools/seed" "$spool" "$many" "$many" || bail "seed"
for i in 1 2 3 4 5 6 7 8; do
	(
		while alerts claim -n $((many / 40)) >"$T/claim.$i"; do
			[ -s "$T/claim.$i" ] || break
			cat "$T/claim.$i" >>"$T/claimed.$i"
		done
	) 2>>"$T/claim.err" &
	claimers="${claimers:-} $!"
done
# shellcheck disable=SC2086 # a list
wait $claimers
# A claimer ends early if others hold all alerts that are left; the last claim takes those.
alerts claim -n "$many" >>"$T/claimed.1"
is "$(cat "$T"/claimed.* | wc -l) $(sort -u "$T"/claimed.* | wc -l)" "$many $many" \
	"8 claimers, $many records: each claimed exactly once"
is "$(spool_count "$spool" cur/) $(spool_count "$spool" new/)" "$many 0" "all are in cur/"
is "$(cat "$T/claim.err")" "" "without an error message"

done_testing
