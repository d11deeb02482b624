#!/bin/sh
# SPDX-License-Identifier: ISC
# heard/SOURCE behind a web server: after the answer, workers note that the source was
# heard, at most once a second and within their sandbox. -/metrics shows it.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"

front_prepare nginx "workers = 2"
front_start
heard=$installation/spool/heard

n=0
# send_now SOURCE: a new alert of this moment; prints the status
send_now() {
	n=$((n + 1))
	make_alert "heard$n" OPEN "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$T/body"
	deliver "$url$1" "$T/body" "$installation/secret"
}
metric() {
	curl "$url/-/metrics" |
	    sed -n "s/^alertspool_last_delivery_timestamp_seconds{source=\"$1\"} //p"
}

is "$(ls "$heard")" "" "the workers have made heard/"
is "$(stat -c '%a %U' "$heard")" "2750 $owner" "with mode and owner"
is "$(metric default)" 0 "nobody was heard of: 0"

make_alert stale >"$T/body"
is "$(deliver "$url" "$T/body" "$installation/secret")" 200 "an old alert is stored"
is "$(deliver "$url" "$T/body" "$installation/secret.hex")" 403 "another one refused"
is "$(metric default)" 0 "neither is a sign of life"

before=$(date +%s)
is "$(send_now '')" 200 "an alert of now is stored"
# It is noted behind the answer.
ok "its source has a file" wait_for '[ -f "$heard/default" ]'
is "$(stat -c '%a %U %s' "$heard/default")" "640 $owner 0" "empty, with mode and owner"
ok "-/metrics shows the time" [ "$(metric default)" -ge "$before" ]
is "$(ls "$heard")" default "of that source alone"

touch -d @1000 "$heard/default"
ok "within a second or two the next one is noted, too" wait_for \
	'[ "$(send_now "")" = 200 ] && [ "$(metric default)" -ge "$before" ]'

# Repeats: the first answer is as late as one that is noted.
sleep 1.1
touch -d @1000 "$heard/default"
is "$(deliver "$url" "$T/body" "$installation/secret")" 200 "a repeat"
is "$(grep -c duplicate "$T/answer")" 1 "is answered as one"
is "$(metric default)" 1000 "and is no sign of life"

rm -r "$heard"
is "$(send_now '')" 200 "without the directory alerts are stored all the same"
is "$(metric default)" 0 "-/metrics says never"
is "$(send_now '')" 200 "again"

done_testing
