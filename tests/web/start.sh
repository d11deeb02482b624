#!/bin/sh
# SPDX-License-Identifier: ISC
# How alertspool.fcgi starts: options, -t, every way to get requests, the socket, and
# its messages when it cannot serve.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

make_installation "$T/i"
conf=$T/i/alertspool.conf

# ---- options and -t

run 64 "no way to get requests" "$responder" -c "$conf" </dev/null
like "$(err)" 'descriptor 0 is not a listening socket' "names the missing one"
run 64 "an empty \$GATEWAY_INTERFACE is none" env GATEWAY_INTERFACE= "$responder" -c "$conf" </dev/null
env -i GATEWAY_INTERFACE=CGI/1.1 PATH_INFO=/-/ready "$responder" -c "$conf" </dev/null >"$T/out" 2>"$T/err"
like "$(out)" '^Status: 405 ' "a request without a method has the wrong one"
run 0 "--version" "$responder" --version
like "$(out)" '^alertspool\.fcgi [0-9]' "prints it"
run 0 "--help" "$responder" --help
run 64 "an unknown option" "$responder" --nonsense
run 64 "an argument" "$responder" -t x
run 64 "--workers 0" "$responder" --workers 0
run 64 "--workers 1025" "$responder" --workers 1025
run 64 "--workers with a blank" "$responder" --workers ' 3' -t -c "$conf"
run 74 "help to a full disk" sh -c '"$1" --help >/dev/full' - "$responder"
run 0 "-t" "$responder" -t -c "$conf"
like "$(out)" ': configuration ok$' "-t: the output"
run 0 "-t with \$ALERTSPOOL_CONF" env ALERTSPOOL_CONF="$conf" "$responder" -t
run 78 "-t without settings" "$responder" -t -c "$T/none"
run 78 "-t with settings below a file" "$responder" -t -c "$conf/x"
sed 's/^min_free.*/min_free = much/' "$conf" >"$T/wrong"
run 78 "-t with a wrong setting" "$responder" -t -c "$T/wrong"
like "$(err)" "$T/wrong:3: " "names file and line"
chmod o+r "$T/i/secret"
run 78 "-t with a secret that others can read" "$responder" -t -c "$conf"
like "$(err)" "alertspool.conf:7: .*chmod o-rwx" "says what to do"
run 78 "and it does not start so" timeout 20 "$responder" -c "$conf" --listen "unix:$T/sock"
chmod o-r "$T/i/secret"
secret=$(cat "$T/i/secret") && printf '%s\r\n' "$secret" >"$T/i/secret"
run 0 "-t with a secret that Windows wrote" "$responder" -t -c "$conf"
like "$(err)" "level=warning .*i/secret ends in a carriage return \(0D\)" "names the odd byte"
printf '%s\n' "$secret" >"$T/i/secret"
cp "$conf" "$T/conf.right" && sed 's,^directory = .*,directory = spool,' "$T/conf.right" >"$conf"
run 0 "-t with a relative directory" "$responder" -t -c "$conf"
like "$(err)" "level=warning .*directory is not an absolute path; write $T/i/spool" "says what it stands for"
sed "s,^secret_file = .*,&\nsecret_file = $T/i/../i/secret," "$T/conf.right" >"$conf"
run 78 "-t with a secret named twice" "$responder" -t -c "$conf"
like "$(err)" "alertspool.conf:8: .*names this file already" "names the line"
cat "$T/conf.right" >"$conf"
mv "$T/i/spool" "$T/i/away"
run 78 "-t without a spool" "$responder" -t -c "$conf"
mv "$T/i/away" "$T/i/spool"
if command -v strace >/dev/null && strace -qq -o "$T/works" true 2>/dev/null; then
	run 78 "-t where no record can be moved" env ASAN_OPTIONS=detect_leaks=0 strace -qq -o /dev/null \
		-e inject=renameat2:error=EXDEV "$responder" -t -c "$conf"
	is "$(find "$T/i/spool/new" -type f)" "" "leaves nothing behind"
else
	skip "-t where no record can be moved" "strace cannot trace here"
