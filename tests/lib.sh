# SPDX-License-Identifier: ISC
# lib.sh: what every shell test begins with.
#
#	srcdir=${srcdir:-$(dirname "$0")/../..}
#	. "$srcdir/tests/lib.sh"
#
# Results are TAP, the plan comes last (done_testing). A test works in $T, a
# directory of its own that is removed afterwards. However the test ends, everything
# that start() began is stopped, by its process id. No test uses a fixed port, and
# none waits for a fixed time: wait_for() waits for a condition.
#
# KEEP=1 in the environment leaves $T behind; LONG=yes asks for the long forms.

set -u
umask 022
unset ALERTSPOOL_CONF GATEWAY_INTERFACE CREDENTIALS_DIRECTORY JOURNAL_STREAM

# shellcheck disable=SC2034 # tests use them
srcdir=$(cd "$srcdir" && pwd)
if [ -z "${builddir:-}" ]; then
	builddir=$srcdir/build
	[ ! -x ./alertspool.fcgi ] || builddir=.
fi
builddir=$(cd "$builddir" && pwd) || exit 99 # build first, or say where

responder=$builddir/alertspool.fcgi
alertspool=$builddir/alertspool
tools=$builddir/tests/tools
python=/usr/bin/python3

# Proxies and ~/.curlrc are no part of a test.
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
curl() { command curl -q -sS --noproxy '*' --max-time 60 "$@"; }

# ---- TAP ------------------------------------------------------------------

test_count=0
test_failures=0

diag() { printf '%s\n' "$*" | sed 's/^/# /'; }
diag_file() { [ ! -s "$1" ] || { diag "$1:"; tail -n "${2:-40}" "$1" | sed 's/^/#   /'; }; }

pass() {
	test_count=$((test_count + 1))
	echo "ok $test_count - $1"
}

# fail NAME [WHY…]
fail() {
	test_count=$((test_count + 1))
	test_failures=$((test_failures + 1))
	echo "not ok $test_count - $1"
	shift
	for why in "$@"; do diag "$why"; done
	return 0
}

# skip NAME WHY
skip() {
	test_count=$((test_count + 1))
	echo "ok $test_count - $1 # SKIP $2"
}

# The whole test is impossible here.
skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

# preload NAME: compiles tests/crash/NAME.c to $T/NAME.so, for LD_PRELOAD. Skips the test
# without a compiler, and with ASan, which must be the first library itself.
preload() {
	! grep -qa __asan_init "$responder" ||
		skip_all "a preloaded library comes before ASan"
	${CC:-cc} -shared -fPIC -O1 -o "$T/$1.so" "$srcdir/tests/crash/$1.c" \
		2>"$T/cc" || skip_all "no compiler here: $(head -n 1 "$T/cc")"
}

# The test itself is broken: stop everything.
bail() {
	echo "Bail out! $*"
	exit 99
}

# ok NAME COMMAND…: the command succeeds. What it said is shown if not.
ok() {
	name=$1
	shift
	if "$@" >"$T/ok.out" 2>&1; then
		pass "$name"
	else
		fail "$name" "failed ($?): $*"
		diag_file "$T/ok.out"
	fi
}

# is GOT WANTED NAME
is() {
	if [ "$1" = "$2" ]; then
		pass "$3"
	else
		fail "$3" "got:    $1" "wanted: $2"
	fi
}

newline='
'
# matches TEXT EXTENDED-REGEX: does one of its lines? Processes take most of the time of
# a test, and a text that is only searched for needs none.
matches() {
	matches_in=$newline$1$newline
	matches_what=${2#^}
	matches_what=${matches_what%$}
	case $matches_what in
	*[]['.*+?{}()|^$\']* | *"$newline"*)
		printf '%s\n' "$1" | grep -Eq -- "$2"
		return
		;;
	esac
	[ "$matches_what" = "${2#^}" ] || matches_what=$matches_what$newline
	case $2 in ^*) matches_what=$newline$matches_what ;; esac
	case $matches_in in *"$matches_what"*) ;; *) return 1 ;; esac
}

# like TEXT EXTENDED-REGEX NAME, unlike likewise
like() {
	if matches "$1" "$2"; then
		pass "$3"
	else
		fail "$3" "got:         $1" "should match: $2"
	fi
}

