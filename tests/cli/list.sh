#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool list: filters, output formats, and damaged records.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

installation "" "" "[source payments]
authentication = none"

list() { "$alertspool" -c "$conf" list "$@"; }
ids() { list "$@" | cut -f1; }

# ---- nothing

run 0 "an empty spool" list
is "$(out)" "" "is an empty list"
run 0 "as JSON" list --json
is "$(out)" "" "too"
is "$(on_terminal 80 "$alertspool -c $conf list" | wc -l)" 1 "on a terminal, a header"

# ---- records

# alert ID TIME STATUS [MORE]
alert() {
	printf '{"id":"%s","created":"%s","updated":"%s","status":"%s",' "$1" "$2" "$2" "$3"
	printf '"eventTypeName":"HOST_DOWN","groupId":"65a7d3f0a1b2c3d4e5f60001"%s}' "${4:-}"
}
alert a1 2026-11-20T10:00:00Z OPEN ',"clusterName":"one","severity":"CRITICAL"' >"$T/1"
alert a2 2026-11-21T10:00:00Z OPEN ',"clusterName":"two","projectName":"Shop"' >"$T/2"
alert a1 2026-11-22T10:00:00Z CLOSED ',"clusterName":"one"' >"$T/3"
printf '{broken' >"$T/4"
first=$(store "$conf" "$T/1" alert.open)
third=$(store "$conf" "$T/3" alert.close)
second=$(store "$conf" "$T/2" alert.open)
bad=$(store "$conf" "$T/4" alert.open)
mv "$spool/new/$third" "$spool/done/"

run 0 "list" list
is "$(cut -f1 "$T/out")" "$first
$second" "new records, oldest first"
is "$(sed -n 1p "$T/out")" "$(printf '%s\t2026-11-20T10:00:00Z\tnew\topen\tCRITICAL\t65a7d3f0a1b2c3d4e5f60001\tone\t' "$first")$(sed -n 1p "$T/out" | cut -f8)" "columns are separated by TAB"
is "$(ids --state all)" "$bad
$first
$second
$third" "--state all"
is "$(ids --state done)" "$third" "--state done"
run 64 "a state longer than any" list --state done,donedonedone
is "$(ids --state done,bad)" "$bad
$third" "--state a,b"
is "$(ids --state done --state bad)" "$bad
$third" "--state repeated"
is "$(ids --state all -n 2)" "$second
$third" "-n 2: the newest two, ascending"
is "$(ids --state all -n 99)" "$(ids --state all)" "-n more than there are"
is "$(ids --state all --alert a1)" "$first
$third" "--alert"
run 65 "--alert a: the front of two alerts" list --state all --alert a
like "$(err)" 'a is ambiguous: it may be a1 or a2|a is ambiguous: it may be a2 or a1' "both are named"
is "$(out)" "" "without a result"
run 0 "--alert none: no alert's front" list --state all --alert none
is "$(out)$(err)" "" "nothing"
is "$(ids --state all --event close)" "$third" "--event"
is "$(ids --state all --source default -n 1)" "$third" "--source"
is "$(ids --state all --source payments)" "" "another source"
is "$(ids --project Shop)" "$second" "--project by name"
is "$(ids --project sHOP)" "$second" "--project in any case"
is "$(ids --project 65a7d3f0a1b2c3d4e5f60001)" "$first
$second" "--project by id"
is "$(ids --project 65A7D3F0A1B2C3D4E5F60001)" "$first
$second" "--project by id, in capitals"
run 0 "--project: none has it" list --project Sho
is "$(out)" "" "nothing"
is "$(err)" 'alertspool list: no record here is of the project "Sho"; there are "65a7d3f0a1b2c3d4e5f60001", "Shop"' \
	"but those that there are"
run 0 "--project: none has it, nor any other" list --project Sho --state dead
is "$(out)$(err)" "" "not a word"
is "$(ids --state all --cluster one)" "$first
$third" "--cluster"
is "$(ids --state all --cluster ONE --event close)" "$third" "--cluster in any case, and --event"
run 0 "--cluster: none has it" list --cluster three -n 5
like "$(err)" 'no record here is of the cluster "three"; there are "(two", "one|one", "two)"$' "those that there are"
is "$(ids -S CRITICAL)" "$first" "--severity"
is "$(ids -S critical)" "$first" "--severity in any case"
is "$(ids -S unrated)" "$second" "--severity unrated"
is "$(ids -S ERROR,critical -S unrated)" "$first
$second" "--severity a,b and repeated"
is "$(ids -S WARNING)" "" "--severity that none has"
is "$(ids --since 2026-11-21T10:00:00Z)" "$second" "--since is inclusive"
is "$(ids --since 2026-11-21T10:00:01Z)" "" "--since, a second later"
is "$(ids --until 2026-11-20T11:00:00+01:00)" "$first" "--until is inclusive"
is "$(ids --until 2026-11-20)" "" "a date is its beginning"
is "$(ids --state all --since 2026-11-21 --until 2026-11-22 -n 5)" "$second" "both, and -n"
is "$(ids --state all --until 2026-11-20T10:00:00Z)" "$bad
$first" "what has no time is not after --until"
is "$(ids --state all --until 2026-11-21T10:00:00Z -n 2)" "$first
$second" "--until and -n: the newest of those"
is "$(ids --state all --since 2026-11-20 -n 9)" "$first
$second
$third" "and it is not after --since"
is "$(ids --state all --since 1s)" "" "an age"
is "$(ids --state all --since 2026-11-21T10:00Z)" "$second
$third" "a time without seconds"
is "$(ids --until 1s --state done)" "$third" "an age the other way"

