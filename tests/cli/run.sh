# SPDX-License-Identifier: ISC
# run.sh: shared by the tests of the command line. Source it after lib.sh.

# installation [OWNER [RESPONDER-LINES [MORE-SECTIONS]]]: make_installation in $T/i, with
# $conf and $spool
installation() {
	make_installation "$T/i" "$@"
	conf=$T/i/alertspool.conf
	spool=$T/i/spool
}

# fill_spool RECORDS ALERTS: empties that spool and fills it; $one and $two are the first
# records
fill_spool() {
	find "$spool" -type f ! -name lock -delete
	"$tools/seed" "$spool" "$1" "$2" || bail "seed"
	one=$(cd "$spool/new" && ls | sed -n 1p)
	two=$(cd "$spool/new" && ls | sed -n 2p)
}

# run CODE NAME COMMAND…: the command ends with this exit code. What it said is
# in $T/out and $T/err, and appended to the file $run_keeps, if that is set.
run() {
	run_wanted=$1
	run_name=$2
	shift 2
	"$@" >"$T/out" 2>"$T/err"
	run_code=$?
	[ -z "${run_keeps:-}" ] || cat "$T/out" "$T/err" >>"$run_keeps"
	if [ "$run_code" -eq "$run_wanted" ]; then
		pass "$run_name"
	else
		fail "$run_name" "exit code $run_code, not $run_wanted: $*"
		diag_file "$T/out"
		diag_file "$T/err"
	fi
}

# become USER COMMAND…: as that user; only for root
become() {
	become_user=$1
	shift
	# shellcheck disable=SC2046 # words before a command
	$(as "$become_user") "$@"
}

out() { cat "$T/out"; }
err() { cat "$T/err"; }

# on_terminal COLUMNS COMMAND: a shell command on a pseudo terminal this wide;
# what it wrote, with newlines as everywhere else
on_terminal() {
	TERM=xterm script -qec "stty cols $1; $2" /dev/null </dev/null | tr -d '\r'
}

# widest: the widest line of standard input, in columns of a screen
widest() {
	"$python" -c 'import sys, unicodedata
print(max((sum(2 if unicodedata.east_asian_width(c) in "WF" else
    not unicodedata.combining(c) for c in line.rstrip("\n"))
    for line in sys.stdin.buffer.read().decode().splitlines()), default=0))'
}

# store CONF BODY-FILE [EVENT [SECRET-FILE [SOURCE]]]: deliver to the responder as
# CGI and without a web server. Prints the record's id.
store() {
	store_secret=${4:-$(dirname "$1")/secret}
	env -i GATEWAY_INTERFACE=CGI/1.1 SERVER_PROTOCOL=HTTP/1.1 \
		REQUEST_METHOD=POST REMOTE_ADDR=192.0.2.1 PATH_INFO="/${5:-}" \
		CONTENT_TYPE=application/json CONTENT_LENGTH="$(wc -c <"$2")" \
		HTTP_X_MMS_EVENT="${3:-alert.open}" \
		HTTP_X_MMS_SIGNATURE="$(sign "$2" "$store_secret")" \
		"$responder" -c "$1" <"$2" 2>"$T/store.err" |
		sed -n 's/.*"id":"\([^"]*\)".*/\1/p'
}

# note_curl: from now on scripts run curl by way of a note, $T/seen, of what
# everybody can read of it: arguments and environment
note_curl() {
	mkdir "$T/bin"
	cat >"$T/bin/curl" <<-EOT
		#!/bin/sh
		{ printf '%s\n' "\$@"; env; } >>"$T/seen"
		exec "$(sh -c 'command -v curl')" "\$@"
	EOT
	chmod 755 "$T/bin/curl"
	PATH=$T/bin:$PATH
	export PATH
}
