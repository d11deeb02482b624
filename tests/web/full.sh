#!/bin/sh
# SPDX-License-Identifier: ISC
# A full disk, or a missing spool: the answer is 503, nothing is visible in the spool,
# and everything works again as soon as the cause is gone.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"
front_prepare nginx "workers = 3
request_timeout = 2s"
spool=$installation/spool

# post [BYTES]: delivers a new alert of this size, and prints the status
post() {
	make_alert "$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')" >"$T/body"
	printf '%*s' "${1:-1}" '' >>"$T/body"
	deliver "$url" "$T/body" "$installation/secret" alert.open -D "$T/head"
}

# refused NAME [BYTES]: a delivery gets 503 with its headers, and leaves nothing behind
refused() {
	spool_files "$spool" >"$T/before" 2>/dev/null
	is "$(post "${2:-}")" 503 "$1: 503"
	ok "$1: Retry-After" grep -qi '^retry-after: 30' "$T/head"
	spool_files "$spool" >"$T/after" 2>/dev/null
	ok "$1: nothing visible in the spool" cmp "$T/before" "$T/after"
	is "$(curl -o /dev/null -w '%{http_code}' -d x "$url")" 403 "$1: a forger learns nothing"
}

six_stored() { for i in 1 2 3 4 5 6; do [ "$(post)" = 200 ] || return 1; done; }

# recovers NAME: without a restart, from the first request on
recovers() { ok "$1: recovers by itself, at once" six_stored; }

# recovers_soon NAME: a worker whose spool became another one is replaced first
recovers_soon() { ok "$1: recovers by itself" wait_for six_stored; }

front_start
is "$(post)" 200 "all is well"

# ---- no spool

mv "$spool" "$spool.aside"
refused "the spool is gone"
is "$(curl -o /dev/null -w '%{http_code}' "$url/-/ready")" 503 "the spool is gone: not ready"
mv "$spool.aside" "$spool"
recovers "the spool is back"

rm -rf "$spool"
refused "the spool was deleted"
make_spool "$spool" "$owner"
recovers_soon "another spool in its place"

rm -rf "$spool/new"
refused "new/ was deleted"
rm -rf "$spool"
make_spool "$spool" "$owner"
recovers_soon "a whole spool again"

mv "$spool/new" "$T/elsewhere"
(umask 027 && cp -rp "$T/elsewhere" "$spool/new")
refused "new/ was replaced"
recovers_soon "another new/ in its place"
ok "another new/: nothing came to the old one" \
    [ "$(find "$T/elsewhere" -type f | wc -l)" -lt "$(spool_count "$spool" new/)" ]
rm -rf "$T/elsewhere"

mv "$spool/lock" "$spool/.lock"
recovers_soon "the lock file was removed"
ok "the lock file was removed: there is another" [ -f "$spool/lock" ]
rm -f "$spool/.lock"

if [ "$owner" != root ]; then
	chmod 0550 "$spool/new"
	refused "new/ cannot be written"
	chmod 02750 "$spool/new"
	recovers "new/ can be written"
else
	skip "new/ cannot be written" "root can"
fi

# ---- min_free

sed -i 's/^min_free = .*/min_free = 1048576G/' "$installation/alertspool.conf"
kill -HUP "$(pid_of responder)"
ok "min_free, and SIGHUP: not ready" wait_for \
    '[ "$(curl -o /dev/null -w "%{http_code}" "$url/-/ready")" = 503 ]'
wait_for '[ "$(post)" = 503 ] && [ "$(post)" = 503 ] && [ "$(post)" = 503 ]'
refused "less than min_free"
sed -i 's/^min_free = .*/min_free = 1K/' "$installation/alertspool.conf"
kill -HUP "$(pid_of responder)"
recovers_soon "min_free that there is"
stop responder

# ---- a small disk

if ! am_root || ! mount -t tmpfs -o "size=1M,nr_inodes=200,mode=755" none "$spool" 2>/dev/null
then
	skip "a full disk" "mounting a tmpfs takes root"
	done_testing
fi
at_exit "umount -l '$spool'"
make_spool "$spool/on" "$owner"
sed -i "s,^directory = .*,&/on," "$installation/alertspool.conf"
spool=$spool/on
front_responder
is "$(post)" 200 "a small disk: all is well"

# fill LEAVING: leave that many KiB
fill() {
	free=$(df -k --output=avail "$spool" | tail -n 1)
	head -c $(((free - $1) * 1024)) /dev/zero >"$spool/../filler"
}

fill 64
is "$(post)" 200 "a small disk: room for one more"
refused "ENOSPC in the middle of a record" 150000
is "$(post)" 200 "ENOSPC: a smaller alert is stored"
rm -f "$spool/../filler"
is "$(post 150000)" 200 "ENOSPC: recovers by itself"

i=0
while touch "$spool/../file$i" 2>/dev/null; do i=$((i + 1)); done
refused "no inodes"
rm -f "$spool"/../file*
is "$(post)" 200 "no inodes: recovers by itself"

stop responder
mount -o remount,ro "$installation/spool"
front_responder
refused "a read-only file system"
mount -o remount,rw "$installation/spool"
recovers "a file system that can be written"

# ---- a disk that is mounted late

stop responder
umount "$installation/spool"
rm -r "$installation/spool" && mkdir "$installation/spool" # empty, as mount points are
front_responder
refused "the disk is not mounted"
ok "a disk that is mounted late" mount -t tmpfs -o "size=1M,nr_inodes=200,mode=755" none \
    "$installation/spool"
make_spool "$spool" "$owner"
recovers "a disk that is mounted late"

stop responder
is $? 0 "the responder ends with 0"
valid_spool "every record fits the schema" "$spool"
no_leaks "no log has a secret or a signature" "$T"/*.log "$logs"/*
done_testing