fi
if am_root; then
	"$alertspool" init "$T/owned" --owner nobody >/dev/null || bail "init"
	run 0 "-t as root looks as the spool's owner" "$responder" -t \
		-c "$T/owned/alertspool.conf"
	chmod 600 "$T/owned/secret"
	run 78 "and sees that the owner cannot read the secret" "$responder" -t \
		-c "$T/owned/alertspool.conf"
	like "$(err)" "Permission denied" "and sees that the owner cannot read the secret: the message"
	chmod 640 "$T/owned/secret"
	start owned "$responder" -c "$T/owned/alertspool.conf" --listen "unix:$T/owned/sock"
	wait_for 'grep -q event=start "$T/owned.log"'
	start root "$responder" -c "$conf" --listen "unix:$T/root.sock"
	ok "started as root for a spool of root's: a warning" wait_for \
		'grep -q "level=warning event=start .*running as root" "$T/root.log"'
	stop root
	stop owned
	mv "$T/owned/spool" "$T/owned/away"
	mkdir "$T/owned/spool" # where a disk is to be mounted
	mkdir "$T/owned-run" && chown nobody "$T/owned-run"
	: >"$T/owned.log"
	start owned "$responder" -c "$T/owned/alertspool.conf" --listen "unix:$T/owned-run/sock"
	ok "started as root without a spool: it waits" wait_for \
		'grep -q "level=warning event=spool .*waiting for it" "$T/owned.log"'
	is "$(ls "$T/owned-run")" "" "and makes nothing that would be root's"
	stop owned
	is $? 0 "SIGTERM ends it while it waits"
	if unshare --pid --fork true 2>/dev/null; then
		start first unshare --pid --fork "$responder" -c "$T/owned/alertspool.conf" \
			--listen "unix:$T/owned-run/sock"
		ok "process 1 of a container waits, too" wait_for 'grep -q "waiting for it" "$T/first.log"'
		kill "$(children_of first)"
		ok "and is ended by SIGTERM" wait_for '! alive "$(pid_of first)"'
		stop first
		is $? 0 "with 0"
	else
		skip "process 1 that waits for the spool" "no namespace of processes here"
	fi
	start owned "$responder" -c "$T/owned/alertspool.conf" --listen "unix:$T/owned-run/sock"
	ok "started once more" wait_for '[ "$(grep -c "waiting for it" "$T/owned.log")" -eq 2 ]'
	rmdir "$T/owned/spool"
	mv "$T/owned/away" "$T/owned/spool"
	ok "until the spool is there" wait_for 'grep -q "level=notice event=start" "$T/owned.log"'
	is "$(awk '/^Uid:/ { print $2 }' "/proc/$(pid_of owned)/status")" "$(id -u nobody)" \
		"then it becomes the owner"
	stop owned
	is $? 0 "SIGTERM ends it"
	# A leftover of root's stopped the next start.
	start owned "$responder" -c "$T/owned/alertspool.conf" --listen "unix:$T/owned-run/sock"
	ok "and it starts again" wait_for '[ "$(grep -c "level=notice event=start" "$T/owned.log")" -eq 2 ]'
	stop owned
	unlike "$(cat "$T/owned.log")" 'running as root' "none where it became the owner"
else
	skip "started as root" "not root"
fi

# ---- --listen

run 64 "--listen of a name" "$responder" -c "$conf" --listen localhost:9000
run 64 "--listen of a relative path" "$responder" -c "$conf" --listen unix:sock
run 64 "--listen of a path that no address holds" timeout 20 "$responder" -c "$conf" \
	--listen "unix:/$(printf '%0108d' 0)"
for address in 127.0.0.1 127.0.0.1: :9000 127.0.0.1:0 127.0.0.1:99999 127.0.0.1:0x50 \
    127.0.0.1:65536 127.0.0.1:+80 127.0.0.1:fcgi 127.0.0.1:123456 '[::1]' '[::1:9000' '[]:9000'; do
	run 64 "--listen $address" timeout 20 "$responder" -c "$conf" --listen "$address"
done
run 73 "--listen where a file is" timeout 20 "$responder" -c "$conf" --listen "unix:$conf"
mkdir "$T/run2"
if am_root; then
	chgrp daemon "$T/run2" && chmod 2750 "$T/run2"
	group=daemon