unlike() {
	if matches "$1" "$2"; then
		fail "$3" "got:             $1" "should not match: $2"
	else
		pass "$3"
	fi
}

done_testing() {
	[ ! -s "$T/secrets" ] || nothing_leaked
	echo "1..$test_count"
	[ "$test_failures" -eq 0 ] || exit 1
	exit 0
}

# length SHORT LONG: how long, how many: the one that applies
length() { if [ -n "${LONG:-}" ]; then echo "$2"; else echo "$1"; fi; }

# ---- secrets where none may be ---------------------------------------------

# forms_of WORD: as it is, in hexadecimal, percent-encoded, and in Base64 wherever
# in a text it begins
forms_of() {
	printf '%s\n' "$1"
	# Base64 after 0, 1 or 2 other bytes, without the digits that depend on them.
	printf %s "$1" | od -An -v -tu1 | awk '
	function base64(before,    i, word, out) {
		for (i = 0; i + 3 <= before + n; i += 3) {
			word = byte[i - before] * 65536
			word += byte[i + 1 - before] * 256 + byte[i + 2 - before]
			out = out digit(word / 262144) digit(word / 4096) digit(word / 64) \
				digit(word)
		}
		return substr(out, before == 0 ? 1 : before + 2)
	}
	function digit(value) { return substr(digits, int(value) % 64 + 1, 1) }
	{ for (i = 1; i <= NF; i++) byte[n++] = $i }
	END {
		digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
		for (i = 0; i < n; i++) {
			small = small sprintf("%02x", byte[i])
			percent = percent sprintf("%%%02x", byte[i])
		}
		print small "\n" toupper(small) "\n" toupper(percent) "\n" percent
		for (i = 0; i < 3; i++)
			if (base64(i) != "")
				print base64(i)
	}'
}

# Files below $T that contain a secret of make_secret, except those that holds_secret
# named; files whose name contains one; core files.
leaking_files() {
	find "$T" -type f ! -path "$T/secrets" ! -path "$T/canaries" \
	    -exec grep -Fals -f "$T/secrets" -- {} + | grep -Fvx -f "$T/holders"
	find "$T" ! -type d | grep -F -f "$T/secrets"
	find . -maxdepth 1 -type f -name 'core*' -newer "$T/begin"
}

# Processes of any user that have one in their arguments or environment.
leaking_processes() {
	for leaking in $(grep -Fals -f "$T/secrets" /proc/[0-9]*/cmdline /proc/[0-9]*/environ); do
		echo "$leaking: $(cat "${leaking%/*}/comm" 2>/dev/null)"
	done
}

# The last result of every test that has made a secret. stop() searches the processes, too,
# and adds what it finds to $T/leaking.
nothing_leaked() {
	leaking_processes >>"$T/leaking"
	leaking_files >>"$T/leaking"
	is "$(cat "$T/leaking")" "" "no secret or token is in a file, a process or a core"
}

# ---- a directory, processes, and their end --------------------------------

# Open to all users, because web servers run as another user.
T=$(mktemp -d "${TMPDIR:-/tmp}/alertspool-test.XXXXXX") || exit 99
chmod 755 "$T"
mkdir "$T/run"
: >"$T/begin"
for file in secrets canaries holders leaking; do : >"$T/$file"; done

am_root() { [ "$(id -u)" -eq 0 ]; }

# Other users may have no access to the clone, for example in a home. Then they run a copy
# of the programs.
if am_root && ! setpriv --reuid=nobody --regid=nogroup --clear-groups -- \
	sh -c '[ -x "$1" ]' - "$alertspool"; then
	mkdir "$T/public"
	cp -Rp "$responder" "$alertspool" "$alertspool-network" "$tools" "$T/public/"
	responder=$T/public/alertspool.fcgi
	alertspool=$T/public/alertspool
	tools=$T/public/tools
fi

# alive PID: runs, and is no zombie that the shell has not waited for
alive() {
	read -r state_line 2>/dev/null <"/proc/$1/stat" || return 1
	case ${state_line##*)} in
	' Z '* | ' X '*) return 1 ;;
	esac
}

# wait_for 'CONDITION' [SECONDS]: true as soon as it holds, false after that time (10 s).
# SLOWLY, set where programs are slow, multiplies it.
wait_for() {
	eval "$1" && return
	read -r wait_now _ </proc/uptime
	wait_until=$((${wait_now%.*} + ${2:-10} * ${SLOWLY:-1}))
	while sleep 0.05; ! eval "$1"; do
		read -r wait_now _ </proc/uptime
		[ "${wait_now%.*}" -le "$wait_until" ] || return 1
	done
}

# start NAME COMMAND…: in the background, in a session of its own. Its output
# goes to $T/NAME.log, its process id is $(pid_of NAME).
start() {
	start_name=$1
	shift
	setsid "$@" </dev/null >>"$T/$start_name.log" 2>&1 &
	echo $! >"$T/run/$start_name"
}

pid_of() { cat "$T/run/$1"; }

# children_of NAME: the process ids of what it has started
children_of() { cat "/proc/$(pid_of "$1")/task"/*/children; }

# ours PID: is it a child of this shell, or the leader of a session, as start() makes it?
# After the end of a process another one may get its number.
ours() {
	read -r ours_line 2>/dev/null <"/proc/$1/stat" || return 1
	case "${ours_line##*)} " in
	" "?" $$ "* | " "?" "*" "*" $1 "*) return 0 ;;
	esac
	return 1
}

