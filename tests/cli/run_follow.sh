#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool run: waiting for records, leases, signals, and a spool that disappears.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

installation

r() { "$alertspool" -c "$conf" run "$@"; }
ls_() { (cd "$spool/$1" && ls | tr '\n' ' '); }
history() { jq -r '"\(.what) \(.why)"' "$spool/history/$1"; }
is_in() { [ -e "$spool/$1/$2" ]; }

fill() {
	fill_spool "$@"
	rm -f "$T"/run-*
}

# A handler that reports when it runs and waits for a file to end.
cat >"$T/waits" <<'EOT'
#!/bin/sh
echo $$ >"$1/run-$ALERTSPOOL_ID"
until [ -e "$1/go" ]; do sleep 0.05; done
EOT
# The same, but it ignores SIGTERM.
sed "2i trap '' TERM" "$T/waits" >"$T/deaf"
chmod 755 "$T/waits" "$T/deaf"
runs() { [ -s "$T/run-$1" ]; }

# ---- what handlers leave behind

# reaper.py COMMAND…: the command becomes the parent of orphans, as process 1 is.
cat >"$T/reaper.py" <<'PY'
import ctypes, os, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
os.execv(sys.argv[1], sys.argv[1:])
PY
cat >"$T/leaves" <<'EOT'
#!/bin/sh
(setsid sh -c "sleep 0.3; touch '$1/run-$ALERTSPOOL_ID'" >/dev/null 2>&1 &)
EOT
chmod 755 "$T/leaves"
zombies() {
	for pid in $(children_of "$1"); do
		awk '/^State:.*Z/ { print FILENAME }' "/proc/$pid/status" 2>/dev/null
	done
}
fill 12 12
start reaper "$python" "$T/reaper.py" "$alertspool" -c "$conf" run --follow --jobs 3 -- \
    "$T/leaves" "$T"
ok "handlers that leave something behind" wait_for '[ "$(ls "$T"/run-* | wc -l)" -eq 12 ]'
ok "what they left is waited for" wait_for '[ -z "$(zombies reaper)" ]' 3
is "$(ls "$spool/done" | wc -l)" 12 "all records are done"
stop reaper
is $? 0 "SIGTERM: exit 0"

# ---- following

fill 2 2
start follow "$alertspool" -c "$conf" run --follow --jobs 2 -- sh -c 'cat >/dev/null; echo ok'
ok "existing records are handled" wait_for 'is_in done "$one" && is_in done "$two"'
"$tools/seed" "$spool" 4 4
ok "what comes in is, too, long before a rescan" wait_for '[ "$(ls "$spool/done" | wc -l)" -eq 4 ]' 10
"$alertspool" -c "$conf" requeue "$one" >/dev/null
ok "requeued records" wait_for 'grep -q "requeue" "$spool/history/$one" && is_in done "$one"' 10
mv "$spool/done/$one" "$spool/new/.$one"
touch -d '+1 second' "$spool/new/.$one"
mv "$spool/new/.$one" "$spool/new/$one"
sleep 0.3
ok "a deferred one is left alone" is_in new "$one"
ok "until it is due" wait_for 'is_in done "$one"' 10
mv "$spool/done/$one" "$spool/new/.$one"
touch -d '+1 hour' "$spool/new/.$one"
mv "$spool/new/.$one" "$spool/new/$one"
sleep 0.3
"$alertspool" -c "$conf" release "$one" >/dev/null
ok "one that is released is due at once" wait_for 'is_in done "$one"' 10
stop follow TERM 10
is "$?" 0 "SIGTERM ends it"

