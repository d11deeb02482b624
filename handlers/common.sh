# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# common.sh: shared by the handlers. Sourced, never started:
#
#	. "$(dirname -- "$0")/common.sh"
#
# Reads files with keys, makes text of an alert one harmless line, formats values, posts
# with curl, and turns the answer into an exit code for "alertspool run":
#
#	0   accepted (2xx)
#	65  this message is refused (400, 413, 415, 422), or the record is not valid
#	75  not now (429, 5xx, no answer): the queue tries it again
#	77  the key or URL is refused (401, 403, 404, 410, a redirect and the like)
#	64  wrong usage, 69 a program is missing, 78 the file with the key is wrong
#
# A key goes to curl by standard input (-K -): it is never an argument, a variable of the
# environment or part of a message.

handler=${0##*/}
key_file=
other_key= # a second key that no message may have
LC_ALL=C
export LC_ALL
umask 077

# give_up CODE WORD...: print the reason, in one line of printable characters, and exit
give_up() {
	code=$1
	shift
	printf '%s: %s' "$handler" "$*" | tr -c '[:print:]' ' ' >&2
	echo >&2
	exit "$code"
}

# need PROGRAM...: exit unless they are installed
need() {
	for program; do
		command -v "$program" >/dev/null ||
			give_up 69 "$program is not installed"
	done
}

# Set $program to alertspool: the one in PATH, or that of this installation.
find_alertspool() {
	program=alertspool
	command -v "$program" >/dev/null || program=/usr/bin/alertspool
	need "$program"
}

# Make a directory for one message and its answer: $work.
make_work() {
	work=$(mktemp -d "${TMPDIR:-/tmp}/alertspool-$handler.XXXXXX") ||
		give_up 75 "cannot make a directory for temporary files"
	trap 'rm -rf "$work"' EXIT
	trap 'exit 143' HUP INT TERM
}

# ---- keys ---------------------------------------------------------------------

# read_key FILE: set $key to its first line
read_key() {
	key_file=$1
	case $(ls -Lld -- "$key_file" 2>/dev/null) in
	-??????---*) ;;
	-*) give_up 78 "$key_file: others can read or write it: chmod o-rwx $key_file" ;;
	*) give_up 78 "$key_file: there is no such file" ;;
	esac
	key=
	{ IFS= read -r key <"$key_file"; } 2>/dev/null || [ -n "$key" ] ||
		give_up 78 "$key_file: it is empty, or this user ($(id -un)) cannot read it"
	case $key in
	'' | *[!!-~]* | *[\"\\]*) give_up 78 "$key_file: the first line must be the key" \
		"alone, without blanks, quotes or a carriage return" ;;
	esac
}

# read_url FILE: set $key and $url to its first line, a URL
read_url() {
	read_key "$1"
	url=$key
	case $url in
	http://?* | https://?*) ;;
	*) give_up 78 "$key_file: the first line is not a URL" ;;
	esac
}

# safe_url URL: check a URL of an option, to which a key may be sent; set $url
safe_url() {
	url=${1%/}
	case $url in
	*[!A-Za-z0-9:/._-]*) ;;
	https://?* | http://127.0.0.1:* | http://localhost:*) return ;;
	esac
	give_up 64 "a key must not be sent to $1: the URL must be https://"
}

# ---- posting --------------------------------------------------------------------

# Does the answer repeat a part of the key? Some servers quote an unknown path, and that
# is the key.
repeats_key() {
	{
		printf '%s\n' "${key##*/}" "$key" "$other_key" | grep -E '.{6}'
		printf '%s\n' "${key#*://*/}" | tr '/?&=#%' '\n\n\n\n\n\n' | grep -E '.{12}'
	} | grep -qFf - -- "$1"
}

# quote FILE: its beginning, for a message
quote() {
	if repeats_key "$1"; then
		echo "(it repeats the key)"
	else
		head -c 1000 "$1" | tr -sc '[:graph:]' ' ' | cut -c1-160
	fi
}

# post_once URL LINE...: POST $work/body; the lines are curl's configuration. Sets
# $status, 000 without an answer, and $again, the value of Retry-After.
post_once() {
	post_url=$1
	shift
	: >"$work/answer"
	: >"$work/head"
	status=$(printf '%s\n' "url = \"$post_url\"" "$@" |
		curl -q -sS -K - --proto =http,https --connect-timeout 10 --max-time 20 \
		    --max-filesize 1048576 -A alertspool -H 'Expect:' \
		    -H 'Content-Type: application/json' --data-binary "@$work/body" \
		    -D "$work/head" -o "$work/answer" -w '%{http_code}' 2>"$work/why")
	curl_code=$?
	again=$(tr -d '\r' <"$work/head" |
		sed -n 's/^[Rr][Ee][Tt][Rr][Yy]-[Aa][Ff][Tt][Ee][Rr]:[[:blank:]]*//p' |
		tail -n 1 | cut -c1-40)
}

