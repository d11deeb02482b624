# SPDX-License-Identifier: ISC
# guest.sh: what every chapter of tests/host begins with: tests/lib.sh, with the package
# as it is installed, and a result that tells how long it took.
#
#	srcdir=/mnt
#	. "$srcdir/tests/host/guest.sh"
#
# A chapter runs as root, its standard output is read outside, and its argument is
# the part to begin with: 1, or what go_on_with() said before a boot.

export TMPDIR=/var/tmp DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
builddir=$srcdir/build
. "$srcdir/tests/lib.sh"
responder=/usr/libexec/alertspool/alertspool.fcgi
alertspool=/usr/bin/alertspool
etc=/etc/alertspool
conf=$etc/alertspool.conf
spool=/var/spool/alertspool
url=https://alerts.example.org/atlas
chapter=${0##*/}

# ---- results -------------------------------------------------------------------

read -r last_result _ </proc/uptime

# lap: seconds since the result before
lap() {
	read -r lap_now _ </proc/uptime
	awk "BEGIN { printf \"%.1f\", $lap_now - $last_result }"
}

pass() {
	test_count=$((test_count + 1))
	printf 'ok - %s (%s s)\n' "$1" "$(lap)"
	last_result=$(cut -d ' ' -f 1 /proc/uptime)
}

fail() {
	test_count=$((test_count + 1))
	test_failures=$((test_failures + 1))
	printf 'not ok - %s (%s s)\n' "$1" "$(lap)"
	shift
	for why in "$@"; do diag "$why"; done
	diag "the journal:"
	journalctl -o short-monotonic --no-pager -n 25 | sed 's/^/#   /'
	last_result=$(cut -d ' ' -f 1 /proc/uptime)
}

# not COMMAND...: it fails
not() { ! "$@"; }

# ---- the manuals ----------------------------------------------------------------

# manual SECTION: the commands for root of that section of alertspool(7), as the
# package has installed it, one a line
manual() {
	gzip -dc /usr/share/man/man7/alertspool.7.gz | awk -v "section=.Sh $1" '
		/^\.Sh / { inside = $0 == section }
		!inside { next }
		/^# / { sub(/^# /, ""); command = $0; more = 1 }
		more && !/^# / && going { sub(/^ */, ""); command = command $0 }
		more { going = sub(/\\e$/, "", command); if (!going) { print command; more = 0 } }'
}

# debian_manual FIRST-WORDS: the indented lines behind the paragraph of README.Debian that
# begins so
debian_manual() {
	awk -v "first=$1" '
		index($0, first) == 1 { found = 1 }
		found && /^    / { sub(/^    /, ""); print; shown = 1; next }
		found && shown && /^$/ { next }
		found && shown { exit }' /usr/share/doc/alertspool/README.Debian
}

# ---- the service ----------------------------------------------------------------

main_pid() { systemctl show -P MainPID alertspool.service; }

# mark: said() looks from here on. A filter of journalctl's own would lose the first entry
# behind a cursor that the filter leaves out (systemd 252).
mark() { mark_cursor=$(journalctl -n 0 --show-cursor | sed -n 's/^-- cursor: //p'); }

# said UNIT PATTERN: is it in the journal of that unit? A line is PRIORITY MESSAGE, with
# the priority's number: 3 error, 4 warning, 6 info.
said() {
	journalctl -o json --after-cursor "$mark_cursor" |
		jq -r --arg unit "$1" 'select(._SYSTEMD_UNIT == $unit or .UNIT == $unit) |
			"\(.PRIORITY) \(.MESSAGE)"' | grep -Eq -- "$2"
}

# owner COMMAND...: as the owner of the spool
owner() { setpriv --reuid=alertspool --regid=alertspool --clear-groups "$@"; }

# post [ID [STATUS]]: a signed alert through the web server, with the token; prints the
# status. The answer is in $T/answer.
post() {
	make_alert "${1:-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')}" "${2:-OPEN}" >"$T/body"
	deliver "$url?token=$(cat $etc/token)" "$T/body" $etc/secret alert.open
}
stored() { [ "$(post)" = 200 ]; }

# settings SED-EXPRESSION...: edit the settings
settings() { sed -i "$@" "$conf"; }

# are_there FILE: each of these ids is that of one record, which is whole
are_there() {
	[ -s "$1" ] || { echo "nothing was answered"; return 1; }
	(cd $spool && find new cur done dead bad -type f -name '*.*.*.*' ! -name '.*' \
		-printf '%f\n') | sort >"$T/there"
	[ -z "$(uniq -d "$T/there")" ] || { echo "more than once:"; uniq -d "$T/there"; return 1; }
	comm -23 "$1" "$T/there" >"$T/lost"
	[ ! -s "$T/lost" ] || { echo "lost:"; cat "$T/lost"; return 1; }
	alertspool verify - <"$1"
}

# answered FILE: the ids that load.py had answers for
answered() { sed -n 's/^answered //p' "$1" | sort; }

# ---- the machine -----------------------------------------------------------------

# go_on_with PART: the chapter is run again with this argument, after the next boot.
# It is on disk.
go_on_with() {
	echo "$1" >"/var/lib/host-test/$chapter" && sync
}

reboot() {
	systemctl reboot
	exec sleep infinity
}

# power_cut N: the machine loses its power after so many lines "answered ID" on standard
# output. After the next boot those of all cuts are in /mnt/answered.
power_cut() {
	echo "cut $1"
	exec sleep infinity
}