# stop NAME [SIGNAL [SECONDS]]: end it; the result is its exit status. One that
# does not end in time is killed, and that is 137.
stop() {
	stop_pid=$(cat "$T/run/$1" 2>/dev/null) || return 0
	[ ! -s "$T/secrets" ] || leaking_processes >>"$T/leaking"
	rm -f "$T/run/$1"
	! ours "$stop_pid" || kill -s "${2:-TERM}" "$stop_pid" 2>/dev/null
	wait_for '! ours $stop_pid || ! alive $stop_pid' "${3:-15}" || kill -s KILL -- "-$stop_pid" 2>/dev/null
	wait "$stop_pid" 2>/dev/null
}

# What a test wants done at its end, last one first: at_exit 'umount …'
at_exit_commands=
at_exit() { at_exit_commands="$1
$at_exit_commands"; }

cleanup() {
	cleanup_status=$?
	trap - EXIT
	trap '' HUP INT TERM
	for file in "$T"/run/*; do
		[ -f "$file" ] || continue
		cleanup_pid=$(cat "$file")
		stop "$(basename "$file")" TERM 5
		# what is left of its session
		kill -s KILL -- "-$cleanup_pid" 2>/dev/null
	done
	eval "$at_exit_commands"
	cd /
	if [ -n "${KEEP:-}" ]; then diag "kept: $T"; else rm -rf "$T"; fi
	exit "$cleanup_status"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# A TCP port of 127.0.0.1 that was free a moment ago. The kernel chooses it at random, so
# two tests hardly ever get the same one.
free_port() {
	"$python" -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Does something listen on this port of 127.0.0.1, or on this unix socket? This reads the
# kernel's tables (proc(5)), because the server would notice a connection.
listens() {
	case $1 in
	/*) [ -S "$1" ] && grep -q "^[^ ]* [^ ]* [^ ]* 00010000 .* $1\$" /proc/net/unix ;;
	*) grep -qi "^ *[0-9]*: \(0100007F\|00000000\):$(printf %04X "$1") [0-9A-F:]* 0A" \
	    /proc/net/tcp ;;
	esac
}

# as USER: prints the words that make a command run as that user, if we are root:
# start responder $(as www-data) PROGRAM…
as() {
	[ "$1" = "$(id -un)" ] ||
	    echo "setpriv --reuid=$1 --regid=$(id -g "$1") --clear-groups --"
}

# ---- an installation, and deliveries to it --------------------------------

# Words that must never turn up in a log or an answer.
canary() { printf '%s\n' "$1" >>"$T/canaries"; }

# no_leaks NAME FILE…: no secret of make_secret's and none of the canaries is in any
# of these files
no_leaks() {
	name=$1
	shift
	if [ ! -s "$T/canaries" ]; then
		fail "$name" "no canaries were set"
	elif grep -Fal -f "$T/canaries" -f "$T/secrets" -- "$@" >"$T/leaks" 2>/dev/null; then
		fail "$name" "a secret, token or signature is in:" "$(cat "$T/leaks")"
	else
		pass "$name"
	fi
}

# make_secret FILE [OWNER]: a new random secret or token. done_testing() fails if it is
# anywhere else than in that file.
make_secret() {
	secret=$(od -An -N20 -tx1 /dev/urandom | tr -d ' \n')
	canary "$secret"
	forms_of "$secret" >>"$T/secrets"
	(umask 077 && printf '%s\n' "$secret" >"$1")
	[ -z "${2:-}" ] || chown "$2" "$1"
	holds_secret "$1"
}

# holds_secret FILE…: these files may contain a secret
holds_secret() { printf '%s\n' "$@" >>"$T/holders"; }

# make_spool DIR [OWNER]: an empty spool
make_spool() {
	mkdir "$1" "$1/new" "$1/cur" "$1/done" "$1/dead" "$1/bad"
	: >"$1/lock"
	chmod 0600 "$1/lock"
	[ -z "${2:-}" ] || chown -R "$2:$(id -g "$2")" "$1"
	chmod 02750 "$1" "$1"/*/
}

# make_installation DIR [OWNER [RESPONDER-LINES [MORE-SECTIONS]]]: DIR/spool,
# DIR/secret and DIR/alertspool.conf with one source, as "alertspool init"
# leaves them.
make_installation() {
	mkdir -p "$1"
	make_spool "$1/spool" "${2:-}"
	make_secret "$1/secret" "${2:-}"
	cat >"$1/alertspool.conf" <<-EOT
		[spool]
		directory = $1/spool
		min_free = 1M
		[responder]
		${3:-workers = 4}
		[source default]
		secret_file = $1/secret
		${4:-}
	EOT
}

# sign BODY-FILE SECRET-FILE: the signature as the sender makes it
sign() {
	openssl dgst -sha1 -hmac "$(cat "$2")" -binary "$1" | base64
}

# make_alert ID [STATUS [UPDATED]]: a small alert of our own on stdout
make_alert() {
	printf '{"id":"%s","groupId":"5d1b6f8e8c2e4e2d3c4a0001","alertConfigId":"%s",' \
	    "$1" 5d1b6f8e8c2e4e2d3c4a0002
	printf '"eventTypeName":"OUTSIDE_METRIC_THRESHOLD","status":"%s",' "${2:-OPEN}"
	printf '"created":"2026-11-20T10:30:00Z","updated":"%s",' "${3:-2026-11-20T10:30:00Z}"
	printf '"metricName":"DISK_PARTITION_SPACE_USED_DATA",'
	printf '"currentValue":{"number":95.2,"units":"RAW"},"clusterName":"test"}'
}

# deliver URL BODY-FILE SECRET-FILE [EVENT [CURL-OPTIONS…]]: post it, signed.
# Prints the status; the answer's body is in $T/answer.
deliver() {
	deliver_url=$1 deliver_body=$2 deliver_secret=$3 deliver_event=${4:-alert.open}
	if [ $# -gt 4 ]; then shift 4; else shift $#; fi
	curl -o "$T/answer" -w '%{http_code}' -H 'Content-Type: application/json' \
	    -H "X-MMS-Event: $deliver_event" \
	    -H "X-MMS-Signature: $(sign "$deliver_body" "$deliver_secret")" \
	    --data-binary "@$deliver_body" "$@" "$deliver_url"
}

# Every file of a spool, as STATE/NAME, without its lock, counters, history and heard. With
# dot-names, so that leftovers are found.
spool_files() {
	(cd "$1" && find . -mindepth 1 ! -type d ! -path ./lock ! -path ./metrics \
	    ! -path './history/*' ! -path './heard/*' | sed 's,^\./,,' | LC_ALL=C sort)
}

spool_count() { spool_files "$1" | grep -c "^${2:-}"; }

# valid_spool NAME DIR: every record fits the installed schema; one there must be
valid_spool() {
	ok "$1" "$python" "$srcdir/tests/validate" "$srcdir/schema/record.schema.json" \
	    "$2/new" "$2/cur" "$2/done" "$2/dead" "$2/bad"
}
