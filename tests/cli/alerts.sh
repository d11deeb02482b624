#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool alerts and end: options, output formats, the life of one alert, and damaged
# records. alerts_oracle.sh tests which alerts are open.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

installation "" "" "[source payments]
authentication = none"

alerts() { "$alertspool" -c "$conf" alerts "$@"; }
# shown: the alerts of a list, in its order
shown() { alerts "$@" | cut -f2 | tr '\n' ' ' | sed 's/ $//'; }
# ago SECONDS: a time as the sender writes it
ago() { date -u -d "-$1 seconds" +%Y-%m-%dT%H:%M:%SZ; }

# ---- nothing

run 0 "an empty spool" alerts
is "$(out)" "" "is an empty list"
run 0 "as JSON" alerts --json
is "$(out)" "" "too"
is "$(on_terminal 80 "$alertspool -c $conf alerts")" "0 open" "on a terminal, one line"
run 0 "--check with nothing open" alerts --check INFO

# ---- alerts

# told STATE SOURCE RECEIVED ID STATUS CREATED UPDATED [MORE]: a delivery, all times in
# seconds ago
told() {
	printf '%s\t%s\t-\t%s\t{"id":"%s","status":"%s","created":"%s","updated":"%s",' \
		"$1" "$2" "$(date -d "-$3 seconds" +%s)" "$4" "$5" "$(ago "$6")" "$(ago "$7")"
	printf '"groupId":"65a7d3f0a1b2c3d4e5f60001"%s}\n' "${8:-}"
}
disk=',"eventTypeName":"OUTSIDE_METRIC_THRESHOLD","metricName":"DISK_PARTITION_SPACE_USED_DATA","clusterName":"shop","projectName":"Web Shop","hostnameAndPort":"shop-shard-00-01.a1b2c.mongodb.net:27017"'
down=',"eventTypeName":"HOST_DOWN","clusterName":"billing","projectName":"Billing","links":[{"rel":"self","href":"https://cloud.mongodb.com/api/x"}]'
{
	told new default 7200 aa01 OPEN 7200 7200 ',"severity":"CRITICAL"'"$down"
	told new default 3600 aa01 OPEN 7200 3600 ',"severity":"CRITICAL"'"$down"
	told done default 600 aa02 OPEN 600 600 ',"severity":"warning","currentValue":{"number":95.256,"units":"RAW"}'"$disk"
	told dead default 900 aa03 OPEN 900 900 ',"severity":"WARNING"'"$down"
	told new default 500 aa03 OPEN 900 500 ',"severity":"WARNING","acknowledgedUntil":"2199-01-01T00:00:00Z","acknowledgingUsername":"dba"'"$down"
	told done default 172800 bb04 OPEN 172800 172800 ',"severity":"ERROR"'"$disk"
	told done default 169200 bb04 CLOSED 172800 169200 ',"severity":"ERROR"'"$disk"
	told new payments 300 aa05 OPEN 300 300 "$down"
	told new default 900000 bb06 OPEN 900000 900000 ',"severity":"CRITICAL"'"$down"
	told new default 4000 cc07 INFORMATIONAL 4000 4000 ',"severity":"notice"'"$down"
	told new default 3000 cc08 CANCELLED 3000 3000 "$disk"
	told cur default 2800 cc09 STRANGE 2800 2800 "$disk"
	printf 'new\tdefault\t-\t1\t{"status":"OPEN"}\n'
} >"$T/lines"
"$tools/seed" "$spool" - <"$T/lines" >"$T/names" || bail "seed"
chown -R --reference="$spool" "$spool"/*/
printf 'no json' >"$T/bad"
store "$conf" "$T/bad" >/dev/null

run 0 "alerts" alerts
is "$(cut -f2 "$T/out" | tr '\n' ' ')" "aa01 aa03 aa02 aa05+payments bb06 " "worst first, then oldest, silent last"
is "$(sed -n 3p "$T/out")" "$(printf '%s\taa02\twarning\t%s\topen\t1\t%s\tWeb Shop\tshop-shard-00-01.a1b2c.mongodb.net\t95.256 percent\t' \
	"$(sed -n 3p "$T/names")" "$(sed -n 's/.*"aa02".*"created":"\([^"]*\)".*/\1/p' "$T/lines")" \
	"$(sed -n 's/.*"aa02".*"updated":"\([^"]*\)".*/\1/p' "$T/lines")")$(sed -n 3p "$T/out" | cut -f11)	-" \
	"twelve columns"