for wrong in "--state old" "--state new,,cur" "--state ''" "--event burn" "--since tomorrow" "--since 25:00" \
	"--severity HIGH" "--severity ''" "--severity INFO,,ERROR" "--color red" "--json --table" \
	"--since 2026-13-01" "--until 5" "-n 0" "-n -1" "-n x" "-n 99999999999999999999"; do
	# shellcheck disable=SC2086 # two words
	eval "set -- $wrong"
	run 64 "refused: $wrong" list "$@"
	is "$(out)" "" "without a result"
done

# ---- JSON

run 0 "--json" list --state all --json
cp "$T/out" "$T/json"
is "$(wc -l <"$T/json")" 4 "an object a line"
touch -d '2030-01-01T00:00:00Z' "$spool/new/$second"
mv "$spool/new/$first" "$spool/cur/"
lease=$(date -u -d '+5 minutes' +%Y-%m-%dT%H:%M:%SZ)
touch -d "$lease" "$spool/cur/$first"
cat >"$T/check.py" <<'E2'
import json, sys
for line in sys.stdin:
    record = json.loads(line)
    assert list(record)[-1] == "spool" and list(record["spool"]) == [
        "state", "path", "not_before", "lease_until"], record
    place = record["spool"]
    assert place["path"] == place["state"] + "/" + record["id"]
    print(place["state"], place["not_before"], place["lease_until"])
E2
is "$(list --state all --json | "$python" "$T/check.py")" "bad None None
cur None $lease
new None None
done None None" "with a member spool"
later=$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)
touch -d "$later" "$spool/new/$second"
is "$(list --json --state new | "$python" "$T/check.py")" "new None None" "no not_before without a history"
mkdir -p "$spool/history" && : >"$spool/history/$second"
is "$(list --json --state new | "$python" "$T/check.py")" "new $later None" "not_before with one"
is "$(list --json --state new | sed 's/,"spool":{.*/}/')" "$(cat "$spool/new/$second")" "the record is as it is stored"

# ---- pipes

run 0 "list | show -" sh -c '"$1" -c "$2" list --state all | "$1" -c "$2" show --path -' - "$alertspool" "$conf"
is "$(wc -l <"$T/out")" 4 "shows them all"

# ---- terminals

plain() { on_terminal "$1" "NO_COLOR=1 $alertspool -c $conf list --state all"; }

on_terminal 120 "$alertspool -c $conf list --state all" >"$T/colour"
escape=$(printf '\033')
like "$(cat "$T/colour")" "$escape\[31mCRITICAL$escape\[0m" "severity has a colour"
like "$(cat "$T/colour")" "$escape\[31mbad$escape\[0m" "state has a colour"
for columns in 20 40 79 120 300; do
	plain "$columns" >"$T/plain"
	is "$(wc -l <"$T/plain")" 5 "$columns columns: a header and four lines"
	ok "$columns columns: none is wider" test "$(widest <"$T/plain")" -le "$columns"
	unlike "$(cat "$T/plain")" "$escape" "$columns columns: NO_COLOR"
done
like "$(plain 40)" '^[0-9a-f]{12} .* done .*' "40 columns: id and state"
like "$(plain 120 | sed -n 1p)" '^ID +AGE +STATE +EVENT +SEVERITY +PROJECT +WHERE +SUMMARY$' "120 columns: all"
ok "COLUMNS is obeyed" test "$(on_terminal 200 "COLUMNS=30 NO_COLOR=1 $alertspool -c $conf list" | widest)" -le 30
for columns in 0 -1 99999 many; do
	is "$(on_terminal 40 "COLUMNS=$columns NO_COLOR=1 $alertspool -c $conf list --state all")" "$(plain 40)" \
		"COLUMNS is not, where it is $columns"