# post URL LINE...: likewise. If a server asks to wait a few seconds, it tries once more;
# both attempts are over before the time-out of "alertspool run".
post() {
	post_once "$@"
	case $status:$again in
	429:[0-5] | 503:[0-5])
		sleep "$again"
		post_once "$@"
		;;
	esac
}

# judge WHO FIX: exit, unless the message was accepted. FIX is what to do about a key or
# URL that WHO refuses.
judge() {
	case $status in
	2??) return ;;
	000 | '')
		[ "$curl_code" -ne 3 ] || give_up 78 "$key_file: the first line is not a URL"
		give_up 75 "$1: no answer: $(quote "$work/why")"
		;;
	400 | 406 | 411 | 413 | 414 | 415 | 422 | 431)
		give_up 65 "$1 refuses this message: $status $(quote "$work/answer")" ;;
	3?? | 401 | 402 | 403 | 404 | 405 | 407 | 410)
		give_up 77 "$1 refuses the key or URL in $key_file:" \
			"$status $(quote "$work/answer"): $2" ;;
	esac
	give_up 75 "$1: not now: $status${again:+, again in $again s}" \
		"$(quote "$work/answer")"
}

# ---- an alert ---------------------------------------------------------------------

# compose PROGRAM [OPTION...]: run jq on the record on standard input, into $work/made;
# the program can use the functions below. --arg and the like as options.
compose() {
	compose_program=$1
	shift
	jq -nr "$@" "$alert_jq $compose_program" >"$work/made" 2>"$work/why" ||
		case $? in
		2 | 5) give_up 65 "not a record of an alert" ;;
		*) give_up 75 "jq failed: $(head -n 1 "$work/why")" ;;
		esac
}

# take_body: set $action to the first line of $work/made; the second becomes the body
take_body() {
	IFS= read -r action <"$work/made"
	sed -n 2p "$work/made" >"$work/body"
}