like "$(sed -n 3p "$T/out" | cut -f11)" "95.26 %" "with the summary"
is "$(sed -n 1p "$T/out" | cut -f6)" 2 "deliveries are counted"
is "$(shown --all)" "aa01 bb04 aa03 aa02 cc07 cc08 cc09 aa05+payments bb06" "--all"
is "$(shown -s closed)" bb04 "-s closed"
is "$(shown -s cancelled,informational)" "cc07 cc08" "-s a,b"
is "$(shown -s unknown -s acknowledged)" "aa03 cc09" "-s repeated"
is "$(shown -s open -n 2)" "aa01 aa02" "-n"
is "$(shown -S critical,unrated)" "aa01 aa05+payments bb06" "-S"
is "$(shown -S INFO --all)" cc07 "notice is INFO"
is "$(shown -p 'web shop')" aa02 "-p in any case"
is "$(shown --cluster SHOP --all)" "bb04 aa02 cc08 cc09" "--cluster"
is "$(shown --source payments)" aa05+payments "--source"
is "$(shown -t host_down -s open)" "aa01 aa05+payments bb06" "-t, an event type"
is "$(shown -t host-metric)" aa02 "-t, a category"
run 0 "an unknown project" alerts -p nowhere
like "$(err)" 'no record here is of the project "nowhere"; there are .*"Billing"' "says which there are"

# ---- time