done
is "$(plain 0)" "$(plain 80)" "a terminal that knows no width has 80 columns"
unlike "$(on_terminal 80 "TERM=dumb $alertspool -c $conf list")" "$escape" "no colour on a dumb terminal"
short=$(plain 120 | sed -n 3p | cut -d' ' -f1)
run 0 "the short id is an ID" "$alertspool" -c "$conf" show --path "$short"
is "$(out)" "$spool/cur/$first" "of that record"

# ---- a table that goes elsewhere

run 0 "--table in a pipe" list --state all --table
is "$(sed -n 1p "$T/out")" "$(plain 80 | sed -n 1p)" "is as on a terminal"
is "$(wc -l <"$T/out")" 5 "a header and four lines"
unlike "$(out)" "$escape" "without colours"
ok "COLUMNS counts there" sh -c '[ "$(COLUMNS=40 "$1" -c "$2" list --state all --table | wc -L)" -le 40 ]' - "$alertspool" "$conf"
run 0 "--table --color=always" list --state all --table --color=always
like "$(out)" "$escape\[31mbad$escape\[0m" "has colours in a pipe"
run 0 "--color=always without --table" list --state all --color=always
unlike "$(out)" "$escape" "lines for programs have no colours"
unlike "$(on_terminal 80 "$alertspool -c $conf list --state all --color=never")" "$escape" "--color=never on a terminal"
like "$(on_terminal 80 "NO_COLOR=1 $alertspool -c $conf list --state all --color=always")" "$escape" "--color=always and NO_COLOR"
like "$(on_terminal 80 "$alertspool -c $conf list --state all --color=auto")" "$escape" "--color=auto on a terminal"
is "$(on_terminal 60 "$alertspool -c $conf list --table | cat" | widest)" \
	"$(on_terminal 60 "NO_COLOR=1 $alertspool -c $conf list" | widest)" "behind a pipe, the terminal's width"

# ---- hostile fields

alert evil 2026-11-23T10:00:00Z OPEN ',"clusterName":"\u001b[2J\t\n\u009b31m\u202e\u200bx","projectName":"日本\u0007","humanReadable":"\u001b]0;title\u0007 down"' >"$T/5"
evil=$(store "$conf" "$T/5" alert.open)
run 0 "hostile fields in a pipe" list --alert evil
is "$(wc -l <"$T/out")" 1 "one line"
is "$(awk -F'\t' '{print NF}' "$T/out")" 8 "eight columns"
is "$(cut -f6,7 "$T/out")" "$(printf '日本\\u{07}\t\\u{1b}[2J\\u{09}\\u{0a}\\u{9b}31m\\u{202e}\\u{200b}x')" "escaped"
plain 100 >"$T/plain"
ok "hostile fields on a terminal" test "$(widest <"$T/plain")" -le 100
is "$(tr -d '[:print:]\n\200-\377' <"$T/plain")" "" "no control character"
on_terminal 100 "NO_COLOR=1 $alertspool -c $conf list --json --alert evil" >"$T/tty.json"
is "$(LC_ALL=C grep -cP '\xc2\x9b|\xe2\x80' "$T/tty.json")" 0 "JSON on a terminal is harmless"
list --json --alert evil >"$T/pipe.json"
ok "and means the same" "$python" -c 'import json, sys
a, b = (json.load(open(f)) for f in sys.argv[1:]); sys.exit(a != b)' "$T/tty.json" "$T/pipe.json"
mv "$spool/new/$evil" "$spool/dead/"

# ---- records that are not whole

head -c 100 "$spool/done/$third" >"$T/torn" && cat "$T/torn" >"$spool/done/$third"
run 65 "a torn record" list --state done
is "$(cut -f1-5 "$T/out")" "$(printf '%s\t2026-11-22T10:00:00Z\tdone\tclose\t-' "$third")" "is shown by its name"
like "$(err)" "^alertspool list: " "and told"
run 65 "a torn record and a filter by its content" list --state done --project Shop
is "$(cut -f1-5 "$T/out")" "$(printf '%s\t2026-11-22T10:00:00Z\tdone\tclose\t-' "$third")" "is shown: it may be of it"
is "$(grep -c '^alertspool list: ' "$T/err")" 1 "and told once"
run 65 "as JSON" list --state done --json
is "$("$python" -c 'import json, sys
r = json.load(open(sys.argv[1])); print(r["id"], r["spool"]["state"])' "$T/out")" "$third done" "id and place"
: >"$spool/done/$third"
run 65 "an empty record" list --state done
is "$(cut -f1 "$T/out")" "$third" "is shown, too"
cp "$T/torn" "$spool/done/$second"
run 65 "two of them" list --state done
is "$(grep -c '^alertspool list: ' "$T/err")" 2 "two of them: the message"
for filter in "--project P" "--cluster C" "--severity INFO" "--source default" "--source default -n 5"; do
	# shellcheck disable=SC2086 # words
	run 65 "two of them: list $filter" list --state done $filter
	is "$(grep -c '^alertspool list: ' "$T/err")" 2 "reports each"
	is "$(cut -f1 "$T/out")" "$second