touch -d '+2 seconds' "$spool/done/$two"
mv "$spool/done/$two" "$spool/cur/$two"
start follow "$alertspool" -c "$conf" run --follow -- true
sleep 0.3
ok "one under a lease is left alone" is_in cur "$two"
ok "until the lease is over" wait_for 'is_in done "$two"' 10
"$tools/holder" "$spool" "$one" >"$T/held" & holder=$!
wait_for 'grep -q held "$T/held"' || bail "holder"
mv "$spool/done/$one" "$spool/new/"
sleep 0.5
ok "an alert in other hands is left alone" is_in new "$one"
kill "$holder"
ok "until they let go, of which nobody tells" wait_for 'is_in done "$one"' 5
rm -rf "$spool/new"
mkdir "$spool/new"
chmod 2750 "$spool/new"
rm "$spool"/done/*
"$tools/seed" "$spool" 1 1
ok "a directory that is replaced" wait_for 'is_in done "$one"' 8
is "$(grep -c 'gone or was replaced' "$T/follow.log")" 1 "the log line names the reason"
rm -r "$spool/history"
mkdir "$spool/backup"
rmdir "$spool/backup"
"$tools/seed" "$spool" 1 2 new 1
ok "removed histories are created again" wait_for 'is_in done "$two"' 8
is "$(history "$two" | cut -d' ' -f1 | tr '\n' ' ')" "attempt ack " "with what happens then"
is "$(grep -c 'gone or was replaced' "$T/follow.log")" 1 "which takes no other spool"
stop follow TERM 10

# Without inotify: the message names the limit to raise.
if unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_inotify_instances' 2>/dev/null; then
	fill 1 1
	start blind unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_inotify_instances
		exec "$@"' - "$alertspool" -c "$conf" run --follow -- true
	ok "a runner without inotify" wait_for 'is_in done "$one"'
	like "$(cat "$T/blind.log")" 'sysctl fs.inotify.max_user_instances must be raised' \
		"names the sysctl"
	stop blind TERM 10
else
	skip "a runner without inotify" "no user namespace can be made"
fi

# More events than the kernel keeps: it drops the event of the record, too.
most=$(cat /proc/sys/fs/inotify/max_queued_events)
if [ "$most" -le 65536 ]; then
	fill 1 1
	start overflow "$alertspool" -c "$conf" run --follow -- true
	ok "a runner that follows" wait_for 'is_in done "$one"'
	kill -STOP "$(pid_of overflow)"
	"$python" -c 'import os, sys
for i in range(int(sys.argv[2])):
    name = f"{sys.argv[1]}/.{i}"
    os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    os.unlink(name)' "$spool/new" "$most"
	rm "$spool/done/$one"
	"$tools/seed" "$spool" 1 1
	kill -CONT "$(pid_of overflow)"
	ok "looks again after an overflow, long before a rescan" wait_for 'is_in done "$one"' 10
	stop overflow TERM 10
else
	skip "an overflow" "the kernel keeps $most events"
fi

# ---- one record that is locked, and others that are not

fill 2 2
# A handler for each; the first ends while its record is locked.
cat >"$T/locker.py" <<'EOT'
import fcntl, os, struct, sys, time
spool, name, dir = sys.argv[1:]
def wait_for(file):
    while not os.path.exists(dir + "/" + file):
        time.sleep(0.01)
fd = os.open(spool + "/lock", os.O_RDWR)
byte = int(name.rsplit(".", 1)[1][:16], 16) % 2**61
wait_for("runs")
fcntl.fcntl(fd, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, byte, 1, 0))
open(dir + "/locked", "w")
wait_for("unlock")
EOT
start locker "$python" "$T/locker.py" "$spool" "$one" "$T"
cat >"$T/quick" <<'EOT'
#!/bin/sh
case $ALERTSPOOL_ID in
"$1") touch "$2/runs"; until [ -e "$2/locked" ]; do sleep 0.05; done ;;
*) sleep 60 ;;
esac
EOT
chmod 755 "$T/quick"
begin=$(date +%s%N)
start locked "$alertspool" -c "$conf" run --jobs 2 --timeout 3s --backoff 1h -- \
	"$T/quick" "$one" "$T"
# Who waits for a lock does so for 10 seconds.
ok "the time-out of another job is kept meanwhile" wait_for \
	'grep -q "timed out after 3 s" "$spool/history/$two" 2>/dev/null' 8
diag "$((($(date +%s%N) - begin) / 1000000)) ms"
ok "(while the lock is held)" is_in cur "$one"
touch "$T/unlock"
ok "and the record goes on when it is free" wait_for 'is_in done "$one"' 20
stop locker
stop locked

# ---- leases

fill 2 1
rm -f "$T/go"
start lease "$alertspool" -c "$conf" run --lease 1s -- "$T/waits" "$T"
ok "a handler runs" wait_for 'runs "$one"'
first=$(stat -c %Y "$spool/cur/$one")
ok "its lease is renewed" wait_for '[ "$(stat -c %Y "$spool/cur/$one")" -ge $((first + 2)) ]' 8
run 75 "another runner has nothing to do" r -- touch "$T/other"
like "$(err)" 'leased 1|held by others 1' "and says why"
run 75 "an operator cannot take it" "$alertspool" -c "$conf" ack "$one"
ok "the record is where it was" is_in cur "$one"
touch "$T/go"
ok "both are done in the end" wait_for 'is_in done "$one" && is_in done "$two"'
stop lease TERM 10

fill 1 1
rm -f "$T/go"
start lost "$alertspool" -c "$conf" run --lease 1s -- "$T/waits" "$T"
wait_for 'runs "$one"' || bail "no handler"
handler=$(cat "$T/run-$one")
mv "$spool/cur/$one" "$spool/dead/$one"
ok "a handler whose record is moved is stopped" wait_for '! alive "$handler"' 5
ok "and the runner ends" wait_for '! alive "$(pid_of lost)"' 5
is "$(ls_ dead)" "$one " "the record is left where it is"
like "$(cat "$T/lost.log")" "$one: handler stopped: $one is not in cur/" "the log line names the reason"
is "$(history "$one")" "attempt null" "and is not in its history"

# ---- a runner that is killed

fill 1 1
rm -f "$T/go"
start killed "$alertspool" -c "$conf" run --lease 2s -- "$T/waits" "$T"
wait_for 'runs "$one"' || bail "no handler"
handler=$(cat "$T/run-$one")
kill -KILL "$(pid_of killed)"
ok "its handler dies with it" wait_for '! alive "$handler"' 5
run 75 "as long as the lease lasts, nobody takes over" r -- true
touch "$T/go"
ok "afterwards somebody does" wait_for 'r -- true' 10
is "$(ls_ done)" "$one " "and it is done"
is "$(history "$one" | cut -d' ' -f1 | tr '\n' ' ')" "attempt attempt ack " "at the second attempt"

# ---- signals

fill 3 3
rm -f "$T/go"
start term "$alertspool" -c "$conf" run --jobs 2 -- "$T/waits" "$T"
wait_for 'runs "$one" && runs "$two"' || bail "no handler"
kill -TERM "$(pid_of term)"
ok "SIGTERM: a message" wait_for 'grep -q "ending when 2 handlers have" "$T/term.log"'
ok "nothing is stopped" alive "$(cat "$T/run-$one")"
touch "$T/go"
wait_for '! alive "$(pid_of term)"'
stop term TERM
is "$?" 0 "it ends well"
is "$(ls_ done)" "$one $two " "what ran is done"
is "$(ls_ new | wc -w)" 1 "nothing new was begun"

for handler in waits deaf; do
	fill 2 2
	rm -f "$T/go"
	start "twice-$handler" "$alertspool" -c "$conf" run --timeout 20s -- "$T/$handler" "$T"
	wait_for 'runs "$one"' || bail "no handler"
	kill -INT "$(pid_of "twice-$handler")"
	wait_for 'grep -q "another signal" "$T/twice-$handler.log"'
	kill -INT "$(pid_of "twice-$handler")"
	ok "$handler: a second signal ends it" wait_for '! alive "$(pid_of "twice-$handler")"' 8
	stop "twice-$handler" TERM
	is "$?" 75 "$handler: the exit code tells"
	ok "$handler: the handler is gone" wait_for '! alive "$(cat "$T/run-$one")"' 1
	is "$(ls_ new)" "$one $two " "$handler: its record is given back"
	is "$(history "$one")" "attempt null
release the runner had to stop at once" "$handler: which is noted"
done

# ---- a spool that is replaced, and one that goes

fill 1 1
start moved "$alertspool" -c "$conf" run --follow -- true
wait_for 'is_in done "$one"' || bail "not done"
mv "$spool" "$spool.old"
make_spool "$spool"
"$tools/seed" "$spool" 1 1
ok "it goes on in the new one" wait_for 'is_in done "$one"' 8
like "$(cat "$T/moved.log")" "$spool is gone or was replaced" "the log line names the reason"
mv "$spool" "$spool.older"
ok "without one, it ends" wait_for '! alive "$(pid_of moved)"' 20
stop moved TERM
is "$?" 69 "with 69"
like "$(tail -n 1 "$T/moved.log")" "^alertspool run: .*$spool.*No such file" "and says why"

done_testing
