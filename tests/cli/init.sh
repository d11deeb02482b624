#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool init: creates everything with the right owners, or nothing.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

# modes DIR: type, mode, owner and group of all in it
modes() {
	(cd "$1" && find . -printf '%p %y %m %u:%g\n' | LC_ALL=C sort)
}

# expected DIR-OWNER SECRET-MODE SPOOL-OWNER
expected() {
	LC_ALL=C sort <<-EOT
		. d 750 $1
		./alertspool.conf f 640 $1
		./secret f $2 $1
		./token f $2 $1
		./spool d 2750 $3
		$(for d in bad cur dead done heard history new; do echo "./spool/$d d 2750 $3"; done)
		./spool/lock f 600 $3
	EOT
}

# check_result DIR OWNER: the output fits the files
check_result() {
	is "$(sed -n 's/^Secret: //p' "$T/out")" "$(cat "$1/secret")" "the secret is printed"
	like "$(cat "$1/secret")" '^[A-Za-z0-9_-]{43}$' "it is 32 bytes in base64url"
	like "$(cat "$1/token")" '^[A-Za-z0-9_-]{32}$' "the token is 24"
	run 0 "the settings are good" "$alertspool" -c "$1/alertspool.conf" list
	ok "the responder likes them, too" become "$2" "$responder" -t -c "$1/alertspool.conf"
}

me=$(id -un):$(id -gn)
if am_root; then user=nobody; else user=$(id -un); fi
group=$(id -gn "$user")

# as_user COMMAND…: as somebody who is not root
as_user() { become "$user" "$@"; }

mkdir "$T/home"
am_root && chown "$user:$group" "$T/home"
chmod 755 "$T/home"

# ---- as a user

url='https://alerts.example.com/atlas?x=1'
run 0 "init as a user, umask 077" as_user sh -c 'umask 077; "$@"' - "$alertspool" init "$T/home/a" --url "$url"
is "$(modes "$T/home/a")" "$(expected "$user:$group" 600 "$user:$group")" "owners and modes"
is "$(sed -n 's/^Webhook URL: //p' "$T/out")" "$url&token=$(cat "$T/home/a/token")" "the URL has the token"
cp "$T/out" "$T/first"
check_result "$T/home/a" "$user"
cp "$T/first" "$T/out"

run 0 "without --url, umask 0, a relative DIR" as_user sh -c 'umask 0; cd "$2"; "$1" init ./b/c/' - "$alertspool" "$T/home"
is "$(modes "$T/home/b/c")" "$(expected "$user:$group" 600 "$user:$group")" "owners and modes"
like "$(out)" "^Append to the URL: \?token=$(cat "$T/home/b/c/token")\$" "the token is to be appended"
like "$(cat "$T/home/b/c/alertspool.conf")" "^directory = $T/home/b/c/spool\$" "paths are absolute"
check_result "$T/home/b/c" "$user"
ok "secrets differ" test "$(cat "$T/home/a/secret")" != "$(cat "$T/home/b/c/secret")"

run 0 "in a directory that is there" as_user sh -c 'mkdir "$2" && cd "$2" && "$1" init .' - "$alertspool" "$T/home/there"
run 0 "--owner oneself" as_user "$alertspool" init "$T/home/own" --owner "$user"
run 77 "--owner somebody else" as_user "$alertspool" init "$T/home/other" --owner daemon
like "$(err)" '^alertspool init: .*root.*; run: sudo ' "says how"
is "$(ls "$T/home")" "a
b
own
there" "and makes nothing"

# ---- existing files stay

find "$T/home/a" -type f -exec sha1sum {} + >"$T/before"
run 73 "once more" as_user "$alertspool" init "$T/home/a"
for file in alertspool.conf secret token spool; do
	like "$(err)" "$T/home/a/$file(,|;|\$)" "names $file"
done
is "$(out)" "" "prints no secret"
find "$T/home/a" -type f -exec sha1sum {} + >"$T/after"
ok "changes nothing" cmp "$T/before" "$T/after"

