#!/bin/sh
# SPDX-License-Identifier: ISC
# The systemd units: systemd finds no mistake in them and rates the restrictions of the
# responder as good, and the service works with them. systemd need not run:
# systemd-socket-activate passes the socket, setpriv and unshare take away what the
# service may not have, and the service's filter allows every system call that the
# responder makes.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"

for program in systemd-analyze systemd-socket-activate; do
	command -v "$program" >/dev/null || skip_all "$program is not installed"
done

# ---- what systemd says -------------------------------------------------------

# With programs that are there, in a directory of its own.
mkdir "$T/units"
for file in "$srcdir"/systemd/*.service "$srcdir"/systemd/*.socket \
    "$srcdir"/systemd/*.timer "$srcdir"/systemd/*.path; do
	sed -e "s,/usr/libexec/alertspool/alertspool.fcgi,$responder," \
	    -e "s,/usr/bin/alertspool,$alertspool," \
	    -e "s,/usr/libexec/alertspool/handlers,$srcdir/handlers," \
	    -e "s,/usr/share/alertspool/examples,$srcdir/examples," \
	    -e "s,^\(Documentation\)=.*,\1=https://example.org/," \
	    "$file" >"$T/units/${file##*/}"
done
mkdir "$T/units/alertspool.service.d"
cp "$srcdir/systemd/credentials.conf" "$T/units/alertspool.service.d/"
for file in "$T"/units/alertspool*.*; do
	[ -f "$file" ] || continue
	SYSTEMD_UNIT_PATH="$T/units:" systemd-analyze verify --man=no \
	    --recursive-errors=yes "$file" >"$T/verify" 2>&1
	is "$? $(grep -F "$T/units" "$T/verify")" "0 " \
	    "systemd-analyze verify ${file##*/}"
done
ok "systemd-analyze security: at most 1.0" systemd-analyze security \
    --offline=true --threshold=10 "$T/units/alertspool.service"
# A start that fails must not stop the socket: only a person would start it again.
for line in StartLimitIntervalSec=0 Restart=always RestartSec=250ms \
    KillMode=control-group OOMPolicy=continue MemoryMax=1G; do
	ok "alertspool.service: $line" grep -qx "$line" "$srcdir/systemd/alertspool.service"
done
is "$(grep -c '^\(RestartPreventExitStatus\|ConditionPathExists\)' \
    "$srcdir/systemd/alertspool.service")" 0 "alertspool.service: no start is skipped"
is "$(sed -n 's/^ExecReload=//p' "$srcdir/systemd/alertspool.service" | head -n 1)" \
    "/usr/libexec/alertspool/alertspool.fcgi -t" "a reload looks at the settings first"
ok "clean ends some time" grep -qx TimeoutStartSec=1h \
    "$srcdir/systemd/alertspool-clean.service"
ok "run: mail that is still being delivered is not killed" grep -qx KillMode=process \
    "$srcdir/systemd/alertspool-run.service"
# "-" in front: a directory that is missing stops no unit.
is "$(grep -h '^ReadWritePaths=[^-]' "$srcdir"/systemd/*)" "" \
    "every path to write to may be missing"
is "$(sed -n 's/^d //p' "$srcdir/systemd/alertspool.tmpfiles" | head -n 1)" \
    "/run/alertspool 0750 root www-data -" "the socket's directory is root's"
is "$(sed -n 's/^d //p' "$srcdir/systemd/alertspool.tmpfiles" | tail -n +2)" \
    "/run/alertspool-status 2750 alertspool www-data -" "the page's is not"
mkdir "$T/tmpfiles"
sed "s, root www-data, $(id -un) $(id -gn),; s, alertspool www-data, $(id -un) $(id -gn)," \
    "$srcdir/systemd/alertspool.tmpfiles" >"$T/tmpfiles/alertspool.conf"
ok "systemd-tmpfiles makes it" systemd-tmpfiles --root="$T/tmpfiles" --create \
    "$T/tmpfiles/alertspool.conf"
