#!/bin/sh
# SPDX-License-Identifier: ISC
# handlers/sqlite: each record is one row, whatever its text and with other writers;
# input that is not a record; databases that cannot be written.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

command -v sqlite3 >/dev/null || skip_all "no sqlite3"
. "$srcdir/tests/handlers/handlers.sh"
sqlite=$handlers/sqlite
# sql STATEMENT [DATABASE]
sql() { sqlite3 -batch "${2:-$T/a.db}" "$1"; }

# ---- one record

id=$(store "$conf" "$srcdir/tests/data/host-metric-raw/body")
run 0 "a record" "$sqlite" "$T/a.db" <"$spool/new/$id"
is "$(out)$(err)" "" "succeeds without output"
is "$(sql "SELECT id, source, alert_id, transition, state, event_type,
	severity, organization, project, cluster, host, replica_set,
	metric, value, unit, summary, created_at, updated_at, coalesce(resolved_at, 'null')
	FROM alerts")" "$id|default|66f0a1b2c3d4e5f607180001|open|open|\
OUTSIDE_METRIC_THRESHOLD|CRITICAL|Example Retail|Web Shop|shop|\
shop-shard-00-01.ab1cd.mongodb.net|atlas-k3x9-shard-0|DISK_PARTITION_SPACE_USED_DATA|\
95.2|RAW|Disk space % used on Data Partition has gone above 90|2026-11-20T10:30:00Z|\
2026-11-20T10:30:00Z|null" "its columns"
is "$(sql 'SELECT record FROM alerts')" "$(cat "$spool/new/$id")" "the record is whole"
run 0 "again" "$sqlite" "$T/a.db" <"$spool/new/$id"
is "$(sql 'SELECT count(*) FROM alerts')" 1 "it is one row"
is "$(stat -c %a "$T/a.db")" 600 "others cannot read the database"
run 0 "through a pipe" sh -c 'cat "$1" | "$2" "$3"' - "$spool/new/$id" "$sqlite" "$T/b.db"
is "$(sql 'SELECT id FROM alerts' "$T/b.db")" "$id" "it is there as well"
(cd "$T" && "$sqlite" -odd.db <"$spool/new/$id")
is "$? $(sql 'SELECT count(*) FROM alerts' "$T/-odd.db")" "0 1" "a name that looks like an option"

# ---- every shape of alert, every kind of text

# But what is nested deeper than SQLite and jq go.
number=0
for body in "$srcdir"/tests/data/[!d]*/body; do
	number=$((number + 1))
	[ $((number % 4)) -eq 0 ] || continue
	store "$conf" "$body" >/dev/null
done
printf '{"id":"%s","status":"OPEN","projectName":"%s","clusterName":"%s"}' \
	"x'); DROP TABLE alerts; --" '\u001e\u001f\n.shell touch pwned\n\"\u0027' \
	'\u0000 $(touch pwned) ?1 @x' >"$T/hostile"
hostile=$(store "$conf" "$T/hostile")
(cd "$T" && "$sqlite" all.db <"$spool/new/$hostile") >"$T/out" 2>"$T/err"
is "$?" 0 "a hostile record"
is "$(sql 'SELECT alert_id || project FROM alerts' "$T/all.db")" \
	"$(printf "x'); DROP TABLE alerts; --\036\037\n.shell touch pwned\n\"'")" "is text"
is "$(find "$T" -name 'pwned*')" "" "and nothing else"
alerts list --state all --json >"$T/all"
ok "there are many records" test "$(wc -l <"$T/all")" -gt 40
run 0 "all at once" "$sqlite" "$T/all.db" <"$T/all"
is "$(sql 'SELECT id FROM alerts ORDER BY id' "$T/all.db" | sort)" \
	"$(jq -r .id "$T/all" | sort)" "each is a row"
run 0 "all at once, again" "$sqlite" "$T/all.db" <"$T/all"
is "$(sql 'SELECT count(*) FROM alerts' "$T/all.db")" "$(wc -l <"$T/all")" "changes nothing"
is "$(sql "SELECT count(*) FROM alerts WHERE id <> json_extract(record, '\$.id')
	OR json_extract(record, '\$.alert.state') IS NOT state" "$T/all.db")" 0 "columns fit records"
is "$(sql 'PRAGMA integrity_check' "$T/all.db")" ok "the database is whole"

# ---- input that is not a record, and databases that cannot be written

