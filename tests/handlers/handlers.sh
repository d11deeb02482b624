# SPDX-License-Identifier: ISC
# handlers.sh: shared by the tests of the handlers. Source it after lib.sh and run.sh.

for program in curl jq; do
	command -v "$program" >/dev/null || skip_all "no $program"
done
handlers=$srcdir/handlers
mkdir "$T/tmp"
TMPDIR=$T/tmp # of the handlers
export TMPDIR

# severities, so that records have one: make_installation's last argument
severities="[severity]
OUTSIDE_METRIC_THRESHOLD = CRITICAL"
make_installation "$T/i" "" "max_body = 1M" "$severities"
conf=$T/i/alertspool.conf
spool=$T/i/spool
alerts() { "$alertspool" -c "$conf" "$@"; }

# make_key [PREFIX [SUFFIX]]: a random key; a canary, too
make_key() {
	new_key=${1-}$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')${2-}
	canary "$new_key"
	echo "$new_key"
}

# vendor NAME: start that server of vendors.py; its directory is $V, its key, which
# make_key has made, is $new_key, and $base is its URL
vendor() {
	V=$T/$1
	mkdir -p "$V"
	[ -f "$V/key" ] || (umask 077 && echo "$new_key" >"$V/key")
	rm -f "$V/port"
	: >"$V/broken"
	start "$1" "$python" "$srcdir/tests/handlers/vendors.py" "$@" "$V"
	wait_for '[ -s "$V/port" ]' 20 || bail "no server for $1"
	base=http://127.0.0.1:$(cat "$V/port")
}
as() { echo "$*" >"$V/as"; }
posted() { tail -n 1 "$V/requests" | jq -r ".body | fromjson | $1"; }
posted_path() { tail -n 1 "$V/requests" | jq -r .path; }
state() { jq -r "$1" "$V/state"; }
requests() { wc -l <"$V/requests"; }

# record BODY-FILE [EVENT [SECRET SOURCE]]: the path of its record in new/
record() { echo "$spool/new/$(store "$conf" "$@")"; }

# life FILE: the bodies and events of one alert, a record each: $open, $update,
# $acknowledged, $closed, $informed
alert_body() { # STATUS TIME [MORE]
	printf '{"id":"66f0a1b2c3d4e5f607180001","groupId":"5f1e2d3c4b5a69788796a5b4",'
	printf '"orgId":"5f1e2d3c4b5a69788796a5b0","projectName":"Web Shop",'
	printf '"alertConfigId":"64f0c0ffee64f0c0ffee0001","status":"%s",' "$1"
	printf '"eventTypeName":"OUTSIDE_METRIC_THRESHOLD","created":"2026-11-20T10:30:00Z",'
	printf '"updated":"2026-11-20T%sZ","clusterName":"shop",' "$2"
	printf '"hostnameAndPort":"shop-shard-00-01.ab1cd.mongodb.net:27017",'
	printf '"metricName":"DISK_PARTITION_SPACE_USED_DATA",'
	printf '"currentValue":{"number":1.2666666666666666,"units":"RAW"}%s}' "${3-}"
}
make_life() {
	alert_body OPEN 10:30:00 >"$T/body"
	open=$(record "$T/body")
	alert_body OPEN 10:40:00 >"$T/body"
	update=$(record "$T/body" alert.update)
	alert_body OPEN 10:50:00 ',"acknowledgedUntil":"2126-11-20T10:50:00Z",
		"acknowledgingUsername":"jo@example.org","acknowledgementComment":"looking"' >"$T/body"
	acknowledged=$(record "$T/body" alert.acknowledge)
	alert_body CLOSED 11:00:00 ',"resolved":"2026-11-20T11:00:00Z"' >"$T/body"
	closed=$(record "$T/body" alert.close)
	printf '{"id":"66f0a1b2c3d4e5f607180002","status":"INFORMATIONAL","eventTypeName":"%s",%s}' \
		PRIMARY_ELECTED '"updated":"2026-11-20T10:30:00Z"' >"$T/body"
	informed=$(record "$T/body" alert.inform)
}
alert_key=66f0a1b2c3d4e5f607180001

# handle CODE NAME RECORD HANDLER...: run it. Its output is kept for nothing_said().
handle() {
	handle_code=$1 handle_name=$2 handle_record=$3
	shift 3
	run "$handle_code" "$handle_name" "$@" <"$handle_record"
	cat "$T/out" "$T/err" >>"$T/said"
}
: >"$T/said"

# common_faults NAME HANDLER...: what every handler that posts does about answers,
# with $open; $V is its server
common_faults() {
	faults_of=$1
	shift
	for status in 429 500 502 503 408; do
		as "$status 30 slow down"
		handle 75 "$faults_of: $status: not now" "$open" "$@"
		like "$(err)" "$status, again in 30 s slow down" "$faults_of: and when again"
	done
	before=$(requests)
	as "429 1 slow down"
	handle 0 "$faults_of: 429, again in 1 s: it waits" "$open" "$@"
	is "$(($(requests) - before))" 2 "$faults_of: and posts again"
	for status in 401 403 404 410 302; do
		as "$status - go away"
		handle 77 "$faults_of: $status: the key" "$open" "$@"
		like "$(err)" "$status go away: [a-z].* " "$faults_of: and how to fix it"
	done
	for status in 400 413 422; do
		as "$status - odd message"
		handle 65 "$faults_of: $status: the message" "$open" "$@"
	done
	as drop
	handle 75 "$faults_of: no answer" "$open" "$@"
	handle 0 "$faults_of: then taken once more" "$open" "$@"
	# not a word of the key, even if the server repeats it
	as "404 - no such thing: $(cat "$V/key")"
	handle 77 "$faults_of: an answer that repeats the key" "$open" "$@"
	like "$(err)" 'it repeats the key' "$faults_of: is not shown"
	handle 65 "$faults_of: nothing" /dev/null "$@"
	printf '{"torn' >"$T/torn"
	handle 65 "$faults_of: a torn record" "$T/torn" "$@"
	printf '{"record_version":1,"id":"x","alert":null}' >"$T/bad"
	handle 65 "$faults_of: one without an alert" "$T/bad" "$@"
}

# key_faults NAME KEY-FILE HANDLER...
key_faults() {
	faults_of=$1 faults_file=$2
	shift 2
	cp -p "$faults_file" "$T/key.kept"
	for mode in 604 602 606 644; do
		chmod "$mode" "$faults_file"
		handle 78 "$faults_of: a key of mode $mode" "$open" "$@"
	done
	for mode in 600 640 440; do
		chmod "$mode" "$faults_file"
		handle 0 "$faults_of: a key of mode $mode" "$open" "$@"
	done
	chmod 600 "$faults_file"
	for wrong in '' 'two words' 'quo"te' 'back\slash' "$(printf 'cr\r')" "$(printf 'tab\t')"; do
		printf '%s\n' "$wrong" >"$faults_file"
		handle 78 "$faults_of: a key like $(printf %s "$wrong" | od -An -c | tr -s ' ')" \
			"$open" "$@"
	done
	cp -p "$T/key.kept" "$faults_file"
	mv "$faults_file" "$faults_file.away"
	handle 78 "$faults_of: no file" "$open" "$@"
	mv "$faults_file.away" "$faults_file"
}

# nothing_said: no key in what they said, in arguments or the environment
nothing_said() {
	ok "arguments and environments were seen" grep -q max-time "$T/seen"
	no_leaks "no key is in them, in output, or in the history" \
		"$T/seen" "$T/said" "$T/store.err" "$spool/history"/*
	is "$(ls "$T/tmp")" "" "no temporary directory stays"
}