# Functions for jq.
# shellcheck disable=SC2016,SC2034 # the $ are those of jq; handlers use it
alert_jq='
	# Characters that show nothing, steer a terminal, reorder text, or look different
	# everywhere: the tables of src/lib/base/escape.c.
	def hidden: . as $c | any((
		[0, 31], [127, 159], [173, 173], [847, 847], [1564, 1564], [4447, 4448],
		[6068, 6069], [6155, 6159], [8203, 8207], [8232, 8238], [8288, 8303],
		[12644, 12644], [57344, 63743], [64976, 65007], [65024, 65039],
		[65279, 65279], [65440, 65440], [65520, 65531], [113824, 113827],
		[119155, 119162], [917504, 921599], [983040, 1114111]);
		.[0] <= $c and $c <= .[1]) or $c % 65536 >= 65534;
	def harmless: explode | map(if (. >= 32 and . <= 126) or . == 10 then .
		elif . == 9 then 32 elif hidden then 65533 else . end) | implode;
	# One line, without blanks at its ends.
	def line: tostring | .[:4000] | explode
		| map(if (. >= 9 and . <= 13) or . == 133 or . == 160 or
			. == 8232 or . == 8233 then 32 else . end) | implode
		| harmless | split(" ") | map(select(. != "")) | join(" ");
	def cut($n): if length > $n then .[:$n - 1] + "\u2026" else . end;
	# At most this many bytes, complete characters.
	def fit($n): if utf8bytelength <= $n then . else
		(reduce (.[:$n] | explode[]) as $c ({bytes: 0, length: 0, full: false};
			(if $c < 128 then 1 elif $c < 2048 then 2 elif $c < 65536 then 3
			else 4 end) as $size
			| if .full or .bytes + $size > $n - 3 then .full = true
			else .bytes += $size | .length += 1 end)) as $fits
		| .[:$fits.length] + "\u2026" end;
	# The first of these that is not empty, as a line; or null.
	def text(f): first(f | select(. != null) | line | select(. != "")) // null;

	# At most two decimals; three digits for values below one.
	def number: . as $v | (if . < 0 then -. else . end) as $size
		| if $size == 0 or $size >= 1e15 then .
		elif $size >= 1 then (. * 100 | round) / 100
		else (pow(10; 2 - ($size | log10 | floor)) as $f | (. * $f | round) / $f) end
		| tostring;
	def scaled($units): . as $v | (if . < 0 then -. else . end) as $size
		| first($units[] | select($size >= .[0])) // $units[-1]
		| "\($v / .[1] | number) \(.[2])";
	# The value of the metric for people, or null.
	def value: .metric | .canonical_unit as $unit
		| if (.value | type) != "number" then null
		elif $unit == null or (.canonical_value | type) != "number"
		then "\(.value | number) \(.unit // "" | select(. != "RAW") // "")" | line
		elif $unit == "percent" then "\(.canonical_value | number) %"
		elif $unit == "count" then .canonical_value | number
		elif $unit == "bytes" then .canonical_value | scaled([
			[1125899906842624, 1125899906842624, "PiB"],
			[1099511627776, 1099511627776, "TiB"],
			[1073741824, 1073741824, "GiB"], [1048576, 1048576, "MiB"],
			[1024, 1024, "KiB"], [0, 1, "bytes"]])
		elif $unit == "seconds" then .canonical_value
			| if . == 0 then "0 s" else scaled([[172800, 86400, "days"],
			[7200, 3600, "hours"], [120, 60, "minutes"], [1, 1, "s"],
			[0.001, 0.001, "ms"], [0, 0.000001, "\u00b5s"]]) end
		else "\(.canonical_value | number) \($unit | gsub("-"; " "))" end;

	# The record, after a check that it is valid.
	def record: input | if .record_version == 1 and (.alert | type) == "object" and
		(.id | type) == "string" then . else error("no record of an alert") end;
	# The key for deduplication: the id of the alert and its source; without one, the
	# record.
	def key: .id as $id | $id | split(".") | if length == 4 and .[1] != "-"
		then .[1] else $id end | gsub("[^A-Za-z0-9._+-]"; "_") | .[:200];
	# The action for the member alert: raise, acknowledge, resolve or inform. An
	# unknown transition opens nothing, as in "alertspool alerts".
	def action: if .transition == "close" or .transition == "cancel" or
			.state == "closed" or .state == "cancelled" then "resolve"
		elif .transition == "acknowledge" then "acknowledge"
		elif .transition == "open" or .transition == "update" then "raise"
		else "inform" end;
	# critical, error, warning, info or unrated, from any case.
	def level: text(.severity) // "" | ascii_upcase | {CRITICAL: "critical",
		ERROR: "error", WARNING: "warning", INFO: "info", NOTICE: "info",
		INFORMATIONAL: "info"}[.] // "unrated";
	def severity: text(.severity) | if . == null then null
		else (ascii_upcase | select(IN("CRITICAL", "ERROR", "WARNING", "INFO",
			"NOTICE", "INFORMATIONAL"))) // cut(40) end;
	def project: text(.project.name, .project.id) // null;
	def place: project // text(.organization.name, .organization.id) // "no project";
	def summary: text(.summary, .event_type) // "no summary";
	def ends: {update: " (still open)", acknowledge: " (acknowledged)",
		close: " (closed)", cancel: " (cancelled)"}[.transition // ""] // "";
	def headline(f): "[\(severity // "ALERT" | f)] \(place | cut(60) | f): " +
		"\(summary | cut(300) | f)\(ends)";
	# Other facts: pairs of a title and a line.
	def facts: [["Event type", text(.event_type)], ["State", text(.state)],
		["Severity", severity],
		["Organization", text(.organization.name, .organization.id)],
		["Project", project], ["Cluster", text(.cluster.name)],
		["Host", text(.host.alias, .host.name)],
		["Replica set", text(.replica_set)],
		["Processor", text(.stream.processor)],
		["Metric", text(.metric.name)], ["Value", value],
		["Created", text(.created_at)], ["Updated", text(.updated_at)],
		["Resolved", text(.resolved_at)],
		["Acknowledged", text(.acknowledged_by, .acknowledged_until)],
		["Comment", text(.acknowledgement_comment)]]
		| map(select(.[1] != null and .[1] != "") | .[1] |= cut(300));
	# The page of the alerts of its project, or null.
	def link: env.ALERTSPOOL_LINK // "" | if length <= 300 and
		test("\\Ahttps://[A-Za-z0-9.-]+/[A-Za-z0-9._/#-]*\\z") then . else null end;
'
