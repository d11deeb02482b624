#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool forward is killed at random moments, again and again; two run on one spool;
# two receivers get the same deliveries. A message that is published again, or by both,
# has the same id, so the stream has each message once, in order.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/forward/nats.sh"

one_receiver
start_stream

# Most forwarders are killed within 30 ms of their first success, while most records still
# wait; one in five at any moment, perhaps before that.
kills=$(length 8 50)
killed=0 amid=0
while [ "$killed" -lt "$kills" ]; do
	"$tools/seed" "$spool" 1900 1900 new $((killed * 1900)) || bail "seed"
	touch -d '-9 seconds' "$spool/done"
	touch -d '-5 seconds' "$T/before"
	start victim "$alertspool" -c "$conf" forward --follow --lease 1s \
		--batch 64 "$url"
	# A busy loop: in a pause, or while a process starts, everything could be forwarded.
	looks=0
	# shellcheck disable=SC3013 # dash and bash have it
	while [ $((killed % 5)) -ne 4 ] && [ "$looks" -lt 20000000 ] &&
		! [ "$spool/done" -nt "$T/before" ]; do
		looks=$((looks + 1))
	done
	sleep "0.0$(($(od -An -N2 -tu2 /dev/urandom) % 20 + 10))"
	kill_nats victim
	killed=$((killed + 1))
	[ -z "$(ls "$spool/cur")" ] || amid=$((amid + 1))
done
diag "$(spool_count "$spool" done/) records done after $kills kills," \
	"$amid of them amid others under way"
ok "some were done" [ "$(spool_count "$spool" done/)" -gt 0 ]
ok "and some were under way" [ "$amid" -gt 0 ]
ok "the rest is forwarded" drain "$conf" --lease 1s "$url"
is "$(spool_count "$spool" '\(new\|cur\|dead\)/')" 0 "nothing is left, and none dead"
in_stream "killed $kills times: once each, as they are, in order" "$port" "$spool"

# ---- two forwarders on one spool

"$tools/seed" "$spool" 2000 100 new 100000 || bail "seed"
start one "$alertspool" -c "$conf" forward --follow --batch 32 "$url"
start two "$alertspool" -c "$conf" forward --follow --batch 32 "$url"
wait_for '[ "$(left "$spool")" -eq 0 ]' 300
stop one
is "$?" 0 "one of two forwarders ends with 0"
stop two
is "$?" 0 "and so does the other"
in_stream "two at once: once each, as they are, in order" "$port" "$spool"
"$alertspool" -c "$conf" stats --prometheus >"$T/stats"
diag "$(grep '^alertspool_forwarded_total' "$T/stats" | tr '\n' ' ')"
is "$(sed -n 's/^alertspool_forwarded_total{result="unknown"} //p' "$T/stats")" 0 \
	"no outcome was unknown"

# ---- two receivers that were given the same deliveries, each with its spool

make_installation "$T/j"
other=$T/j/alertspool.conf
empty_spool "$spool"
nats api "$port" '$JS.API.STREAM.PURGE.ATLAS_ALERTS' >/dev/null
same=$(length 1000 5000)
"$tools/seed" "$spool" "$same" $((same / 10)) new 200000 || bail "seed"
cp -a "$spool/new/." "$T/j/spool/new/"
start one "$alertspool" -c "$conf" forward --follow "$url"
start two "$alertspool" -c "$other" forward --follow "$url"
wait_for '[ "$(left "$spool") $(left "$T/j/spool")" = "0 0" ]' 600
stop one
stop two
is "$(spool_count "$spool" done/) $(spool_count "$T/j/spool" done/)" "$same $same" \
	"two receivers forward all they have"
in_stream "once each, as they are, in order in both" "$port" "$spool" "$T/j/spool"
is "$(wc -l <"$T/messages")" "$same" "as many messages as deliveries"
for receiver in "$conf" "$other"; do
	"$alertspool" -c "$receiver" stats --prometheus
done >"$T/stats"
diag "$(grep '^alertspool_forwarded_total' "$T/stats" | tr '\n' ' ')"
is "$(awk '/^alertspool_forwarded_total\{result="(duplicate|unknown)"/ { n += $2 } END { print n }' \
	"$T/stats")" "$same" "and as many duplicates"

done_testing
