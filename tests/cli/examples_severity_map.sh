#!/bin/sh
# SPDX-License-Identifier: ISC
# examples/severity-map, against a stand-in for the Admin API: both kinds of
# keys, pages, refusals; what it prints is taken as a severity_file.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

for program in curl jq; do
	command -v "$program" >/dev/null || skip_all "no $program"
done
map=$srcdir/examples/severity-map

note_curl

# key NAME TEXT: a file that only we can read
key() { (umask 077 && printf '%s\n' "$2" >"$T/$1"); }
key digest public:private
key service mdb_sa_id_test:mdb_sa_sk_test
key wrong public:other
key wrong-service mdb_sa_id_test:mdb_sa_sk_other
for word in private mdb_sa_sk_test eyT0ken.of-this_test mdb_sa_sk_other; do canary "$word"; done

# Five configurations on three pages, one of them twice; one on one page; and
# what may go wrong.
pages=111111111111111111111111 one=222222222222222222222222 none=333333333333333333333333
busy=444444444444444444444444 always=555555555555555555555555 html=666666666666666666666666
odd=777777777777777777777777 oops=888888888888888888888888 list=999999999999999999999999
line=aaaaaaaaaaaaaaaaaaaaaaaa down=bbbbbbbbbbbbbbbbbbbbbbbb uncounted=cccccccccccccccccccccccc
cat >"$T/projects.json" <<EOT
{"$pages": {"configs": [
	{"id": "64f0c0ffee64f0c0ffee0002", "severityOverride": "WARNING",
	 "eventTypeName": "HOST_DOWN", "notifications": [{"webhookSecret": "*****2101"}]},
	{"id": "64f0c0ffee64f0c0ffee0001", "eventTypeName": "HOST_UP"},
	{"id": "64f0c0ffee64f0c0ffee0003", "severityOverride": "CRITICAL"},
	{"id": "64f0c0ffee64f0c0ffee0002", "severityOverride": "WARNING",
	 "eventTypeName": "HOST_DOWN"},
	{"id": "64f0c0ffee64f0c0ffee0004", "severityOverride": "INFO",
	 "eventTypeName": "X; y\n[spool]"}]},
 "$one": {"configs": [{"id": "64f0c0ffee64f0c0ffee0009", "severityOverride": "ERROR",
	"eventTypeName": "NO_PRIMARY"}]},
 "$none": {"configs": []},
 "$uncounted": {"counted": false, "configs": [
	{"id": "64f0c0ffee64f0c0ffee0005", "severityOverride": "INFO"},
	{"id": "64f0c0ffee64f0c0ffee0006", "severityOverride": "INFO"},
	{"id": "64f0c0ffee64f0c0ffee0007", "severityOverride": "INFO"}]},
 "$busy": {"configs": [{"id": "64f0c0ffee64f0c0ffee0008", "severityOverride": "INFO"}],
	"answers": [{"status": 429, "headers": {"Retry-After": "1"}, "body": {"detail": "x"}}, null]},
 "$always": {"answers": [{"status": 429, "headers": {"Retry-After": "1"},
	"body": {"detail": "Too many\u001b[2J requests."}}]},
 "$down": {"answers": [{"status": 503, "headers": {"Retry-After": "1"}, "body": "down"}]},
 "$oops": {"answers": [{"status": 403, "body": {"detail": "IP address not allowed."}}]},
 "$html": {"answers": [{"status": 200, "body": "<html>login</html>"}]},
 "$list": {"answers": [{"status": 200, "body": []}]},
 "$odd": {"configs": [{"id": "64f0c0ffee64f0c0ffee0001", "severityOverride": "HIGH"}]},
 "$line": {"configs": [{"id": "x\n[spool]\ndirectory", "severityOverride": "INFO"}]}}
EOT
start atlas "$python" "$srcdir/tests/cli/atlas.py" "$T/port" "$T/requests" "$T/projects.json"
wait_for '[ -s "$T/port" ]' || bail "no stand-in"
url=http://127.0.0.1:$(cat "$T/port")

# map_of CODE NAME KEY PROJECT…: what it says is kept for no_leaks
map_of() {
	map_code=$1 map_name=$2 map_key=$3
	shift 3
	run "$map_code" "$map_name" "$map" -u "$url" "$T/$map_key" "$@"
	cat "$T/out" "$T/err" >>"$T/said"
	[ "$map_code" -eq 0 ] || is "$(out)" "" "prints nothing"
}