else
	group=$(id -gn)
fi
socket=$T/run2/fcgi.sock
umask 0
start one "$responder" -c "$conf" --listen "unix:$socket" --workers 2
umask 022
ok "it listens" wait_for '[ -S "$socket" ]'
is "$(stat -c '%a %G' "$socket")" "660 $group" "mode 0660, the directory's group"
is "$(stat -c %a "$socket.lock")" 600 "its lock is the owner's alone: who can connect cannot keep it"
run 73 "a second one on the same path" timeout 20 "$responder" -c "$conf" --listen "unix:$socket"
like "$(err)" 'another responder listens there' "a second one on the same path: the message"
kill -KILL "$(pid_of one)"
ok "the workers end with their supervisor" wait_for '! listens "$socket"'
start two "$responder" -c "$conf" --listen "unix:$socket" --workers 2
ok "a socket that was left behind is replaced" wait_for 'listens "$socket"'
stop two
# Sockets of other programs, which take no lock: one that accepts connections, and one that
# refuses them for another reason than that nobody listens.
cat >"$T/bind.py" <<'PY'
import signal, socket, sys
kind = {"stream": socket.SOCK_STREAM, "dgram": socket.SOCK_DGRAM}[sys.argv[1]]
s = socket.socket(socket.AF_UNIX, kind)
s.bind(sys.argv[2])
if sys.argv[1] == "stream":
	s.listen()
print("bound", flush=True)
signal.pause()
PY
for kind in stream dgram; do
	start $kind "$python" "$T/bind.py" $kind "$T/run2/$kind.sock"
	wait_for 'grep -q bound "$T/$kind.log"'
	run 73 "a $kind socket of somebody else" \
	    timeout 20 "$responder" -c "$conf" --listen "unix:$T/run2/$kind.sock"
	ok "is left alone" [ -S "$T/run2/$kind.sock" ]
	stop $kind
done
port=$(free_port)
start tcp "$responder" -c "$conf" --listen "127.0.0.1:$port"
ok "TCP" wait_for 'grep -q "event=start.*workers=4" "$T/tcp.log"'
run 73 "a port that is taken" timeout 20 "$responder" -c "$conf" --listen "127.0.0.1:$port"
stop tcp
if [ -e /proc/net/if_inet6 ] && grep -q ' lo$' /proc/net/if_inet6; then
	start tcp6 "$responder" -c "$conf" --listen "[::1]:$port"
	ok "TCP of IPv6" wait_for "grep -q event=start \"\$T/tcp6.log\""
	stop tcp6
else
	skip "TCP of IPv6" "there is no ::1 here"
fi

# ---- descriptor 0

start given "$python" "$srcdir/tests/web/given.py" "$T/given.sock" "$responder" -c "$conf" --workers 1
ok "a listening socket on descriptor 0" wait_for 'grep -q "event=start" "$T/given.log"'
kill -HUP "$(pid_of given)"
ok "--workers 1 ends at SIGHUP" wait_for '! alive "$(pid_of given)"'

# ---- inherited descriptors

exec 9<"$conf"
start inherits "$responder" -c "$conf" --listen "unix:$T/inherits.sock" --workers 1
exec 9<&-
wait_for 'grep -q "level=notice event=start" "$T/inherits.log"'
unlike "$(ls -l "/proc/$(pid_of inherits)/fd")" alertspool.conf "an inherited descriptor is closed"
stop inherits

# ---- CGI

# ASan's leak checker does not work in the sandbox.
cgi() { env -i ASAN_OPTIONS=detect_leaks=0 GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET PATH_INFO=/-/ready "$@"; }
run 0 "CGI" cgi "$responder" -c "$conf"
like "$(out)" '^Status: 200' "answers"
run 0 "a query that the server made arguments" cgi QUERY_STRING=--version \
	ALERTSPOOL_CONF="$conf" "$responder" --version
like "$(out)" '^Status: 200' "is none of ours"
run 78 "CGI without settings" cgi "$responder" -c "$T/none"
like "$(out)" '^Status: 503' "still answers"
like "$(err)" 'outcome=unavailable.*none' "and logs why"

done_testing
