#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool report: its numbers match those of the other commands, text from outside is
# escaped, and the file is complete at any moment. tests/web/report_page.sh tests how it
# looks.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

installation "" "" "[source payments]
authentication = none"

report() { "$alertspool" -c "$conf" report "$@"; }
page() { "$python" "$srcdir/tests/cli/page.py" "$@"; }
as_spool() { chown -R --reference="$spool" "$spool"/*/; }
seed() { "$tools/seed" "$spool" - && as_spool; }
# agree NAME [DAYS]: the page of this moment says what alerts and stats say
agree() {
	report -o "$T/page" ${2:+--days "$2"} >"$T/said" 2>&1
	"$alertspool" -c "$conf" alerts --json >"$T/alerts" 2>/dev/null
	"$alertspool" -c "$conf" stats --json >"$T/stats"
	is "$(page numbers "$T/page" "$T/alerts" "$T/stats" "$spool" "${2:-14}" 2>&1)" "" \
		"$1: every number is that of alerts and stats"
	is "$(page harmless "$T/page" 2>&1)" "" "$1: nothing is in it but what it is made of"
}

# ---- nothing

run 0 "an empty spool" report
cp "$T/out" "$T/page"
like "$(page text "$T/page" now)" '^nothing open that we know of$' "says that nothing is open"
like "$(page text "$T/page" now)" 'last delivery never' "and when something came last"
is "$(page bars "$T/page")" "0 0" "has no bars"
is "$(page text "$T/page" attention | grep -c 'never had a delivery')" 2 \
	"sources that never had a delivery need a person"
agree "an empty spool"
mkdir -p "$spool/heard"
touch -d '-3 minutes' "$spool/heard/default"
touch -d '-8 days' "$spool/heard/payments"
as_spool
report >"$T/page"
like "$(page text "$T/page" now | tr '\n' ' ')" 'last delivery +ago, at .*3m' "a delivery is shown"
like "$(page text "$T/page" attention | tr '\n' ' ')" \
	'The source payments had no delivery for .*8d' "and a long silence"

# ---- a real site

"$python" "$srcdir/tests/cli/incidents.py" 30 14 | seed >"$T/names"
agree "a real site"
agree "a real site, the last three days" 3
agree "a real site, today" 1
report -o "$T/page"
is "$(page bars "$T/page" | cut -d' ' -f1)" "$("$python" -c 'import json, sys
n = sum(a["state"] in ("open", "acknowledged", "closed", "cancelled")
        for a in map(json.loads, sys.stdin))
print(min(n, 200))' <<-EOT
	$("$alertspool" -c "$conf" alerts --json --since "$(date -u -d '-13 days' +%Y-%m-%d)")
EOT
)" "a bar for each alert that was there in these days"
ok "some are hatched: $(page bars "$T/page")" [ "$(page bars "$T/page" | cut -d' ' -f2)" -gt 20 ]
like "$(page text "$T/page" attention)" '^CONNECTIONS on warehouse: 5 times, the last time ' \
	"what opened five times within a day needs a person"
hash=$(page hash "$T/page")
is "$(echo "$hash" | sed -n 1p)" "$(echo "$hash" | sed -n 2p)" \
	"the policy is the promised one, with the hash of the one script"
is "$(page text "$T/page" timeline | grep -c '^The last 14 days$')" 1 "14 days"
report --days 3 >"$T/page3"
is "$(page text "$T/page3" timeline | grep -c '^The last 3 days$')" 1 "or as many as asked for"
ok "with fewer bars" [ "$(page bars "$T/page3" | cut -d' ' -f1)" -lt "$(page bars "$T/page" | cut -d' ' -f1)" ]

# deliveries a day, by the names
"$python" - "$spool" "$T/page" "$srcdir/tests/cli" >"$T/days" <<'EOT'
import os, re, sys, time
spool, page, _ = sys.argv[1:]
first = int(time.time()) // 86400 - 13
days = [0] * 14
for state in ("new", "cur", "done", "dead"):
    for name in os.listdir(os.path.join(spool, state)):
        stamp = time.strptime(name[:16], "%Y%m%dT%H%M%SZ")
        import calendar
        day = calendar.timegm(stamp) // 86400 - first
        if 0 <= day < 14:
            days[day] += 1
said = re.search(r'Deliveries a day until today: ([^"]*)"', open(page).read())[1]
print(said == ", ".join(map(str, days)), said)
EOT
like "$(cat "$T/days")" '^True' "deliveries a day are those of the names"

# ---- what needs a person

old=$(ls "$spool/done" | head -n 3)
for name in $old; do mv "$spool/done/$name" "$spool/dead/"; done
printf 'no json' >"$T/bad"
store "$conf" "$T/bad" >/dev/null
make_alert 0123456789abcdef01234567 >"$T/body"
make_secret "$T/wrong"
store "$conf" "$T/body" alert.open "$T/wrong" >/dev/null
waiting=$(store "$conf" "$T/body")
touch -d '-2 hours' "$spool/new/$waiting"
claimed=$("$alertspool" -c "$conf" claim -n 1)
touch -d '-10 minutes' "$spool/cur/$claimed"
touch -d '-2 hours' "$spool/new"/*
as_spool
agree "what needs a person"
attention=$(page text "$T/page" attention)
like "$attention" '^3 dead letters$' "dead letters"
like "$attention" '^1 delivery that is not an alert$' "a body that is not an alert"
like "$attention" 'waits? for over an hour$' "what waits for over an hour"
like "$attention" '^1 delivery was taken and abandoned$' "a lease that ran out"
like "$attention" '^Requests were refused: 1 forbidden$' "what was refused"
ok "each with a command" [ "$(page commands "$T/page" | grep -cE ' (list --state dead|list --state bad|check|clean|stats)$')" -eq 5 ]

# ---- hostile text in every field

cat >"$T/hostile.py" <<'EOT'
import json, sys, time
now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 600))
until = "2199-01-01T00:00:00Z"
nasty = "</th><script>alert(1)</script><img src=x onerror='a()'>\" ' & `id` $(id) \u001b[31m"
def body(number, text):
    return {"id": f"{number:024x}", "groupId": text, "projectName": text + "P", "orgId": text,
            "orgName": text, "clusterName": text + "C", "clusterId": text,
            "hostnameAndPort": text + "H", "replicaSetName": text, "eventTypeName": text + "T",
            "alertConfigId": text, "severity": text, "humanReadable": text + "R",
            "metricName": text + "M", "currentValue": {"number": 7, "units": text + "U"},
            "acknowledgingUsername": text + "B", "acknowledgementComment": text + "K",
            "instanceName": text, "processorName": text, "sourceTypeName": text,
            "status": "OPEN", "created": now, "updated": now,
            "links": [{"rel": "self", "href": "javascript:alert(1)//mongodb.com"}]}
texts = [nasty, "]]>--><!--", "\u202egnp.\u2066x", "-f", "javascript:alert(1)", "';rm x;'",
         "https://evil.example/", "a" * 3000, "\u4e16\u754c " * 40]
for i, text in enumerate(texts):
    told = body(i + 1, text)
    if i % 2:
        told["acknowledgedUntil"] = until
    if text.startswith("https"):
        told["links"][0]["href"] = text
    for repeat in range(6 if ";" in text else 3):  # opened so often at one place
        print("\t".join(("new", "default", "-", "0",
            json.dumps(dict(told, id=f"{i + 1:020x}{repeat:04x}")))))
for alert in ("--all", "-n", "x+y"):
    print("\t".join(("new", "default", "-", "0", json.dumps(body(0, "t") | {"id": alert}))))
EOT
"$python" "$T/hostile.py" | seed >"$T/hostile"
is "$(wc -l <"$T/hostile")" 33 "hostile records are there"
agree "hostile text"
hash=$(page hash "$T/page")
is "$(echo "$hash" | sed -n 1p)" "$(echo "$hash" | sed -n 2p)" "and still the one script"
like "$(page text "$T/page" now)" "\`id\` \\$\\(id\\) .u\{1b\}\[31m" "what was sent can be read"
report --title '</title><script>1</script>' >"$T/page"
is "$(page harmless "$T/page")" "" "a hostile title is text"
like "$(page text "$T/page" | sed -n 1p)" '^</title><script>1</script>$' "that can be read"

# Commands on the page can be pasted into a shell: each is one command and succeeds, and
# text from outside is one word of it. Commands with characters that nobody can type are
# left out here.
page commands "$T/page" | grep -vF '\u{' | sort -u >"$T/commands"
mkdir "$T/bin"
cat >"$T/bin/alertspool" <<EOT
#!/bin/sh
for word; do printf '<%s>' "\$word"; done >>"$T/typed"
echo >>"$T/typed"
[ "\$3" = check ] || [ "\$3" = clean ] || "$alertspool" "\$@" >/dev/null 2>>"$T/typed.err" ||
	echo "failed: \$*" >>"$T/typed.err"
EOT
chmod 755 "$T/bin/alertspool"
ok "commands to type" [ "$(wc -l <"$T/commands")" -gt 20 ]
(cd "$T/i" && PATH=$T/bin:$PATH sh <"$T/commands" >"$T/shell" 2>&1)
is "$(cat "$T/shell")" "" "a shell finds nothing wrong with them"
is "$(wc -l <"$T/typed")" "$(wc -l <"$T/commands")" "each is one command"
is "$(cat "$T/typed.err" 2>/dev/null)" "" "and each does something"
like "$(cat "$T/typed")" "<--type><';rm x;'T>" "a word from outside is a word"
like "$(cat "$T/typed")" "<alerts><--><--all>" "and no option"

# ---- options

for wrong in "--days 0" "--days 91" "--mode 999" "--mode 0240" "--mode 01777" "--mode rw" \
	"--output=" "extra"; do
	# shellcheck disable=SC2086 # words
	run 64 "refused: $wrong" report $wrong
	is "$(out)" "" "without a page"
done
report -o "$T/file"
is "$(stat -c %a "$T/file")" 640 "its mode is 0640"
(umask 077 && report -o "$T/file" --mode 0644)
is "$(stat -c %a "$T/file")" 644 "or as asked for, whatever the umask"
(cd "$T" && report -o there)
ok "a path without a directory" [ -s "$T/there" ]
echo keep >"$T/target"
ln -s target "$T/link"
run 0 "where a link is" report -o "$T/link"
is "$(cat "$T/target") $(stat -c %F "$T/link")" "keep regular file" "the link is replaced, not followed"
run 74 "a directory that is not there" report -o "$T/none/page"
run 74 "a directory in its place" report -o "$spool"
is "$(find "$T" -name '.alertspool-report*')" "" "nothing is left behind"
if am_root && id www-data >/dev/null 2>&1; then
	mkdir "$T/status"
	chown nobody:www-data "$T/status"
	chmod 02750 "$T/status"
	chown -R nobody "$T/i"
	run 0 "root writes as the owner of the spool" report -o "$T/status/index.html"
	is "$(stat -c '%U:%G %a' "$T/status/index.html")" "nobody:www-data 640" \
		"a file that the web server's group can read"
	chown -R "$(id -un)" "$T/i"
fi

# ---- whole at any moment

cat >"$T/watch.py" <<'EOT'
import os, sys, time
path, end = sys.argv[1:]
reads, pages, wrong = 0, set(), 0
while not os.path.exists(end):
    time.sleep(0.002)
    with open(path, "rb") as file:
        text = file.read()
    reads += 1
    pages.add(hash(text))
    wrong += not (text.startswith(b"<!DOCTYPE html>\n") and text.endswith(b"</html>\n"))
print(wrong, "torn;", "enough" if reads >= 100 and len(pages) > 1 else (reads, len(pages)))
EOT
report -o "$T/page"
start watch "$python" "$T/watch.py" "$T/page" "$T/end"
for i in $(seq "$(length 50 200)"); do report -o "$T/page" --title "page $i" || echo failed; done >"$T/often" 2>&1
: >"$T/end"
wait_for 'grep -q torn "$T/watch.log"'
stop watch
is "$(cat "$T/often")" "" "written again and again"
is "$(cat "$T/watch.log")" "0 torn; enough" "read meanwhile, it was always whole"
flock "$T" sh -c '"$@" 2>"$0"; echo $?' "$T/busy" "$alertspool" -c "$conf" report -o "$T/page" >"$T/code"
is "$(cat "$T/code")" 75 "while another one writes there: 75"

# ---- many

"$tools/seed" "$spool" 1300 1300 && as_spool
report -o "$T/page"
like "$(page text "$T/page" now | tr '\n' ' ')" "[0-9]+ more are not shown here" "1000 rows at most"
is "$(grep -o '<tr class="[CEWIU]' "$T/page" | wc -l)" 1000 "and not one more"
is "$(page bars "$T/page" | cut -d' ' -f1)" 200 "200 bars at most"
ok "2 MB at most: $(wc -c <"$T/page")" [ "$(wc -c <"$T/page")" -le 2000000 ]
like "$(page text "$T/page" timeline | tail -n 1)" \
	'^200 alerts, the worst; [0-9]+ are left out$' "and how many are left out"

# ---- a full disk

report -o "$T/page" --title "the old one"
before=$(cksum <"$T/page")
cat >"$T/limited" <<EOT
#!/bin/sh
ulimit -f 8
trap '' XFSZ
exec "$alertspool" -c "$conf" report -o "$T/page"
EOT
chmod 755 "$T/limited"
run 74 "a file that may not grow" "$T/limited"
is "$(cksum <"$T/page")" "$before" "the old page stays"
is "$(find "$T" -name '.alertspool-report*')" "" "and nothing besides"
if am_root && mkdir "$T/disk" && mount -t tmpfs -o size=600k,mode=755 none "$T/disk" 2>/dev/null; then
	at_exit "umount -l '$T/disk' 2>/dev/null"
	"$python" -c 'import sys; sys.stdout.write("x" * 300000)' >"$T/disk/fill"
	echo old >"$T/disk/page"
	run 74 "a full disk" report -o "$T/disk/page"
	like "$(err)" 'disk/page: not written: .*No space left' "a full disk: the message"
	is "$(cat "$T/disk/page")" old "the old page stays there"
	is "$(ls -A "$T/disk" | tr '\n' ' ')" "fill page " "and nothing besides"
else
	skip "a full disk" "a tmpfs cannot be mounted here"
fi
run 74 "a pipe that is full" sh -c "'$alertspool' -c '$conf' report >/dev/full"

# ---- queues, and what the sender was asked

find "$spool/new" -type f -delete
cp "$conf" "$T/without"
printf '[queue pager]\ncommand = /bin/true\n' >>"$conf"
mkdir -p "$spool/queues/pager"
for state in new cur done dead bad; do mkdir -p "$spool/queues/pager/$state"; done
cp -p "$(find "$spool/done" -name '2*' | sort | tail -n 1)" "$spool/queues/pager/dead/"
# Two that were done, and one dead letter more; of these days is one that was done.
today=$(date -u +%Y%m%dT000000Z).a.open.0123456789abcdef0123456789abcdef
: >"$spool/queues/pager/done/$today"
touch -d '-2 hours' "$spool/queues/pager/done/$today"
for state in done dead; do
	: >"$spool/queues/pager/$state/20200101T000000Z.$state.open.0123456789abcdef0123456789abcdef"
	touch -d '-2 days' "$spool/queues/pager/$state"/2020*
done
printf '{"since":"2026-11-29T00:00:00Z","next":"2026-11-29T00:01:00Z","why":"exit 75: <b>down</b>"}\n' \
	>"$spool/queues/pager/rest"
chown -R --reference="$spool" "$spool/queues"
run 0 "with a queue that rests" report -o "$T/page"
like "$(page text "$T/page" queues | tr '\n' ' ')" 'pager rests since .* exit 75: <b>down</b>' \
	"the queue has a row, and why is text"
like "$(page text "$T/page" queues | tr '\n' ' ')" 'down</b> [0-9]+[dhy] 0 0 1 1 0 - ago 2h ' \
	"with what was done and is dead of these days, and the last success"
like "$(page text "$T/page" attention | tr '\n' ' ')" 'Queue pager: 2 dead letters.*list -q pager --state dead' \
	"all its dead letters need a person"
like "$(page text "$T/page" attention | tr '\n' ' ')" 'release -q pager --deferred' "and so does the rest"
is "$(page harmless "$T/page")" "" "the page is harmless"
rm -rf "$spool/queues"
cp "$T/without" "$conf"

# ---- no spool

mv "$spool" "$T/away"
run 74 "without a spool" report -o "$T/page"
like "$(page text "$T/page" failure | tr '\n' ' ')" "^The spool cannot be read .*$spool" "the page has the reason"
is "$(page harmless "$T/page")" "" "and is a page"
hash=$(page hash "$T/page")
is "$(echo "$hash" | sed -n 1p)" "$(echo "$hash" | sed -n 2p)" "which turns grey, too"
unlike "$(cat "$T/page")" "nothing open" "and does not say that nothing is open"
mkdir "$spool"
run 74 "a directory that is not a spool" report -o "$T/page"
like "$(page text "$T/page" failure)" "spool" "a directory that is not a spool: the message"
rmdir "$spool"
mv "$T/away" "$spool"
run 0 "when it is back" report -o "$T/page"
unlike "$(page text "$T/page")" "cannot be read" "it is the usual page"
echo '[nonsense]' >>"$conf"
run 78 "wrong settings" report -o "$T/page"
like "$(page text "$T/page" failure)" "nonsense" "the page has the reason of wrong settings"

done_testing