is "$(stat -c %a "$T/tmpfiles/run/alertspool")" 750 "with that mode"
is "$(stat -c %a "$T/tmpfiles/run/alertspool-status")" 2750 "and the page's directory"
rm -r "$T/tmpfiles/run"
sed "s, root www-data, $(id -un) $(id -gn),; s, alertspool www-data, $(id -un) no-such-group," \
    "$srcdir/systemd/alertspool.tmpfiles" >"$T/tmpfiles/alertspool.conf"
systemd-tmpfiles --root="$T/tmpfiles" --create "$T/tmpfiles/alertspool.conf" >"$T/said" 2>&1
is "$(ls "$T/tmpfiles/run")" alertspool "without its group the socket's alone is made"
like "$(cat "$T/said")" "no-such-group" "and the reason said"
# The drop-in for a spool elsewhere, for all units that write there.
for unit in alertspool.service.d alertspool-.service.d; do
	mkdir -p "$T/units/$unit"
	cp "$srcdir/systemd/spool.conf" "$T/units/$unit/"
done
for unit in alertspool alertspool-clean alertspool-run alertspool-forward alertspool-route \
	alertspool-queue@; do
	like "$(SYSTEMD_UNIT_PATH="$T/units:" systemd-analyze verify --man=no \
	    "$T/units/$unit.service" 2>&1; echo "$?")" '^0$' \
	    "$unit.service with spool.conf"
done
ok "run: something that waits for its next attempt is no failure" \
    grep -qx SuccessExitStatus=75 "$srcdir/systemd/alertspool-run.service"

# ---- the socket, passed for real ---------------------------------------------

# With the restrictions of the service, as far as this machine allows them: no network, a
# read-only file system except for the spool, no capabilities, no new privileges, the user
# of the spool.
user=$(id -un)
restricted=
if am_root; then
	user=nobody
	unshare -mn true 2>/dev/null && restricted=yes
fi
make_installation "$T/here" "$(am_root && echo nobody)"
conf=$T/here/alertspool.conf
# activate NAME COMMAND…: the command gets the socket as descriptor 0
activate() {
	activate_name=$1
	shift
	start "$activate_name" systemd-socket-activate -l "$T/$activate_name.sock" \
	    "$@"
	wait_for "[ -S $T/$activate_name.sock ]"
	chmod 666 "$T/$activate_name.sock"
}
peer() { "$python" "$srcdir/tests/web/peer.py" "$1" "$T/here" good; }

# shellcheck disable=SC2016,SC2046 # expanded by the inner shell; words
activate plain sh -c 'exec "$@" 0<&3 3<&-' - $(as "$user") "$responder" -c "$conf"
like "$(peer "$T/plain.sock")" '^200 ' "activated by the first request, stored"
is "$(grep -c 'event=start ' "$T/plain.log")" 1 "it serves on the passed socket"
like "$(peer "$T/plain.sock")" '^200 ' "and the next"
kill -HUP "$(pid_of plain)"
ok "systemctl reload: SIGHUP" wait_for 'grep -q event=reload $T/plain.log' 20
like "$(peer "$T/plain.sock")" '^200 ' "and it serves on"
stop plain
is "$?" 0 "systemctl stop: SIGTERM ends it with 0"

if [ -n "$restricted" ]; then
	cat >"$T/inside" <<-EOT
		#!/bin/sh
		# In a mount and network namespace of its own.
		mount --make-rprivate /
		mount --bind $T/here/spool $T/here/spool
		for top in /*; do
			[ -L "\$top" ] || [ "\$top" = /proc ] || [ "\$top" = /tmp ] ||
			    [ ! -d "\$top" ] || {
				mount --bind "\$top" "\$top" && mount -o remount,bind,ro "\$top"
			}
		done
		exec setpriv --reuid=nobody --regid=$(id -g nobody) --clear-groups \\
		    --bounding-set=-all --inh-caps=-all --no-new-privs -- \\
		    "$responder" -c "$conf" 0<&3 3<&-
	EOT
	chmod 755 "$T/inside"
	activate walled unshare -mn "$T/inside"
	like "$(peer "$T/walled.sock")" '^200 ' "stored under the service's restrictions"
	pid=$(sed -n 's/.*event=start pid=\([0-9]*\).*/\1/p' "$T/walled.log")
	is "$(sed -n 's/^Cap\(Eff\|Bnd\):[[:blank:]]*//p' "/proc/$pid/status" | sort -u)" \
	    0000000000000000 "it has no capabilities"
	stop walled