run 64 "no database" "$sqlite"
run 64 "an empty name" "$sqlite" ''
run 65 "nothing" "$sqlite" "$T/c.db" </dev/null
for text in '{' '{}' '[]' 'null' '{"record_version":1}' 'x; DROP TABLE alerts;' \
	'{"record_version":2,"id":"x","received_at":"x","source":"x"}'; do
	printf '%s\n' "$text" >"$T/wrong"
	run 65 "refused: $text" "$sqlite" "$T/c.db" <"$T/wrong"
done
cat "$spool/new/$id" "$T/wrong" >"$T/mixed"
run 65 "one of two is invalid" "$sqlite" "$T/c.db" <"$T/mixed"
is "$(err)" "sqlite: line 2 is not a record" "one of two is invalid: the message"
is "$(sql 'SELECT count(*) FROM alerts' "$T/c.db")" 0 "none of it is there"
run 75 "no such directory" "$sqlite" "$T/no/such.db" <"$spool/new/$id"
echo 'this is no database, and long enough to be none' >"$T/text.db"
run 75 "no database" "$sqlite" "$T/text.db" <"$spool/new/$id"
is "$(cat "$T/text.db")" 'this is no database, and long enough to be none' "which is left alone"

# ---- what is the matter now

# alert ID STATUS EVENT TIME [MORE]: one row of it
alert() {
	printf '{"id":"%s","status":"%s","eventTypeName":"HOST_DOWN","updated":"2026-11-20T%sZ"%s}' \
		"$1" "$2" "$4" "${5-}" >"$T/body"
	"$sqlite" "$T/now.db" <"$(record "$T/body" "alert.$3")"
}
now() { sql "SELECT alert_id, transition FROM alerts_now ORDER BY alert_id" "$T/now.db" | tr '\n' ' '; }
alert a OPEN open 10:30:00
alert a CLOSED close 10:30:00
is "$(now)" "" "a close in the second of its open ends it: text order is not event order"
alert b OPEN open 10:30:00
alert b OPEN update 10:31:00
is "$(now)" "b|update " "open alerts, by their newest records"
alert b OPEN acknowledge 10:31:00 ',"acknowledgedUntil":"2126-11-20T10:30:00Z"'
is "$(now)" "b|acknowledge " "an acknowledge in the second of an update is newer"
alert c CLOSED close 10:31:00
alert c OPEN update 10:32:00
is "$(now)" "b|acknowledge " "an update behind the close opens nothing"
alert d INFORMATIONAL inform 10:31:00
alert e OPEN update 10:31:00
is "$(now)" "b|acknowledge e|update " "inform opens nothing, an update alone does"
alert e CANCELLED cancel 10:31:00
alert b CLOSED close 10:40:00
is "$(now)" "" "all have ended"

# ---- eight at once, into a database that is not there yet

for n in 1 2 3 4 5 6 7 8; do
	printf '{"id":"eight%s","status":"OPEN"}' "$n" >"$T/body"
	record "$T/body"
done >"$T/eight"
xargs -P 8 -I FILE sh -c '"$1" "$2" <FILE' - "$sqlite" "$T/eight.db" <"$T/eight" >"$T/out" 2>"$T/err"
is "$? $(sql 'SELECT count(*) FROM alerts' "$T/eight.db")" "0 8" "eight at once are eight rows"
is "$(out)$(err)$(sql 'PRAGMA integrity_check' "$T/eight.db")" ok "and a whole database"

# ---- in a queue: four at a time, and a database that somebody holds

find "$spool" -type f ! -name lock -delete
"$tools/seed" "$spool" 60 30 || bail "seed"
{ echo 'BEGIN IMMEDIATE;'; sleep 1; echo 'COMMIT;'; } | sqlite3 -batch "$T/q.db" &
holder=$!
run 0 "run --jobs 4" alerts run --jobs 4 -- "$sqlite" "$T/q.db"
wait "$holder"
is "$(sql 'SELECT count(*) FROM alerts' "$T/q.db") $(spool_count "$spool" done/)" "60 60" \
	"every record is a row"
is "$(sql 'SELECT id FROM alerts ORDER BY id' "$T/q.db")" "$(cd "$spool/done" && ls)" "the same ones"
alerts requeue --state done >/dev/null
run 0 "all of it once more" alerts run --jobs 4 -- "$sqlite" "$T/q.db"
is "$(sql 'SELECT count(*) FROM alerts' "$T/q.db")" 60 "adds no row"
done_testing