# ---- maps

map_of 0 "three pages, API keys" digest "$pages"
is "$(out)" "; made by severity-map
64f0c0ffee64f0c0ffee0002 = WARNING ; HOST_DOWN
64f0c0ffee64f0c0ffee0003 = CRITICAL ; -
64f0c0ffee64f0c0ffee0004 = INFO ; X??y??spool?" "each severity once"
is "$(grep -c 'pageNum=.* 200' "$T/requests")" 3 "by three requests"
cp "$T/out" "$T/digest.map"
map_of 0 "a service account" service "$pages"
is "$(out)" "$(cat "$T/digest.map")" "gets the same"
is "$(grep -c 'POST /api/oauth/token 200' "$T/requests")" 1 "with one access token"
map_of 0 "three projects, one of them empty" service "$one" "$none" "$pages"
is "$(out | wc -l)" 5 "are one map"
map_of 0 "a project without any" digest "$none"
is "$(out)" "; made by severity-map" "is an empty map"
map_of 0 "pages that nobody counted" digest "$uncounted"
is "$(out | wc -l)" 4 "are read to their end"
map_of 0 "429, then not" digest "$busy"
cp "$T/out" "$T/busy.map"
is "$(grep -c "$busy.* 429" "$T/requests") $(out | wc -l)" "1 2" "is asked again"

# ---- as a severity_file

make_installation "$T/i" "" "workers = 2
severity_file = $T/severity.conf"
for file in digest.map busy.map; do
	cp "$T/$file" "$T/severity.conf"
	run 0 "the responder takes $file" "$responder" -c "$T/i/alertspool.conf" -t
done
echo "; made by severity-map" >"$T/severity.conf"
run 0 "and an empty one" "$responder" -c "$T/i/alertspool.conf" -t
cp "$T/digest.map" "$T/severity.conf"
sed 's/64f0c0ffee64f0c0ffee0001/64f0c0ffee64f0c0ffee0003/' \
	"$srcdir/tests/data/host-metric-raw/body" >"$T/body"
id=$(store "$T/i/alertspool.conf" "$T/body")
is "$(jq -r '.alert | .severity, .severity_source' "$T/i/spool/new/$id")" "CRITICAL
config-id" "an alert of that configuration has its severity"

# ---- refusals

map_of 77 "wrong keys" wrong "$pages"
like "$(err)" 'keys are refused: 401 Who are you' "says so"
map_of 77 "a wrong service account" wrong-service "$pages"
like "$(err)" 'access token: .*401 Client authentication failed' "says so"
map_of 77 "an address that is not allowed" digest "$oops"
map_of 66 "no such project" digest ffffffffffffffffffffffff
like "$(err)" 'not there, or not for these keys: 404 No such group' "says so"
map_of 66 "one of two" digest "$one" ffffffffffffffffffffffff
map_of 75 "429 for ever" digest "$always"
is "$(grep -c "$always.* 429" "$T/requests")" 4 "after three further attempts"
like "$(err)" '429 Too many \[2J requests' "tells why"
map_of 75 "503 for ever" service "$down"
for project in "$html" "$list" "$odd" "$line"; do
	map_of 65 "no list: project $project" digest "$project"
done
run 75 "nobody there" "$map" -u http://127.0.0.1:1 "$T/digest" "$pages"

run 64 "nothing" "$map"
run 64 "no project" "$map" "$T/digest"
for project in x 11111111111111111111111 1111111111111111111111111 \
	11111111111111111111111/ 11111111111111111111111A; do
	run 64 "no project: $project" "$map" -u "$url" "$T/digest" "$project"
done
for wrong in http://example.org 'https://x/"' ftp://x ''; do
	run 64 "URL $wrong" "$map" -u "$wrong" "$T/digest" "$pages"
done
chmod 640 "$T/digest"
run 78 "keys that others can read" "$map" -u "$url" "$T/digest" "$pages"
run 78 "no file" "$map" -u "$url" "$T/no-such" "$pages"
for text in '' public : public: :private 'a:b:c' 'public:pri"vate' 'public:private x'; do
	key odd "$text"
	run 78 "keys: $text" "$map" -u "$url" "$T/odd" "$pages"
done

ok "arguments and environments were seen" grep -q max-time "$T/seen"
no_leaks "neither key nor token is in them, or in any output" "$T/seen" "$T/said"
done_testing
