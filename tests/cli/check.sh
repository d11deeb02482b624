#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool check: each finding is provoked once, and none appears without a cause.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

owner=$(id -un)
! am_root || owner=nobody
good=$T/good
make_installation "$good" "$owner"
holds_secret "$T/i/secret"
chmod 755 "$good"
# post CONF BODY: deliver it as the owner, by CGI. The leak checker of ASan does not work
# in the sandbox.
post() {
	# shellcheck disable=SC2046 # words before a command
	$(as "$owner") env -i ASAN_OPTIONS=detect_leaks=0 GATEWAY_INTERFACE=CGI/1.1 \
		REQUEST_METHOD=POST CONTENT_LENGTH="$(wc -c <"$2")" REMOTE_ADDR=192.0.2.1 \
		HTTP_X_MMS_SIGNATURE="$(sign "$2" "${1%/*}/secret")" \
		"$responder" -c "$1" <"$2" >"$T/cgi.out" 2>&1
}

for i in 1 2; do
	make_alert "a$i" OPEN "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$T/$i"
	post "$good/alertspool.conf" "$T/$i" || bail "no record: $(cat "$T/cgi.out")"
done

# fresh: an installation without faults, in $T/i
fresh() {
	rm -rf "$T/i"
	cp -a "$good" "$T/i"
	sed -i "s,$good/,$T/i/," "$T/i/alertspool.conf"
	conf=$T/i/alertspool.conf
	spool=$T/i/spool
}

check() { "$alertspool" -c "$conf" check "$@"; }

# found CODE LEVEL CHECK TEXT NAME [WORDS…]: check, run behind these words, ends
# with this code and has such a finding, with why and fix
found() {
	found_code=$1 found_level=$2 found_check=$3 found_text=$4 found_name=$5
	shift 5
	"$@" "$alertspool" -c "$conf" check --json >"$T/out" 2>"$T/err"
	is $? "$found_code" "$found_name"
	if jq -es --arg level "$found_level" --arg check "$found_check" \
		--arg text "$found_text" 'any(.level == $level and .check == $check and
		(.where + ": " + .what | test($text)) and .why != null and .fix != null)' \
		"$T/out" >/dev/null; then
		pass "- is found"
	else
		fail "- is found" "no $found_level of $found_check like $found_text in:"
		diag_file "$T/out"
		diag_file "$T/err"
	fi
}

# ---- nothing wrong

fresh
run 0 "nothing is wrong" check
# The findings about the clock depend on the machine that runs the test.
is "$(check --json | jq -rc 'select(.level != "ok" and .check != "clock") | .what')" "" \
	"nothing is found"
is "$(check --json | jq -rs 'map(.check) | unique | join(" ")')" \
	"clock commit file-system move queue secret settings spool" "all areas are looked at"
like "$(check | tail -n 1)" '^0 errors, [01] warnings?$' "the last line counts"
like "$(check --json | jq -r 'select(.check == "commit") | .what')" \
	'^takes [0-9.]+ ms \(median of 15' "a commit is measured"
is "$(spool_files "$spool" | wc -l)" 2 "nothing is left behind"
unlike "$(check)" "$(printf '\033')" "no colour in a pipe"
like "$(on_terminal 80 "$alertspool -c $conf check")" "$(printf '\033')\\[" "colour on a terminal"
unlike "$(NO_COLOR=1 on_terminal 80 "$alertspool -c $conf check")" "$(printf '\033')" "and none with NO_COLOR"

# ---- options

run 64 "--log without --url" check --log /dev/null
run 64 "a URL with a query" check --url 'http://127.0.0.1/atlas?token=x'
run 64 "no URL" check --url nonsense
run 64 "an operand" check here
if am_root; then
	fresh
	chmod o+r "$conf"
	run 77 "a stranger" setpriv --reuid=games --regid=games --clear-groups \
		"$alertspool" -c "$conf" check
	like "$(err)" 'sudo -u nobody ' "- and the command to use"
else
	skip "a stranger" "not root"
fi

# ---- settings and secrets

fresh
echo 'nonsense = 1' >>"$conf"
found 78 error settings "alertspool.conf:[0-9]+: " "an unknown key"
fresh
rm "$conf"
found 78 error settings "No such file" "no settings"
fresh
chmod 0646 "$conf"
found 78 error settings "others may write it" "settings that others may write"
if am_root; then
	fresh
	chown root "$conf" && chmod 0600 "$conf"
	found 78 error settings "may not read it" "settings that the owner may not read"
	fresh
	echo 'OUTSIDE_METRIC_THRESHOLD = CRITICAL' >"$T/i/severity"
	chmod 0600 "$T/i/severity"
	sed -i "s,^workers.*,&\nseverity_file = $T/i/severity," "$conf"
	found 78 error settings "may not read it: .*severity" "also a severity_file"
	fresh
	chown root "$T/i" && chmod 0700 "$T/i"
	found 78 error settings "may not read it: .*Permission denied" "also a directory"
	fresh
	chown games "$conf" && chmod 0644 "$conf"
	found 0 warning settings "belongs to uid .* neither root nor" "settings of a stranger"
	fresh
	chown root "$T/i/secret"
	found 78 error secret "Permission denied" "a secret that the owner may not read"
	fresh
	chgrp games "$spool" "$spool"/*
	find "$spool" -type d -exec chmod 02750 {} +
	chown "root:$(id -gn "$owner")" "$T/i/secret" && chmod 0640 "$T/i/secret"
	is "$(check --json | jq -r 'select(.level == "error") | .what')" "" \
		"a spool with a group of readers, a secret by the user's own group"
else
	skip "settings that the owner may not read" "not root"
fi
fresh
chmod 0644 "$T/i/secret"
found 78 error secret "others can read" "a secret that others may read"
fresh
: >"$T/i/secret"
found 78 error secret "is empty" "an empty secret"
fresh
mv "$T/i/secret" "$T/i/real" && ln -s real "$T/i/secret"
found 78 error secret "is a link" "a secret behind a link"
fresh
rm "$T/i/secret"
found 78 error secret "No such file" "no secret"
fresh
echo tooshort >"$T/i/secret"
found 0 warning secret "secret has fewer than 16 bytes" "a short secret"
fresh
for end in 'r\n carriage return' 'n\n second newline' 't\n tab' '040 blank'; do
	secret=$(cat "$T/i/secret") && printf "%s\\${end%% *}" "$secret" >"$T/i/secret"
	found 0 warning secret "i/secret ends in a ${end#* }" "a secret with a ${end#* } behind it"
	fresh
done
printf '%s\n' 'secret_file = ./secret' >>"$conf"
found 78 error secret "names this file already" "a secret by two paths"
fresh
sed -i 's/^directory = .*/directory = spool/' "$conf"
found 0 warning settings "and means $T/i/spool" "a spool by a relative path"
fresh
sed -i 's/^secret_file.*/authentication = none/' "$conf"
found 0 warning secret "from anybody" "no authentication"
fresh
sed -i 's/^secret_file.*/secret_file = %d\/secret/' "$conf"
found 0 warning secret "systemd credentials" "credentials of a service"
run 0 "as the service sees them" env CREDENTIALS_DIRECTORY="$T/i" "$alertspool" -c "$conf" check --json
is "$(jq -r 'select(.check == "secret" and .level != "ok") | .what' "$T/out")" "" "- there is nothing to be found"

# ---- the spool

fresh
mv "$spool" "$spool.away"
found 78 error spool "No such file" "no spool"
fresh
rm -r "$spool" && : >"$spool"
found 78 error spool "Not a directory" "a file instead of a spool"
like "$(check --json | jq -r 'select(.check == "spool") | .fix')" "^move it away" \
	"- is to be moved away"
fresh
mv "$spool/lock" "$T/i/lock" && ln -s "$T/i/lock" "$spool/lock"
found 78 error spool "lock" "a link in place of the lock file"
like "$(check --json | jq -r 'select(.check == "spool") | .fix')" "must be directories, not links" \
	"- is to be moved away"
fresh
rm -r "$spool/dead"
found 78 error spool "dead" "a spool without a part"
fresh
chmod 2770 "$spool"
found 78 error permissions "spool: mode 2770, not 2750" "a spool that its group may write"
fresh
chmod g-s "$spool/new"
found 0 warning permissions "new: mode 0750" "a state without the setgid bit"
fresh
$(as "$owner") mkdir "$spool/history"
chmod 2755 "$spool/history"
found 78 error permissions "history: mode 2755" "a history that others may read"
fresh
$(as "$owner") mkdir "$spool/heard"
$(as "$owner") touch "$spool/heard/default" "$spool/heard/gone"
chmod 0640 "$spool"/heard/*
is "$(check --json | jq -rc 'select(.level != "ok" and (.where | contains("heard")))')" "" "heard/ is a part of a spool"
chmod 2770 "$spool/heard"
found 78 error permissions "heard: mode 2770" "a heard/ that its group may write"
chmod 2750 "$spool/heard"
chmod 0666 "$spool/heard/default"
found 78 error permissions "heard: files that others can read" "a file in it that others may write"
chmod 0640 "$spool/heard/default"
echo text >"$spool/heard/gone"
found 0 warning strays "heard: entries that are not records: 1, such as gone" "one that is not empty"
rm "$spool/heard/gone"
touch "$spool/heard/No-Source"
found 0 warning strays "heard: entries that are not records: 1, such as No-Source" "one that no source is called"
rm -r "$spool/heard"
: >"$spool/heard"
found 78 error permissions "heard: " "a file in place of heard/"
fresh
chmod 0644 "$spool"/new/*
found 78 error permissions "new: files that others can read" "a record that others may read"
fresh
: >"$spool/cur/letter"
found 0 warning strays "cur: entries that are not records: 1, such as letter" "a stray in a state"
fresh
mkdir "$spool/lost+found"
is "$(check --json | jq -rc 'select(.check == "strays")')" "" "lost+found is no stray"
fresh
mkdir "$spool/old"
found 0 warning strays "not belong to a spool: 1, such as old" "a stray in the spool"
fresh
: >"$spool/new/.0123456789abcdef0123456789abcdef.1.0"
is "$(check --json | jq -rc 'select(.check == "strays")')" "" "a commit in progress is no stray"
fresh
: >"$spool/new/.0123456789abcdef0123456789abcdef.1.0"
touch -d '-2 days' "$spool/new/.0123456789abcdef0123456789abcdef.1.0"
found 0 warning strays "left behind" "what a dead commit left"
if am_root; then
	fresh
	chown games "$spool/done"
	found 78 error permissions "done: belongs to uid" "a state of another user"
	fresh
	chown games "$spool/metrics"
	found 78 error permissions "spool: files of another user: 1, such as metrics" \
		"counters of another user"
	fresh
	chown root "$spool/lock" && chmod 0600 "$spool/lock"
	found 78 error spool "lock: Permission denied" "a lock file of another user"
	like "$(check --json | jq -r 'select(.check == "spool") | .fix')" \
		"chown -R the spool to uid $(id -u "$owner")" "- and whose it should be"
	fresh
	chown root "$spool"
	found 78 error permissions "spool: belongs to root, and parts of it to uid $(id -u "$owner")" \
		"a spool that became root's"
	like "$(check --json | jq -r 'select(.check == "permissions") | .fix')" \
		"^chown -R $(id -u "$owner") " "- is given back, and nothing given to root"
	fresh
	chown -R root "$spool"
	found 0 warning permissions "spool: belongs to root" "a spool that is root's"
	fresh
	chown games "$spool"/new/*
	found 78 error permissions "new: files of another user: 2" "records of another user"
	fresh
	chown -R games:www-data "$spool" "$T/i/secret"
	find "$spool" -type d -exec chmod 02750 {} +
	found 0 warning group "www-data, the web server's user, is in its group" "the web server may read"
	# The same, if only the list of members shows that the server's user is in the group.
	if unshare -m true 2>/dev/null; then
		sed 's/^\(games:.*:\)[^:]*$/\1nobody,www-data/' /etc/group >"$T/group"
		chgrp -R games "$spool" "$T/i/secret"
		find "$spool" -type d -exec chmod 02750 {} +
		found 0 warning group "www-data, the web server's user, is in its group" \
			"the web server may read as a member" \
			unshare -m sh -c 'mount --bind "$0" /etc/group && exec "$@"' "$T/group"
	else
		skip "the web server may read as a member" "there are no namespaces here"
	fi
else
	skip "what belongs to others" "not root"
fi

# ---- the disk

fresh
sed -i 's/^min_free.*/min_free = 900T/' "$conf"
found 78 error room "free" "no room"
fresh
found 78 error fsync "LD_PRELOAD: libeatmydata is loaded" "eatmydata" \
	env LD_PRELOAD=/nowhere/libeatmydata.so
mkdir "$T/etc"
echo libeatmydata.so >"$T/etc/ld.so.preload"
# in_etc COMMAND…: for this command only, the files of $T/etc are in /etc
in_etc() {
	# shellcheck disable=SC2016 # for that shell
	unshare -m sh -c 'mount -t overlay -o "lowerdir=$0:/etc" none /etc && exec "$@"' "$T/etc" "$@"
}
if am_root && in_etc true 2>"$T/mount.err"; then
	found 78 error fsync "/etc/ld.so.preload: libeatmydata is loaded" "eatmydata everywhere" in_etc
else
	skip "eatmydata everywhere" "cannot be mounted here: $(cat "$T/mount.err" 2>/dev/null)"
fi

# on_mount WHAT MOUNT-WORDS…: the spool lies on a file system of its own
on_mount() {
	fresh
	mkdir "$T/mount" "$T/keep"
	cp -a "$spool/." "$T/keep/"
	if ! am_root || ! mount "$@" "$T/mount" 2>"$T/mount.err"; then
		rmdir "$T/mount"
		rm -rf "$T/keep"
		return 1
	fi
	at_exit "umount '$T/mount' 2>/dev/null"
	cp -a "$T/keep" "$T/mount/spool"
	rm -rf "$T/keep"
	sed -i "s,^directory.*,directory = $T/mount/spool," "$conf"
}

off_mount() { umount "$T/mount" && rmdir "$T/mount"; }

if on_mount -t tmpfs -o mode=755 none; then
	found 78 error file-system "lies on tmpfs" "tmpfs"
	off_mount
	mkdir "$T/volatile,nobarrier=1,"
	on_mount --bind "$T/volatile,nobarrier=1,"
	is "$(check --json | jq -r 'select(.check == "file-system" and .level != "ok") | .what')" "" \
		"the words in a path are no options"
	off_mount
else
	skip "tmpfs" "cannot be mounted here: $(cat "$T/mount.err" 2>/dev/null)"
fi
mkdir "$T/lower" "$T/layers"
if am_root && mount -t tmpfs none "$T/layers" 2>/dev/null; then
	at_exit "umount '$T/layers' 2>/dev/null"
	mkdir "$T/layers/upper" "$T/layers/work"
	chmod 755 "$T/layers/upper"
	if on_mount -t overlay -o \
		"volatile,lowerdir=$T/lower,upperdir=$T/layers/upper,workdir=$T/layers/work" none; then
		found 78 error file-system 'mounted with "(fsync=)?volatile"' "a volatile overlay"
		found 78 warning file-system "lies on overlay" "an overlay"
		off_mount
	else
		skip "overlay" "cannot be mounted here: $(cat "$T/mount.err")"
	fi
	umount "$T/layers"
else
	skip "overlay" "not root"
fi
truncate -s 16M "$T/image"
if am_root && mkfs.ext4 -q "$T/image" && on_mount -o loop,barrier=0 "$T/image"; then
	found 78 error file-system 'mounted with "(nobarrier|barrier=0)"' "ext4 without barriers"
	off_mount
else
	skip "ext4 without barriers" "no loop device here: $(cat "$T/mount.err" 2>/dev/null)"
fi

truncate -s 128M "$T/image.btrfs"
if am_root && mkfs.btrfs -q "$T/image.btrfs" >"$T/mkfs.out" 2>&1 &&
	on_mount -o loop,nobarrier "$T/image.btrfs"; then
	found 78 error file-system 'mounted with "nobarrier"' "btrfs without barriers"
	off_mount
else
	skip "btrfs without barriers" "cannot be mounted here: $(cat "$T/mount.err" 2>/dev/null)"
fi
truncate -s 16M "$T/image.few"
if am_root && mkfs.ext4 -q -N 1024 "$T/image.few" && on_mount -o loop "$T/image.few"; then
	mkdir "$T/mount/full"
	(cd "$T/mount/full" && seq 1100 | xargs touch 2>/dev/null)
	found 78 error room "only 0 of 1024 inodes free" "no inodes"
	off_mount
	on_mount -o loop "$T/image.few" && mount -o remount,ro "$T/mount"
	found 78 error spool "Read-only file system" "a disk that became read-only"
	off_mount
else
	skip "no inodes" "no loop device here: $(cat "$T/mount.err" 2>/dev/null)"
fi

# These run under strace, where the leak checker of ASan does not work.
trace() { ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null "$@"; }
if command -v strace >/dev/null; then
	fresh
	found 0 warning commit "takes (6|7|8|9|1.)[0-9.]+ ms" "a slow disk" \
		trace -e inject=fsync:delay_enter=30000
	fresh
	found 78 error commit "fails: fsync: Input/output error" "a broken disk" \
		trace -e inject=fsync:error=EIO
	is "$(spool_files "$spool" | wc -l)" 2 "- leaves nothing behind"
	fresh
	found 78 error move "fails: rename .*Invalid cross-device" "a state on another disk" \
		trace -e inject=renameat2:error=EXDEV
	is "$(spool_files "$spool" | wc -l)" 2 "- leaves nothing behind"
	like "$(trace -e inject=renameat2:error=EINVAL "$alertspool" -c "$conf" check)" \
		'move: .*works, by link and unlink' "a disk without RENAME_NOREPLACE"
	fresh
	found 78 error permissions "done: .*Input/output error" "a directory that cannot be read" \
		trace -P "$spool/done" -e inject=getdents64:error=EIO
	fresh
	trace -e inject=adjtimex,clock_adjtime:retval=0 "$alertspool" -c "$conf" check --json >"$T/out" 2>&1
	like "$(jq -r 'select(.check == "clock" and .level == "ok") | .what' "$T/out")" \
		'^20[0-9-]+T[0-9:]+Z$' "a synchronised clock: its time"
	fresh
	trace -e inject=fsync:signal=KILL:when=2 "$alertspool" -c "$conf" check >"$T/out" 2>&1
	is "$(find "$spool/new" -name '.*' -type f | wc -l)" 2 "a check that is killed leaves names"
	find "$spool/new" -name '.*' -type f -exec touch -d '-2 days' {} +
	found 0 warning strays "left behind when it died: 2" "- which are reported"
	run 0 "- and cleaned" "$alertspool" -c "$conf" clean
	is "$(find "$spool/new" -name '.*' -type f | wc -l)" 0 "- by clean, as the finding says"
else
	skip "a slow disk" "strace is not installed"
fi

# ---- the queue

fresh
check_id=$("$alertspool" -c "$conf" claim --lease 1s) || bail claim
touch -d '-10 min' "$spool/cur/$check_id"
found 0 warning queue "cur: expired leases over 5 minutes ago: 1, such as $check_id" "a stale lease"
# The other record cannot be claimed until its lease ends.
touch -d '+1 hour' "$spool/cur/$check_id"
check_ahead=$("$alertspool" -c "$conf" claim --lease 1h) || bail claim
touch -d '-10 min' "$spool/cur/$check_id"
touch -d '+2 days' "$spool/cur/$check_ahead"
found 0 warning queue "expired leases .*such as $check_id" "a stale lease beside one too far ahead"
touch -d '+2 days' "$spool/cur/$check_id"
touch "$spool/cur/$check_ahead"
found 0 warning queue "cur: .*over 24 hours ahead: 1" "a lease too far ahead"
fresh
touch -d '+2 days' "$spool"/new/*
found 0 warning queue "new: .*over 24 hours ahead: 2" "a deferral too far ahead"
fresh
set -- "$spool"/new/*
sed -i "s/\"received_at\":\"[^\"]*\"/\"received_at\":\"$(date -u -d '-2 hours' +%Y-%m-%dT%H:%M:%SZ)\"/" "$1"
$(as "$owner") touch -d '-2 hours' "$1"
am_root && chown "$owner" "$1"
found 0 warning queue "new: 2 records, the oldest of 2h" "nobody works on what waits"
"$alertspool" -c "$conf" claim --lease 1h --number 2 >"$T/claimed" || bail claim
xargs "$alertspool" -c "$conf" release --delay 1h <"$T/claimed" >/dev/null || bail release
# A record that just came in is due, and that is fine.
set -- "$T/claimed" "$(sed 1q "$T/claimed")"
$(as "$owner") touch "$spool/new/$2"
is "$(check --json | jq -r 'select(.check == "queue" and .level != "ok") | .what')" "" \
	"what was deferred by somebody, and is due since now, does not wait"
fresh
printf 'no json' >"$T/bad"
post "$conf" "$T/bad"
sed -i "s/\"received_at\":\"[^\"]*\"/\"received_at\":\"$(date -u -d '-9 days' +%Y-%m-%dT%H:%M:%SZ)\"/" "$spool"/bad/*
! am_root || chown "$owner" "$spool"/bad/*
found 0 warning queue "bad: 1 record, the oldest of 9d" "nobody looks at bad/"
fresh
"$alertspool" -c "$conf" bury "$(basename "$(find "$spool/new" -type f | sed 1q)")" >/dev/null || bail bury
found 78 error queue "dead: 1 record, the oldest of" "a dead letter"
like "$(cat "$T/out")" '"fix":"alertspool list --state dead;.*alertspool requeue --state dead' \
	"- and the command to type"
fresh
$(as "$owner") "$tools/seed" "$spool" 10001 10001 >/dev/null || bail seed
found 0 warning queue "new: 10003 records" "a backlog"

# ---- what earlier checks left

fresh
for canary in "alertspool check $(printf '%040d' 1)" "alertspool check $(printf '%040d' 2)" \
	"alertspool check, or so it says, of a length that no check has" "$(printf '%057d' 3)"; do
	printf '"%s"' "$canary" >"$T/canary"
	post "$conf" "$T/canary"
done
is "$(ls "$spool/bad" | wc -l)" 4 "(four texts are in bad/)"
set -- "$spool"/bad/*
for left; do
	grep -q "$(printf '%040d' 1)" "$left" || touch -d '-61 minutes' "$left"
done
check >"$T/out"
is "$(cat "$spool"/bad/* | jq -r '.raw[1:22]' | sort | xargs)" \
	"000000000000000000000 alertspool check 0000 alertspool check, or" \
	"only the record that a check left in bad/ over an hour ago is deleted"

# ---- silence

fresh
run 64 "--max-silence wants a time" check --max-silence soon
found 78 error silence "default: never had a delivery" "a source without a delivery" \
	env -- sh -c 'rm -rf "$0/heard"; exec "$@" --max-silence 26h' "$spool"
fresh
$(as "$owner") touch -d '-2 hours' "$spool/heard/default"
found 78 error silence "default: no delivery for 2h" "a source that is silent" \
	env -- sh -c 'exec "$@" --max-silence 1h' -
run 0 "one that is not" check --max-silence 3h
like "$(out)" "silence: default: last delivery 2h ago" "says when that was"
is "$(check | grep -c silence)" 0 "nobody asks without --max-silence"

# ---- errors only

run 0 "--quiet, and nothing wrong" check --quiet
is "$(out)$(err)" "" "prints nothing"
run 78 "--quiet, and an error" check --quiet --max-silence 1h
is "$(out | cut -d ' ' -f 1 | xargs)" "error" "prints that alone"
is "$(out | wc -l)" 3 "with why and fix"
is "$(check --quiet --json --max-silence 1h | jq -r .level)" error "in JSON, too"

# ---- the clock

if command -v faketime >/dev/null; then
	fake() { ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 faketime -f "$@"; }
	fresh
	found 78 error clock "is behind 2026" "a clock of last year" fake '2025-01-01 00:00:00'
	found 0 warning clock "went back since the newest record" "a clock that went back" fake -2d
	found 0 warning clock "went back since the counters began" "- as the counters tell" fake -2d
else
	skip "the clock" "faketime is not installed"
fi
fresh
make_alert late OPEN "$(date -u -d '+1 day' +%Y-%m-%dT%H:%M:%SZ)" >"$T/late"
post "$conf" "$T/late"
found 0 warning clock "was behind the sender's by (23h|1d)" "a clock that is behind"
sed -i 's/"received_at":"[^"]*"/"received_at":"then"/' "$spool"/new/*
is "$(check --json | jq -r 'select(.check == "clock") | .what' | grep behind)" "" \
	"nobody knows when that was: no word about the clock"

# ---- other users

if am_root; then
	fresh
	chmod 640 "$conf"
	found 78 error settings 'cannot read .*: Permission denied' "settings that one may not read" \
		setpriv --reuid games --regid games --clear-groups --
	like "$(cat "$T/out")" '"fix":"run this as root or as the spool.s owner"' "- and the command to use"
else
	skip "somebody else" "not root"
fi

# ---- nothing outside can steer it

fresh
: >"$spool/new/$(printf 'a\033[31mb\nc')"
check >"$T/out"
unlike "$(cat "$T/out")" "$(printf '\033')" "an odd name is harmless"
like "$(cat "$T/out")" 'such as a.u\{1b\}\[31mb.u\{0a\}c' "and told"
no_leaks "no secret is printed" "$T/out" "$T/err"
done_testing
