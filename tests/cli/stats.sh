#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool stats: depths, ages and counters in all output formats, and a large spool.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

installation

stats() { "$alertspool" -c "$conf" stats "$@"; }

# json EXPRESSION: of the object s that stats --json prints
json() {
	stats --json | "$python" -c 'import json, sys
s = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"
}

# ---- nothing

run 0 "an empty spool" stats
is "$(sed -n 1,5p "$T/out")" "$(printf '%s\t0\t0\t-\n' new cur done dead bad)" "has a line for each state"
is "$(sed -n 6p "$T/out")" "$(printf 'requests stored\t0\t-')" "and counters without a rate"
is "$(json 's["states"]["new"]')" \
	"{'records': 0, 'bytes': 0, 'oldest_received_at': None, 'oldest_age_seconds': None, 'oldest_is_exact': True}" "as JSON"
is "$(json 's["counters_since"], s["per_hour"], s["per_second"]')" "(None, None, None)" "no counters, no rates"
like "$(on_terminal 80 "$alertspool -c $conf stats")" '^Nothing was counted yet.$' "said on a terminal"
run 64 "--json and --prometheus" stats --json --prometheus
run 64 "an operand" stats new
run 64 "--label without --prometheus" stats --label a=b
for label in a =b 1a=b __a=b a-b=c state=x source=x "a=$(printf '\377')"; do
	run 64 "--label $label" stats --prometheus --label "$label"
	is "$(out)" "" "nothing is printed"
done
run 64 "--label twice" stats --prometheus --label a=b --label a=c

# ---- who was heard of, and labels

heard=alertspool_last_delivery_timestamp_seconds
is "$(stats --prometheus | grep "^$heard")" "$heard{source=\"default\"} 0" "nobody was heard of: 0"
mkdir "$spool/heard"
touch -d @1795910400 "$spool/heard/default"
is "$(stats --prometheus | grep "^$heard")" "$heard{source=\"default\"} 1795910400" "when a source was last heard of"
stats --prometheus --label spool=eu --label 'note=a "b" \c=d' >"$T/labelled"
is "$(grep "^$heard" "$T/labelled")" \
	"$heard{spool=\"eu\",note=\"a \\\"b\\\" \\\\c=d\",source=\"default\"} 1795910400" "--label, before the metric's own"
is "$(grep ^alertspool_commits_total "$T/labelled")" \
	'alertspool_commits_total{spool="eu",note="a \"b\" \\c=d"} 0' "and where a metric has none"
is "$(sed 's/spool="eu",note="a \\"b\\" \\\\c=d",*//; s/{}//' "$T/labelled")" "$(stats --prometheus)" "all else is the same"
if command -v promtool >/dev/null; then
	run 0 "promtool reads it" promtool check metrics <"$T/labelled"
else
	skip "promtool reads it" "promtool is not installed"
fi
rm -r "$spool/heard"

# ---- counters of nothing stored

make_installation "$T/refused"
make_secret "$T/wrong"
printf '{}' >"$T/empty"
store "$T/refused/alertspool.conf" "$T/empty" alert.open "$T/wrong" >/dev/null
on_terminal 80 "NO_COLOR=1 $alertspool -c $T/refused/alertspool.conf stats" >"$T/plain"
like "$(cat "$T/plain")" '^Counted since 20.*\)\.$' "counted, and no commit among it"
like "$(cat "$T/plain")" '^requests forbidden +1 ' "but a refusal"

# ---- records and counters

for i in 1 2 3; do
	make_alert "a$i" >"$T/$i"
	store "$conf" "$T/$i" >/dev/null
done
store "$conf" "$T/3" >/dev/null
printf 'no json' >"$T/4"
store "$conf" "$T/4" >/dev/null
store "$conf" "$T/1" alert.open "$T/4" >/dev/null
is "$(json '[(n, d["records"]) for n, d in s["states"].items()]')" \
	"[('new', 3), ('cur', 0), ('done', 0), ('dead', 0), ('bad', 1)]" "records of each state"
