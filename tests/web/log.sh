#!/bin/sh
# SPDX-License-Identifier: ISC
# The reader of the responder's log goes away or stalls: alerts are answered and stored,
# SIGTERM ends the responder, and lost lines are counted. Requests that are answered
# while the spool is missing are counted once it is back.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"

# In a build with ASan, its leak checker cannot look at a process that is not dumpable;
# it would log that, and end CGI with 1.
export ASAN_OPTIONS=detect_leaks=0

front_prepare nginx "workers = 2
request_timeout = 4s"
conf=$installation/alertspool.conf
spool=$installation/spool
fifo=$T/socket/log

# reader.py FIFO OUT: holds the FIFO open, with a buffer of one page, and reads nothing
# until the file OUT.read exists.
cat >"$T/reader.py" <<'PY'
import fcntl, os, sys, time
fifo, out = sys.argv[1:]
fd = os.open(fifo, os.O_RDONLY)
fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, 4096)
print("open", flush=True)
while not os.path.exists(out + ".read"):
    time.sleep(0.02)
with open(out, "wb") as file:
    while piece := os.read(fd, 65536):
        file.write(piece)
        file.flush()
PY

# begin NAME: the responder with its log in the FIFO, which reader-NAME holds open
begin() {
	rm -f "$fifo"
	mkfifo -m 0666 "$fifo"
	start "reader-$1" "$python" "$T/reader.py" "$fifo" "$T/$1"
	# shellcheck disable=SC2046,SC2016 # words; expanded there
	start "$1" sh -c 'fifo=$1; shift; exec "$@" 2>"$fifo"' - "$fifo" $(as "$owner") "$program" \
	    -c "$conf" --listen "unix:$socket"
	wait_for 'listens "$socket"' || front_broken "$1"
}

good() { "$python" "$srcdir/tests/web/peer.py" "$socket" "$installation" good 2>&1; }
status() { good | cut -d ' ' -f 1; }
counter() { # FAMILY-AND-LABELS
	"$alertspool" -c "$conf" stats --prometheus | sed -n "s/^$1 //p"
}

# ---- the reader goes away

for what in HUP death TERM; do
	begin "gone-$what"
	is "$(status)" 200 "$what: stored while somebody reads the log"
	all_of() { children_of "gone-$what"; }
	wait_for '[ "$(all_of | wc -w)" -eq 2 ]'
	stop "reader-gone-$what" KILL
	case $what in
	HUP) kill -HUP "$(pid_of "gone-$what")" ;;
	death) kill -KILL "$(all_of | cut -d ' ' -f 1)" ;;
	esac
	sleep 0.5 # SIGPIPE would have ended it by now
	is "$(status)" 200 "$what: stored when nobody reads it"
	stop "gone-$what"
	is $? 0 "$what: SIGTERM ends the responder with 0"
done

# ---- the reader stalls

before=$(counter alertspool_log_lines_dropped_total)
begin stalled
slow=0
for n in $(seq 40); do
	answer=$(good)
	[ "${answer% *}" = 200 ] || break
	slow=$((slow + $(echo "${answer#* }" | awk '{ print ($1 >= 0.9) }')))
done
is "${answer% *} $n" "200 40" "40 alerts are stored while nothing is read"
ok "only the first line of a stall waited, not each" [ "$slow" -le 10 ]
diag "$slow answers took a second"
touch "$T/stalled.read"
wait_for 'grep -q event=start "$T/stalled"'
ok "a line says how many were lost when it is read again" wait_for \
    'good >/dev/null; grep -q "level=warning event=log dropped=[0-9]* msg=" "$T/stalled"'
stop stalled
is $? 0 "SIGTERM ends it with 0"
wait_for '! alive "$(pid_of reader-stalled)"'
dropped=$(sed -n 's/.*event=log dropped=\([0-9]*\).*/\1/p' "$T/stalled" | awk '{ n += $1 } END { print n }')
counted=$(($(counter alertspool_log_lines_dropped_total) - before))
ok "and the counter has them" [ "$counted" -ge "$dropped" ]
diag "$dropped told, $counted counted"
is "$(grep -vcE '^time=[^ ]+ level=[a-z]+ event=' "$T/stalled")" 0 "no line of the log is torn"
begin ends
for n in $(seq 20); do good >/dev/null; done
kill -HUP "$(pid_of ends)"
wait_for '[ "$(children_of ends | wc -w)" -ge 2 ]'
is "$(status)" 200 "stored after a reload that nobody reads of"
stop ends
is $? 0 "SIGTERM ends it with 0 while nothing is read, too"

# ---- CGI

make_alert 0123456789abcdef01234567 >"$T/body"
cat >"$T/unread.py" <<'PY'
import subprocess, sys
p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                     stderr=subprocess.PIPE)
p.stderr.close()
out, _ = p.stdin.close() or p.stdout.read(), p.wait()
print(out.split(b"\r\n")[0].decode(), p.returncode)
PY
# shellcheck disable=SC2046
is "$(env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET PATH_INFO=/-/ready \
    $(as "$owner") "$python" "$T/unread.py" "$program" -c "$conf")" \
    "Status: 200 OK 0" "CGI: nobody reads the log"
# shellcheck disable=SC2046
is "$(env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET PATH_INFO=/-/ready \
    $(as "$owner") "$python" "$T/unread.py" "$program" -c "$T/none")" \
    "Status: 503 Service Unavailable 78" "CGI: nor that the settings are missing"

# ---- no spool

front_responder
unavailable() { counter 'alertspool_requests_total{outcome="unavailable"}'; }
is "$(status)" 200 "a spool is there"
before=$(unavailable)
mv "$spool" "$spool.aside"
for n in 1 2 3 4 5 6 7; do status; done >"$T/statuses"
is "$(sort "$T/statuses" | uniq -c | xargs)" "7 503" "without it: 503"
mv "$spool.aside" "$spool"
ok "it is found again" wait_for '[ "$(status)" = 200 ]'
ok "and what was answered meanwhile is counted" wait_for '[ $(($(unavailable) - before)) -ge 7 ]'
like "$(cat "$T/responder.log")" \
    'level=notice event=metrics msg="[0-9]+ requests that were answered without a spool' \
    "with a line in the log"
stop responder
no_leaks "no log has a secret or a signature" "$T"/*.log "$T/stalled"
done_testing
