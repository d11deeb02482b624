#!/bin/sh
# SPDX-License-Identifier: ISC
# heard/SOURCE: which deliveries count as a sign of life of a source, and which do not.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

installation "" "" "[source payments]
secret_file = $T/i/secret"
heard=$spool/heard

# alert ID DATE: a body whose alert was updated then
alert() { make_alert "$1" OPEN "$(date -u -d "$2" +%Y-%m-%dT%H:%M:%SZ)" >"$T/$1"; }
# age() makes all files this old, so that young() finds those that were touched since.
old=2026-01-01T00:00:00Z
age() { touch -d "$old" "$heard"/*; }
# young: the sources that were heard of since age()
young() { find "$heard" -type f -newermt 2026-01-02 -exec basename {} \; | LC_ALL=C sort | tr '\n' ' '; }

# ---- what is none

alert stale '25 hours ago'
alert ahead '25 hours'
printf '{broken' >"$T/broken"
printf '{"id":"timeless","status":"OPEN"}' >"$T/timeless"
make_secret "$T/wrong"
for body in stale ahead broken timeless; do
	id=$(store "$conf" "$T/$body" alert.open)
	ok "$body is stored" test -n "$id"
	is "$(ls "$heard")" "" "and no sign of life"
done
alert forged now
is "$(store "$conf" "$T/forged" alert.open "$T/wrong")" "" "a forged one is refused"
is "$(ls "$heard")" "" "and no sign of life"

# ---- what is one

alert fresh now
id=$(store "$conf" "$T/fresh" alert.open)
is "$(ls "$heard")" default "a delivery of today: the file of its source"
is "$(stat -c '%a %s %F' "$heard/default")" "640 0 regular empty file" "is empty, and its mode 0640"
is "$(stat -c %a "$heard")" 2750 "in a directory of mode 2750"
alert other now
store "$conf" "$T/other" alert.open "$T/i/secret" payments >/dev/null
is "$(ls "$heard" | tr '\n' ' ')" "default payments " "another source has a file of its own"
for when in '23 hours ago' '23 hours'; do
	age
	alert "day$when" "$when"
	store "$conf" "$T/day$when" alert.open >/dev/null
	is "$(young)" "default " "an alert of $when is one, too"
done

# ---- again

age
is "$(store "$conf" "$T/fresh" alert.open)" "$id" "a repeat is answered"
is "$(young)" "" "and none"
"$alertspool" -c "$conf" run -- true
is "$(store "$conf" "$T/fresh" alert.open)" "$id" "and not one of a record that is done"
is "$(young)" "" "any"
for verb in "clean" "verify $id" "requeue $id" "list -s all" "check"; do
	# shellcheck disable=SC2086 # words
	"$alertspool" -c "$conf" $verb >/dev/null 2>&1
done
is "$(ls "$heard" | tr '\n' ' ')$(young)" "default payments " "no verb touches or removes a file"

# ---- what cannot be noted

rm -r "$heard"
alert again now
ok "without heard/ it is made" test -n "$(store "$conf" "$T/again" alert.open)"
is "$(ls "$heard")" default "and the source noted"
rm -r "$heard"
: >"$heard"
alert nowhere now
ok "with a file in its place an alert is stored all the same" \
	test -n "$(store "$conf" "$T/nowhere" alert.open)"
like "$(cat "$T/store.err")" 'level=warning event=heard .*heard.*are not noted' "the log line names the reason"
rm "$heard"
mkdir "$heard"
ln -s "$T/fresh" "$heard/default"
touch -d "$old" "$T/fresh"
alert linked now
ok "with a link in its file's place, too" test -n "$(store "$conf" "$T/linked" alert.open)"
is "$(date -u -r "$T/fresh" +%Y-%m-%d)" 2026-01-01 "where the link leads nothing is touched"

done_testing