is "$(json 's["states"]["new"]["bytes"]')" "$(cat "$spool"/new/* | wc -c)" "bytes"
is "$(json 's["counters"]["requests"]')" \
	"{'stored': 3, 'duplicate': 1, 'quarantined': 1, 'bad_request': 0, 'forbidden': 1, 'not_found': 0, 'method_not_allowed': 0, 'too_large': 0, 'unavailable': 0}" "requests"
is "$(json 's["counters"]["signature_verdicts"]["valid"], s["counters"]["signature_verdicts"]["wrong"]')" "(5, 1)" "verdicts"
is "$(json 's["counters"]["commits"], s["counters"]["commit_seconds"] > 0')" "(5, True)" "commits"

# The oldest is found by received_at, neither by TIME nor by mtime.
set -- "$spool"/new/*
sed -i 's/"received_at":"[^"]*"/"received_at":"2026-01-02T03:04:05.5Z"/' "$2"
touch "$2"
is "$(json 's["states"]["new"]["oldest_received_at"], s["states"]["new"]["oldest_is_exact"]')" \
	"('2026-01-02T03:04:05.5Z', True)" "the oldest by received_at"
is "$(stats | sed -n 1p | cut -f1,2,4)" "$(printf 'new\t3\t2026-01-02T03:04:05.5Z')" "in lines, too"
wait_for '[ "$(json "s[\"per_hour\"] is not None")" = True ]' || :
is "$(json 'abs(s["per_hour"]["requests"]["stored"] / s["per_second"]["requests"]["stored"] - 3600) < 1e-6')" True "rates"
cp -r "$spool" "$T/before"
stats >/dev/null
ok "looking changes nothing" diff -r "$spool" "$T/before"

# A disk that does not answer hides an age, and that is reported. (valgrind has calls of
# its own, which would count.)
if [ -z "${SLOWLY:-}" ] && strace -qq -o "$T/calls" -e trace=openat "$alertspool" -c "$conf" stats >"$T/out" 2>&1; then
	call=$(grep -n '"[0-9T]*Z\.' "$T/calls" | head -n 1 | cut -d: -f1)
	is "$(strace -qq -o /dev/null -e trace=openat -e "inject=openat:error=EIO:when=$call" \
		"$alertspool" -c "$conf" stats --json |
		"$python" -c 'import json, sys; print(json.load(sys.stdin)["states"]["new"]["oldest_is_exact"])')" \
		False "an age that cannot be read is not taken for none"
else
	skip "an age that cannot be read" "strace cannot trace here"
fi

# Only records are counted; a torn one has no age.
touch "$spool/new/.partial" "$spool/new/README"
mkdir "$spool/new/directory"
: >"$1"
is "$(json 's["states"]["new"]["records"]')" 3 "only records are counted"
for file in "$spool"/new/2*; do : >"$file"; done
run 0 "torn records" stats
is "$(sed -n 1p "$T/out")" "$(printf 'new\t3\t0\t-')" "have no age"

# ---- terminals

escape=$(printf '\033')
like "$(on_terminal 80 "$alertspool -c $conf stats")" "^$escape\[33mnew$escape\[0m " "a colour"
for columns in 20 40 80; do
	on_terminal "$columns" "NO_COLOR=1 $alertspool -c $conf stats" >"$T/plain"
	is "$(grep -c "$escape" "$T/plain")" 0 "$columns columns: NO_COLOR"
	ok "$columns columns: tables fit" test "$(grep -v '^Counted since' "$T/plain" | widest)" -le "$columns"
done
unlike "$(cat "$T/plain")" 'requests not_found' "only what ever counted"
ln -s "$spool" "$T/i/$(printf 'evil\033[2J\342\200\256')"
sed "s,^directory = .*,directory = $T/i/$(printf 'evil\033[2J\342\200\256')," "$conf" >"$T/i/evil.conf"
on_terminal 80 "NO_COLOR=1 $alertspool -c $T/i/evil.conf stats --json" >"$T/plain"
is "$(LC_ALL=C grep -cP '\x1b|\xe2\x80' "$T/plain")" 0 "a hostile path is harmless"

# ---- Prometheus

run 0 "--prometheus" stats --prometheus
cp "$T/out" "$T/prometheus"
like "$(cat "$T/prometheus")" '^alertspool_records\{state="new"\} 3$' "records"
like "$(cat "$T/prometheus")" '^alertspool_requests_total\{outcome="stored"\} 3$' "the shared counters"
for family in alertspool_records alertspool_oldest_record_age_seconds alertspool_spool_bytes; do
	is "$(grep -c "^# \(HELP\|TYPE\) $family " "$T/prometheus")" 2 "$family has HELP and TYPE"
	is "$(grep -c "^$family{state=" "$T/prometheus")" 5 "$family has five states"
done
env -i GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET PATH_INFO=/-/metrics REMOTE_ADDR=127.0.0.1 \
	"$responder" -c "$conf" 2>/dev/null | sed '1,/^.$/d' >"$T/metrics"
if command -v promtool >/dev/null; then
	run 0 "promtool has nothing to say" promtool check metrics <"$T/prometheus"
	is "$(out)$(err)" "" "nothing at all"
	run 0 "nor about -/metrics" promtool check metrics <"$T/metrics"
	is "$(out)$(err)" "" "nothing at all"
else
	skip "promtool has nothing to say" "promtool (Debian: prometheus) is not installed"
fi
is "$(grep -v '^#' "$T/metrics" | cut -d' ' -f1)" \
	"$(grep -v '^#' "$T/prometheus" | cut -d' ' -f1 | sed '/^alertspool_\(records\|oldest\|spool\|open\|acknowledged\)/d')" "the same counters"
printf 'damaged' >"$spool/metrics"
run 0 "damaged counters" stats
is "$(sed -n 6p "$T/out")" "$(printf 'requests stored\t0\t-')" "are none"

# ---- open alerts

# Three are open; one of them becomes CRITICAL, one acknowledged.
make_installation "$T/open"
conf=$T/open/alertspool.conf
spool=$T/open/spool
for i in 1 2 3; do store "$conf" "$T/$i" >/dev/null; done
gauge() { "$alertspool" -c "$conf" stats --prometheus | sed -n "s/^alertspool_$1 //p"; }
is "$(gauge 'open_alerts{severity="unrated"}') $(gauge 'open_alerts{severity="CRITICAL"}')" "3 0" \
	"open alerts by severity"
grep -l '"state":"open"' "$spool"/*/* | sed -n 1p | xargs sed -i 's/"severity":null/"severity":"critical"/'
grep -l '"state":"open"' "$spool"/*/* | sed -n 2p |
	xargs sed -i 's/"acknowledged_until":null/"acknowledged_until":"2999-01-01T00:00:00Z"/'
is "$(gauge 'open_alerts{severity="unrated"}') $(gauge 'open_alerts{severity="CRITICAL"}')" "1 1" \
	"in any case of the word"
is "$(gauge acknowledged_alerts)" 1 "and how many are acknowledged"

# ---- many

make_installation "$T/many"
"$python" - "$T/many/spool" <<'E2'
import os, sys
os.chdir(sys.argv[1] + '/done')
for i in range(20000):
    name = f'20261101T000000Z.a{i}.open.{i:032x}'
    with open(name, 'w') as file:
        file.write('{"record_version":1,"id":"%s","received_at":"2026-11-01T%02d:%02d:%02dZ"}\n'
                   % (name, 1 + i // 3600, i // 60 % 60, i % 60))
E2
conf=$T/many/alertspool.conf
# 64 MiB; without a limit under a sanitizer or valgrind, which need more for themselves.
limit=65536
{ [ -n "${SLOWLY:-}" ] || ldd "$alertspool" | grep -q libasan; } && limit=unlimited
run 0 "20000 records, all of one TIME" \
	sh -c 'ulimit -v "$1"; shift; exec "$@"' - "$limit" "$alertspool" -c "$conf" stats --json
is "$(json 's["states"]["done"]["records"], s["states"]["done"]["oldest_is_exact"]')" "(20000, False)" "are too many to be sure"
mv "$T/many/spool/done/20261101T000000Z.a7.open.$(printf %032x 7)" "$T/many/spool/done/20261031T000000Z.a7.open.$(printf %032x 7)"
is "$(json 's["states"]["done"]["oldest_received_at"] is not None')" True "and have an age"

done_testing