$third" "and lists both, which may be what is looked for"
done
named=$(echo "$second" | sed 's/\.a2\./.a2+payments./')
mv "$spool/done/$second" "$spool/done/$named"
run 65 "a torn record of another source, by its name" list --state done --source default
is "$(cut -f1 "$T/out")" "$third" "is not listed"
run 65 "and not one that may be of it" list --state done --source payments
is "$(cut -f1 "$T/out")" "$named
$third" "left out"
mv "$spool/done/$named" "$spool/done/$second"
rm "$spool/done/$second"
rm "$spool/done/$third" && mkdir "$spool/done/$third"
run 0 "a directory in place of a record" list --state done
is "$(out)" "" "is none"
rmdir "$spool/done/$third" && ln -s /etc/passwd "$spool/done/$third"
run 0 "a link in place of a record" list --state done
is "$(out)" "" "is none"
rm "$spool/done/$third"
touch "$spool/new/.partial" "$spool/new/README"
is "$(ids)" "$first
$second" "names that are no record's are skipped"

# ---- what is not listed

hidden() { on_terminal 80 "$alertspool -c $conf list $*" | tr -d '\r' | grep '^('; }
rm -f "$spool"/dead/* "$spool"/bad/*
is "$(hidden)" "" "nothing is dead or bad: no word about it"
echo x >"$spool/bad/$third"
is "$(hidden)" "(1 bad: -s bad)" "one is bad"
echo x >"$spool/dead/$first"
is "$(hidden)" "(1 dead, 1 bad: -s dead)" "and one is dead"
is "$(hidden --alert none)$(hidden --state new)$(hidden --json)" "" "but not where one did not ask for it"
unlike "$(list)" '^\(' "nor in a pipe"
rm "$spool/bad/$third"
is "$(hidden)" "(1 dead: -s dead)" "one is dead"
rm "$spool/dead/$first"

# ---- an alert by the front of its id, times of now

for id in 5d1b6f8e8c2e4e2d3c4a0001 5d1b6f8e8c2e4e2d3c4a0002 5d1b6f8e8c2e4e2d3c4a00; do
	alert "$id" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" OPEN >"$T/$id"
done
front1=$(store "$conf" "$T/5d1b6f8e8c2e4e2d3c4a0001" alert.open)
front2=$(store "$conf" "$T/5d1b6f8e8c2e4e2d3c4a0002" alert.open)
other=$(store "$conf" "$T/5d1b6f8e8c2e4e2d3c4a0002" alert.open "$T/i/secret" payments)
run 65 "a front of two alerts" list --alert 5d1b6f8e8c2e4e2d3c4a000
is "$(ids --alert 5d1b6f8e8c2e4e2d3c4a0001)" "$front1" "a whole id"
whole=$(store "$conf" "$T/5d1b6f8e8c2e4e2d3c4a00" alert.open)
is "$(ids --alert 5d1b6f8e8c2e4e2d3c4a00)" "$whole" "a whole id that others begin with"
run 65 "its front" list --alert 5d1b6f8e8c2e4e2d3c4a0
rm "$spool/new/$whole" "$spool/new/$front1"
is "$(ids --alert 5d1b6 | LC_ALL=C sort)" "$(printf '%s\n' "$front2" "$other" | LC_ALL=C sort)" \
	"a front means the alert of all sources"
is "$(ids --alert 5d1b6+payments)" "$other" "or of one"
is "$(ids --alert 5d1b6+default)" "$front2" "which may be the default"
is "$(ids --alert 5d1b6+nobody)" "" "not of one that has none"
mv "$spool/new/$front2" "$spool/done/"
is "$(ids --alert 5d1b6f -s new,done | wc -l)" 2 "in several states"
is "$(ids --alert 5d1b6 --since yesterday)" "$other" "--since yesterday"
is "$(ids --alert 5d1b6 --since 2d12h)" "$other" "--since 2d12h"
is "$(ids --alert 5d1b6 --until yesterday)" "" "--until yesterday"
is "$(ids --alert 5d1b6 --since "$(date -u -d '1 minute ago' +%H:%M)")" "$other" "--since, a time of day"
is "$(ids --alert 5d1b6 --since "$(date -u -d '2 minutes' +%H:%M)")" "$other" "which is the last one past"

# ---- a full disk

"$tools/seed" "$spool" 100 100 || bail "seed"
for form in "" --json; do
	# shellcheck disable=SC2016,SC2086 # for that shell; an option or none
	run 74 "a full disk: list $form" sh -c 'exec "$@" >/dev/full' - "$alertspool" -c "$conf" list $form
	like "$(err)" '^alertspool list: standard output' "a full disk: list $form: the message"
done

done_testing