else
	skip "stored under the service's restrictions" "namespaces want root"
fi

# Credentials: root's own files, copied for the service.
mkdir "$T/credentials"
cp "$T/here/secret" "$T/credentials/secret"
holds_secret "$T/credentials/secret"
am_root && chown -R nobody "$T/credentials"
sed 's,^secret_file = .*,secret_file = %d/secret,' "$conf" >"$T/here/credentials.conf"
chmod 0600 "$T/here/secret"
am_root && chown root "$T/here/secret"
# shellcheck disable=SC2016,SC2046
activate creds -E CREDENTIALS_DIRECTORY="$T/credentials" sh -c \
    'exec "$@" 0<&3 3<&-' - $(as "$user") "$responder" -c "$T/here/credentials.conf"
like "$(peer "$T/creds.sock")" '^200 ' "LoadCredential: a secret of root alone"
stop creds

# ---- the filter of system calls ----------------------------------------------

if command -v strace >/dev/null && am_root; then
	names() { systemd-analyze syscall-filter "$1" | grep -oE '^ +[a-z0-9_@-]+'; }
	# set NAME: the system calls of a group, groups in it resolved
	set_of() {
		names "$1" | while read -r name; do
			case $name in
			@*) set_of "$name" ;;
			*) echo "$name" ;;
			esac
		done
	}
	cp "$T/credentials/secret" "$T/here/secret"
	chmod 0640 "$T/here/secret" && chown nobody "$T/here/secret"
	# shellcheck disable=SC2016,SC2046
	activate traced strace -f -qq -o "$T/trace" -u nobody sh -c \
	    'exec "$@" 0<&3 3<&-' - "$responder" -c "$conf"
	like "$(peer "$T/traced.sock")" '^200 ' "stored while it is watched"
	stop traced
	# RestrictSUIDSGID= refuses these bits, even for what exists.
	traced() { strace -f -qq -e trace=mkdir,mkdirat,mknod,mknodat,chmod,fchmod,fchmodat,openat \
	    -o "$T/modes" "$@" >"$T/modes.out" 2>&1; }
	rm -rf "$T/here/spool/history"
	for verb in clean "claim -n 1" "stats" "check"; do
		# shellcheck disable=SC2086 # words
		traced "$alertspool" -c "$conf" $verb
		is "$(grep -E '[ (]0[2-7][0-7]{3}\)' "$T/modes")" "" \
		    "$verb asks for no setgid bit"
	done
	is "$(stat -c %a "$T/here/spool/history")" 2750 "history/ inherits it"
	is "$(grep -E 'mk|chmod|O_CREAT' "$T/trace" |
	    grep -E '[ (]0[2-7][0-7]{3}\)')" "" "the responder asks for none"
	# From the exec of the responder on, without the calls of the shell before it.
	sed -n "/execve(.*alertspool.fcgi/,\$p" "$T/trace" |
	    sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' | grep -v '^execve$' |
	    LC_ALL=C sort -u >"$T/used"
	# In the order of the lines: a line adds its calls, one with ~ removes them.
	: >"$T/filter"
	sed -n 's/^SystemCallFilter=//p' "$srcdir/systemd/alertspool.service" \
	    >"$T/lines"
	while read -r line; do
		for name in ${line#"~"}; do
			case $name in
			@*) set_of "$name" ;;
			*) echo "$name" ;;
			esac
		done | LC_ALL=C sort -u >"$T/words"
		case $line in
		"~"*) LC_ALL=C comm -23 "$T/filter" "$T/words" ;;
		*) LC_ALL=C sort -u "$T/filter" "$T/words" ;;
		esac >"$T/filter.new"
		mv "$T/filter.new" "$T/filter"
	done <"$T/lines"
	ok "the list of system calls is one" grep -qx fsync "$T/used"
	is "$(LC_ALL=C comm -23 "$T/used" "$T/filter")" "" \
	    "no system call that the service does not allow"
else
	skip "no system call that the service does not allow" "wants strace and root"
fi
done_testing