is "$(shown --since 48h30m --until 46h)" "bb04 bb06" "what was there then, closed or not"
is "$(shown --since 46h --until 45h)" bb06 "not what ended before"
is "$(shown --since 46h --until 1h -s open)" "aa01 bb06" "-s with it"
is "$(shown --until 2h -s open)" "aa01 bb06" "what was open then and is still"
is "$(shown --since 3500s)" "aa01 aa03 aa02 cc08 cc09 aa05+payments bb06" "what is of a moment was there then only"
is "$(alerts --since 48h -s closed | cut -f12)" "$(sed -n 's/.*"bb04","status":"CLOSED".*"updated":"\([^"]*\)".*/\1/p' "$T/lines")" \
	"the last column is when it ended"

# ---- JSON

alerts --json --all >"$T/json"
is "$(wc -l <"$T/json")" 9 "an object a line"
is "$("$python" -c 'import json, sys
for line in open(sys.argv[1]):
    a = json.loads(line)
    if a["alert"] in ("aa02", "aa05+payments", "bb06"):
        print(a["state"], a["silent"], a["source"], a["where"], a["value"], a["unit"], a["web_link"])' "$T/json")" \
"open False default shop-shard-00-01.a1b2c.mongodb.net 95.256 percent None
open False payments billing None None https://cloud.mongodb.com/v2/65a7d3f0a1b2c3d4e5f60001#/alerts
open True default billing None None https://cloud.mongodb.com/v2/65a7d3f0a1b2c3d4e5f60001#/alerts" \
	"states, values and links"

# ---- a terminal

mkdir "$spool/heard"
touch -d '-3 minutes' "$spool/heard/default"
touch -d '-3 days' "$spool/heard/payments"
term() { on_terminal "$1" "NO_COLOR=1 $alertspool -c $conf alerts $2"; }
is "$(term 140 '' | sed 's/  */ /g' | cut -c1-57 | sed 's/ $//')" \
"SEVERITY SINCE STATE TOLD LAST PROJECT WHERE VALUE SUMMAR
CRITICAL 2h open 2 1h Billing billing - HOST_DOWN on bill
WARNING 15m acknowledged 2 8m Billing billing - HOST_DOWN
warning 10m open 1 10m Web Shop shop-shard-00-01 95.26 %
- 5m open 1 5m Billing billing - HOST_DOWN on billing
CRITICAL 10d open? 1 10d Billing billing - HOST_DOWN on b
4 open (2 CRITICAL, 1 WARNING, 1 unrated), 1 acknowledged" "a table, and one line below it"
like "$(term 140 '' | tail -n 1)" "; not delivered: 1 dead, 1 bad; 1 record without an alert id; last delivery 3m ago\$" "which counts what was not delivered"
for columns in 80 140; do
	for options in "" --all "--since 3d" aa01; do
		ok "nothing wraps at $columns columns: $options" [ "$(term "$columns" "$options" | widest)" -le "$columns" ]
	done
done
like "$(term 80 '' | head -n 1)" "^SEVERITY +SINCE +STATE .* WHERE {13,}SUMMARY\$" "80 columns have room for where and summary"
like "$(term 80 '')" "shop-shard-00-01  " "and the host can be read"
like "$(term 80 '--since 3d' | head -n 1)" "^SEVERITY +OPENED +ENDED .*WHERE {13,}SUMMARY\$" "so they do with times"
like "$(term 140 '--since 3d -s closed')" "^ERROR +[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9] +[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9] +1h +closed +2 " \
	"opened, ended, for how long, told how often"
is "$(term 80 '--all' | tail -n 3)" "4 open (2 CRITICAL, 1 WARNING, 1 unrated), 1 acknowledged, 1 closed,
1 cancelled, 1 informational, 1 unknown; not delivered: 1 dead, 1 bad;
1 record without an alert id; last delivery 3m ago" "a long line is broken between two words"
is "$(term 80 '-s closed -S INFO')" "0 open; not delivered: 1 dead, 1 bad; 1 record without an alert id;
last delivery 3m ago" "nothing to show: the line alone"
esc=$(printf '\033')
like "$(on_terminal 140 "$alertspool -c $conf alerts")" "^$esc\[31mCRITICAL$esc\[0m .*$esc\[33mopen$esc\[0m" "colours"
like "$(alerts --table --color=always)" "^$esc\[31mCRITICAL" "--table and --color anywhere"
unlike "$(term 140 '')" "$esc" "none with NO_COLOR"

# ---- --check

run 69 "--check CRITICAL" alerts --check CRITICAL
is "$(cut -f2 "$T/out" | head -n 1)" aa01 "prints the same"
run 0 "--check ERROR of what is less" alerts --check ERROR -S WARNING,unrated
run 69 "--check WARNING in small letters" alerts --check warning -S WARNING
run 0 "acknowledged alerts do not count" alerts --check WARNING -s open -S WARNING --cluster billing
run 0 "unrated records never do" alerts --check INFO -S unrated

# ---- refusals

for wrong in "-s old" "-s open,,closed" "--all -s open" "-S HIGH" "--check unrated" "--check bad" \
	"-s closed --check INFO" "--since soon" "-n 0" "--json --table" "--color=maybe" "-s open aa01" \
	"--all aa01" "--since 2h aa01"; do
	# shellcheck disable=SC2086 # words
	run 64 "refused: $wrong" alerts $wrong
	is "$(out)" "" "without a result"
done

# ---- one alert

run 0 "its life" alerts aa03
is "$(cut -f2,4,7,8,9 "$T/out")" "$(printf 'aa03\topen\twebhook\tdead\t0\naa03\tacknowledge\twebhook\tnew\t0')" "a line a delivery, in order"
is "$(cut -f1 "$T/out")" "$(grep '\.aa03\.' "$T/names")" "ids first"
run 0 "by a front that no other has" alerts bb04
run 0 "with its source" alerts aa05
is "$(cut -f2 "$T/out")" "aa05+payments" "which need not be typed"
run 65 "by one that several have" alerts aa0
like "$(err)" "aa0 is ambiguous: it may be aa0[1-5].* or aa0[1-5]" "says which"
digits=$(sed -n '3s/.*\.//p' "$T/names" | cut -c1-10)
run 0 "by a record's digits" alerts "$digits"
is "$(cut -f2 "$T/out")" aa02 "means its alert"
run 66 "by nothing" alerts dddddddd
like "$(err)" "no alert's id begins with this" "the message"
run 66 "a record without an alert id" alerts "$(tail -n 1 "$T/names")"
run 66 "several, one of them unknown" alerts dddddddd aa01
is "$(cut -f2 "$T/out" | uniq)" aa01 "shows the other"
"$alertspool" -c "$conf" bury "$(sed -n 9p "$T/names")" --reason "wrong number" >/dev/null
"$alertspool" -c "$conf" run -- /bin/true >/dev/null 2>&1
like "$(term 140 bb06)" "^bb06: open\?, 1 delivery" "on a terminal with a head"
like "$(term 140 bb06)" "^    dead, bury 20.*Z: wrong number\$" "and what became of each"
like "$(term 140 aa01)" "^    done, 1 try, " "how often it was tried"
is "$(alerts --json aa01 | "$python" -c 'import json, sys
for line in sys.stdin:
    d = json.loads(line)
    print(d["alert"], d["event"], d["state"], d["tries"], d["method"])')" "aa01 open done 1 webhook
aa01 open done 1 webhook" "as JSON"

# an id that is exactly the front of another one
told new default 60 aa01x OPEN 60 60 "$disk" | "$tools/seed" "$spool" - >>"$T/names"
is "$(alerts aa01 | cut -f2 | uniq)" aa01 "a whole id is no front"

# ---- end

ends() { "$alertspool" -c "$conf" end "$@"; }
chown -R --reference="$spool" "$spool"/*/
run 0 "end --dry-run" ends -n aa01
is "$(out)" "$(sed -n 2p "$T/names")	open -> cancelled" "says what would be"
is "$(shown -S CRITICAL -s open)" "aa01 bb06" "and does nothing"
run 0 "end" ends aa01 bb06 --reason "no such cluster"
is "$(wc -l <"$T/out")" 2 "prints ids"
id=$(head -n 1 "$T/out")
like "$id" "\.aa01\.cancel\." "of records that cancel"
is "$(shown -S CRITICAL)" "" "nothing is open"
is "$(shown -s cancelled)" "bb06 aa01 cc08" "but cancelled"
ok "the record waits" test -f "$spool/new/$id"
"$python" - "$spool/new/$id" "$spool/done/$(sed -n 2p "$T/names")" >"$T/record" <<'EOT'
import json, sys
new, old = (json.load(open(path)) for path in sys.argv[1:])
raw = json.loads(new["raw"])
print(new["delivery"]["method"], new["delivery"]["signature_verdict"], new["delivery"]["token_verdict"],
      new["source"], new["alert"]["state"], new["alert"]["transition"], new["warnings"])
print({key for key in raw if raw[key] != json.loads(old["raw"]).get(key)} == {"status", "updated"})
EOT
is "$(cat "$T/record")" "operator not-required not-required default cancelled cancel []
True" "which is the newest one, cancelled"
like "$("$alertspool" -c "$conf" show "$id")" "^history .*what=end why=no such cluster\$" "with a reason"
run 0 "end again" ends aa01
is "$(out)" "$id" "changes nothing"
run 66 "end of an alert that was never open" ends cc07
like "$(err)" "cc07 is not open \(informational\)" "end of an alert that was never open: the message"
run 66 "end of a missing alert" ends dddddddd
run 0 "end of another source's" ends aa05+payments
like "$(out)" "\.aa05\+payments\.cancel\." "stays with that source"
ahead=$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)
printf 'new\tdefault\t-\t%s\t{"id":"ee10","status":"OPEN","updated":"%s"}\n' "$(date +%s)" "$ahead" |
	"$tools/seed" "$spool" - >/dev/null
chown -R --reference="$spool" "$spool"/*/
run 0 "end of an alert in the future" ends ee10
is "$(out | cut -c1-16)" "$(echo "$ahead" | tr -d ':-')" "is at its time, behind it"
is "$(shown -s cancelled | grep -c ee10)" 1 "and ends it"

# ---- how much it reads

if command -v strace >/dev/null; then
	ASAN_OPTIONS=detect_leaks=0 strace -qq -o "$T/calls" -e trace=openat \
		"$alertspool" -c "$conf" alerts >"$T/out"
	is "$(grep -c ', "\.", .*O_DIRECTORY' "$T/calls")" 4 "the names in new/, cur/, done/ and dead/, once"
	is "$(grep -cE ', "[0-9]{8}T[0-9]{6}Z\.' "$T/calls")" "$(($(wc -l <"$T/out") * 2))" \
		"and the newest record of each open alert, once to judge it and once to print it"
else
	skip "how much it reads" "strace is not installed"
fi

# ---- what cannot be read

torn=$(told new default 50 ff11 OPEN 50 50 "$disk" | "$tools/seed" "$spool" -)
printf 'torn' >"$spool/new/$torn"
chown -R --reference="$spool" "$spool"/*/
run 65 "a torn record" alerts
like "$(err)" "alertspool alerts: .*$torn|a record is exactly one line" "is reported"
like "$(grep ff11 "$T/out")" "^$torn	ff11	-	[^	]*	open	1	" "and shown by its name"
run 65 "end of it" ends ff11

done_testing