as_user mkdir "$T/home/part"
as_user ln -s /nowhere "$T/home/part/token"
run 73 "one of four is there, a dangling link" as_user "$alertspool" init "$T/home/part"
like "$(err)" "exists already[^/]*$T/home/part/token;" "names that one alone"
is "$(ls "$T/home/part")" token "and makes nothing"

as_user touch "$T/home/file"
run 73 "below a file" as_user "$alertspool" init "$T/home/file/x"
run 73 "where the user may not" as_user "$alertspool" init /proc/none
mkdir -m 755 "$T/roots" && chmod 555 "$T/roots"
if am_root; then
	run 73 "where only root may" as_user "$alertspool" init "$T/roots/x"
	like "$(err)" "directory that you may write to, or run it as root" "advises that"
	unlike "$(err)" "move away" "and to move nothing away"
fi
mkdir "$T/home/hand" && printf 'a secret made by hand\r\n' >"$T/home/hand/secret" &&
	printf '"a token made by hand"\n' >"$T/home/hand/token" && chmod 640 "$T/home/hand"/*
[ -z "$(am_root && echo root)" ] || chown -R "$user" "$T/home/hand"
run 73 "a secret that is there" as_user "$alertspool" init "$T/home/hand"
like "$(err)" "move away the existing files" "advises to move it"
like "$(err)" "note: the secret in .*hand/secret ends in a carriage return" "and names its odd end"
like "$(err)" "note: the token in .*hand/token is in quotes" "and that of the token"
rm -r "$T/home/hand"
run 73 "a name that settings cannot hold" as_user "$alertspool" init "$T/home/new/a ; b"
is "$(find "$T/home" -name 'new' ! -path '*/spool/*')" "" "all that was made is gone again"
run 73 "a newline" as_user "$alertspool" init "$T/home/new/a
b"
run 74 "a full disk where the secret is printed" as_user sh -c '"$@" >/dev/full' - \
	"$alertspool" init "$T/home/full"
is "$(modes "$T/home/full")" "$(expected "$user:$group" 600 "$user:$group")" \
	"it is in its file, and all is made"
run 64 "a wrong URL" as_user "$alertspool" init "$T/home/x" --url alerts.example.com
run 64 "an unknown owner" as_user "$alertspool" init "$T/home/x" --owner no-such-user
run 64 "an unknown group" as_user "$alertspool" init "$T/home/x" --owner "$user:no-such-group"
is "$(find "$T/home" -name x)" "" "and nothing made"

# ---- the spool alone

conf=$T/home/a/alertspool.conf
rm -r "$T/home/a/spool"
run 66 "a spool that is gone" as_user "$alertspool" -c "$conf" list
like "$(err)" "mount .*, or make an empty one with \"alertspool init --spool-only\"" \
	"names what makes one"
find "$T/home/a" -type f -exec sha1sum {} + >"$T/before"
run 0 "--spool-only" as_user "$alertspool" -c "$conf" init --spool-only
is "$(out)" "Spool: $T/home/a/spool" "prints no secret"
is "$(modes "$T/home/a")" "$(expected "$user:$group" 600 "$user:$group")" "owners and modes"
find "$T/home/a" -type f ! -name lock -exec sha1sum {} + >"$T/after"
ok "the settings and secrets are the same" cmp "$T/before" "$T/after"
run 0 "which serves" as_user "$alertspool" -c "$conf" list
run 73 "a spool exists already" as_user "$alertspool" -c "$conf" init --spool-only
like "$(err)" "$T/home/a/spool: File exists; nothing was changed" "names it"
run 64 "--spool-only and a DIR" as_user "$alertspool" -c "$conf" init --spool-only "$T/home/x"
run 64 "--spool-only and a URL" as_user "$alertspool" -c "$conf" init --spool-only --url "$url"
run 66 "--spool-only without settings" as_user "$alertspool" -c "$T/none" init --spool-only
is "$(find "$T/home" -name x)" "" "and nothing is made"

# ---- as root

if am_root; then
	run 0 "init as root" "$alertspool" init "$T/r" --owner nobody
	is "$(modes "$T/r")" "$(expected "$me" 640 "nobody:$group" | sed "s/ root:root/ root:$group/")" "owners and modes"
	check_result "$T/r" nobody
	run 0 "USER:GROUP" "$alertspool" init "$T/g" --owner nobody:daemon
	is "$(modes "$T/g")" "$(expected root:daemon 640 nobody:daemon)" "owners and modes"
	rm -r "$T/g/spool"
	run 0 "--spool-only as root" "$alertspool" -c "$T/g/alertspool.conf" init --spool-only --owner nobody:daemon
	is "$(modes "$T/g")" "$(expected root:daemon 640 nobody:daemon)" "owners and modes"
	run 0 "ids without a name" "$alertspool" init "$T/n" --owner 54321:54322
	is "$(stat -c %u:%g "$T/n/spool")" 54321:54322 "are taken as they are"
	run 0 "who works in it then" "$alertspool" -c "$T/n/alertspool.conf" list
	run 64 "an id without a group" "$alertspool" init "$T/x" --owner 54321
	if id alertspool >/dev/null 2>&1; then
		skip "--owner is required" "there is a user alertspool"
	else
		run 64 "--owner is required" "$alertspool" init "$T/x"
		like "$(err)" '--owner is required' "and said so"
	fi
	# With each inode more, init gets one step further before it fails.
	mkdir "$T/few"
	if mount -t tmpfs -o nr_inodes=2 none "$T/few" 2>"$T/mount.err"; then
		at_exit "umount '$T/few'"
		inodes=2 left=
		until "$alertspool" init "$T/few/a/b" --owner nobody >"$T/out" 2>"$T/err"; do
			left=$left$(ls -A "$T/few")
			like "$(err)" "No space left" "room for $inodes inodes is not enough"
			inodes=$((inodes + 1))
			[ "$inodes" -lt 40 ] && mount -o "remount,nr_inodes=$inodes" "$T/few" || break
		done
		is "$(modes "$T/few/a/b")" "$(modes "$T/r")" "all is there as soon as there is room for it"
		is "$left" "" "and nothing was left behind by the attempts before"
	else
		skip "a disk that fills" "no file system can be mounted: $(cat "$T/mount.err")"
	fi
	# Root makes nothing, and gives nothing away, where others can change what it
	# made: they could put a link where its next step goes.
	for way in home home/a home/later/x; do
		before=$(find "$T/home" | sort)
		run 73 "root, below a directory of somebody else: $way" \
			"$alertspool" init "$T/$way/r" --owner nobody
		like "$(err)" 'users other than root can write to "home"' "the message names the directory"
		is "$(find "$T/home" | sort)" "$before" "makes nothing"
	done
	mkdir -m 777 "$T/open" && chmod 777 "$T/open"
	run 73 "root, below a directory that everybody can write" \
		"$alertspool" init "$T/open/r" --owner nobody
	chmod 1777 "$T/open"
	run 0 "below one that is sticky, like /tmp" "$alertspool" init "$T/open/r" --owner nobody
	mkdir "$T/open/target" "$T/open/theirs" && ln -s target "$T/open/link"
	chown nobody "$T/open/theirs"
	run 0 "through a link that root made" "$alertspool" init "$T/open/link/r" --owner nobody
	is "$(stat -c %U "$T/open/target/r/spool")" nobody "to where it leads"
	ln -s target "$T/open/link2" && chown -h nobody "$T/open/link2"
	run 73 "not through one of somebody else" "$alertspool" init "$T/open/link2/r2" --owner nobody
	ln -s theirs/x "$T/open/link3"
	run 73 "nor to a directory of somebody else" "$alertspool" init "$T/open/link3/r3" --owner nobody
	is "$(ls -A "$T/open/theirs")" "" "and nothing is made there"
	mkdir -m 700 "$T/closed"
	run 0 "below a closed directory" "$alertspool" init "$T/closed/x" --owner nobody
	like "$(err)" "note: .*$T/closed" "warns that the owner cannot reach it"
	run 0 "the owner can work" become nobody "$alertspool" -c "$T/r/alertspool.conf" list
else
	skip "init as root" "not root"
fi

done_testing
