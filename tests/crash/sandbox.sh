#!/bin/sh
# SPDX-License-Identifier: ISC
# What a serving worker and a CGI run can still do: they open files of the spool and
# nothing else, gain no privileges, and leave no core. On a kernel without Landlock
# everything works, and the log has a line about it.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"
preload probe
front_prepare nginx "workers = 1"
spool=$installation/spool
mkdir -m 0777 "$T/elsewhere"
: >"$T/elsewhere/file"
mkdir -m 02750 "$spool/history" "$spool/heard" "$spool/atlas" "$spool/queues"
! am_root || chown "$owner:$(id -g "$owner")" "$spool/history" "$spool/heard" \
	"$spool/atlas" "$spool/queues"

# The version of Landlock, 0 without any.
landlock=$("$python" -c 'import ctypes
print(max(0, ctypes.CDLL(None).syscall(444, None, 0, 1)))')

# from VERSION DENIED ALLOWED: the word that applies to this kernel's Landlock
from() { if [ "$landlock" -ge "$1" ]; then echo "$2"; else echo "$3"; fi; }

# A port where nobody listens.
unused=$("$python" -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

probes=/etc/passwd:$T/elsewhere:$T/elsewhere/file:$T/elsewhere/made+:$installation/secret
probes=$probes:$spool:$spool/lock:$spool/metrics:$spool/.curlrc+:$spool/new
probes=$probes:$spool/history:$spool/heard:$spool/atlas:$spool/queues:tcp=$unused:signal
expected="probe: /etc/passwd: EACCES
probe: $T/elsewhere: EACCES
probe: $T/elsewhere/file: EACCES
probe: $T/elsewhere/made+: EACCES
probe: $installation/secret: EACCES
probe: $spool: EACCES
probe: $spool/lock: EACCES
probe: $spool/metrics: EACCES
probe: $spool/.curlrc+: EACCES
probe: $spool/new: done
probe: $spool/history: done
probe: $spool/heard: done
probe: $spool/atlas: EACCES
probe: $spool/queues: EACCES
probe: tcp=$unused: $(from 4 EACCES ECONNREFUSED)
probe: signal: $(from 6 EPERM done)"

# cgi COMMAND…: one delivery to a CGI run; its log in $T/cgi.log
cgi() {
	make_alert "$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')" >"$T/body"
	# shellcheck disable=SC2046 # words
	env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST REMOTE_ADDR=127.0.0.1 \
	    "CONTENT_LENGTH=$(wc -c <"$T/body")" HTTP_X_MMS_EVENT=alert.open \
	    "HTTP_X_MMS_SIGNATURE=$(sign "$T/body" "$installation/secret")" \
	    $(as "$owner") "$@" "$program" -c "$installation/alertspool.conf" \
	    <"$T/body" >"$T/answer" 2>"$T/cgi.log"
	sed -n 's/^Status: \([0-9]*\).*/\1/p' "$T/answer"
}

if [ "$landlock" -gt 0 ]; then
	is "$(cgi env "PROBE=$probes" LD_PRELOAD="$T/probe.so")" 200 "CGI: stored"
	is "$(grep '^probe' "$T/cgi.log")" "$expected" "CGI: directories of the spool, and nothing else"
else
	skip "CGI: directories of the spool, and nothing else" "this kernel has no Landlock"
fi

# shellcheck disable=SC2046 # words
start responder $(as "$owner") env "PROBE=$probes" LD_PRELOAD="$T/probe.so" \
    "$program" -c "$installation/alertspool.conf" --workers 2 --listen "unix:$socket"
wait_for 'listens "$socket"' || front_broken responder
front_nginx
make_alert 0123456789abcdef01234567 >"$T/body"
is "$(deliver "$url" "$T/body" "$installation/secret")" 200 "a worker: stored"
if [ "$landlock" -gt 0 ]; then
	is "$(grep '^probe' "$T/responder.log")" "$expected" \
	    "a worker: directories of the spool, and nothing else"
else
	skip "a worker: directories of the spool, and nothing else" "this kernel has no Landlock"
fi
for worker in $(workers); do
	is "$(awk '/^NoNewPrivs:/ { print $2 }' "/proc/$worker/status")" 1 "no new privileges"
	is "$(awk '/^Max core file size/ { print $5, $6 }' "/proc/$worker/limits")" "0 0" "no core"
	like "$(awk '/^VmLck:/ { print $2 }' "/proc/$worker/status")" '^[1-9]' \
	    "secrets are in locked memory"
	if am_root; then
		is "$(stat -c %U "/proc/$worker/environ")" root "not dumpable"
	else
		ok "not dumpable" [ ! -r "/proc/$worker/environ" ]
	fi
done
stop responder
is $? 0 "the responder ends with 0"

# Without a spool the responder may open what is in its parent directory, because the
# spool may come back there, and nothing else.
if [ "$landlock" -gt 0 ]; then
	mv "$spool" "$spool.aside"
	# shellcheck disable=SC2046 # words
	start early $(as "$owner") env LD_PRELOAD="$T/probe.so" \
	    "PROBE=/etc/passwd:$T/elsewhere/file:$T/elsewhere/made+:$installation/secret:tcp=$unused:signal" \
	    "$program" -c "$installation/alertspool.conf" --listen "unix:$socket"
	wait_for 'listens "$socket"' || front_broken early
	is "$(deliver "$url" "$T/body" "$installation/secret")" 503 "without a spool: 503"
	is "$(grep '^probe' "$T/early.log" | LC_ALL=C sort -u)" "probe: /etc/passwd: EACCES
probe: $T/elsewhere/file: EACCES
probe: $T/elsewhere/made+: EACCES
probe: $installation/secret: done
probe: signal: $(from 6 EPERM done)
probe: tcp=$unused: $(from 4 EACCES ECONNREFUSED)" "a worker without a spool: the files next to it, and nothing else"
	mv "$spool.aside" "$spool"
	wait_for '[ "$(deliver "$url" "$T/body" "$installation/secret")" != 503 ]'
	is "$(deliver "$url" "$T/body" "$installation/secret")" 200 "and when it is there: stored"
	stop early
fi

if command -v strace >/dev/null && strace -qq -o "$T/works" true 2>/dev/null; then
	is "$(cgi strace -qq -o /dev/null -e trace=landlock_create_ruleset \
	    -e inject=landlock_create_ruleset:error=ENOSYS)" 200 "without Landlock: stored"
	is "$(grep -c 'level=notice.*no Landlock' "$T/cgi.log")" 1 "the log line names the reason"
	is "$(cgi strace -qq -o /dev/null -e trace=landlock_create_ruleset \
	    -e inject=landlock_create_ruleset:error=EPERM)" 200 "Landlock is refused: stored"
	is "$(grep -c 'level=notice.*may not use Landlock' "$T/cgi.log")" 1 "and the log says that"
	is "$(cgi strace -qq -o /dev/null -e trace=landlock_restrict_self \
	    -e inject=landlock_restrict_self:error=E2BIG)" 503 \
	    "a Landlock that fails: nothing is served outside of it"
	# With -D strace is the child, so that stop() stops the responder.
	: >"$T/responder.log"
	# shellcheck disable=SC2046 # words
	start responder $(as "$owner") strace -D -f -qq -o /dev/null \
	    -e trace=landlock_create_ruleset -e inject=landlock_create_ruleset:error=ENOSYS \
	    "$program" -c "$installation/alertspool.conf" --workers 4 --listen "unix:$socket"
	wait_for 'listens "$socket"' || front_broken responder
	for _ in 1 2 3 4 5 6 7 8; do
		make_alert "$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')" >"$T/body"
		deliver "$url" "$T/body" "$installation/secret"
		echo
	done >"$T/statuses"
	is "$(sort "$T/statuses" | uniq -c | xargs)" "8 200" "FastCGI without Landlock: stored"
	kill -HUP "$(pid_of responder)"
	wait_for 'grep -q event=reload "$T/responder.log"'
	is "$(deliver "$url" "$T/body" "$installation/secret")" 200 "and after SIGHUP"
	stop responder
	is $? 0 "the responder ends with 0"
	is "$(grep -c 'level=notice.*no Landlock' "$T/responder.log")" 1 \
	    "one log line, not one for each worker"
else
	skip "without Landlock" "strace cannot trace here"
fi
no_leaks "no log has a secret or a signature" "$T"/*.log "$logs"/*
done_testing
