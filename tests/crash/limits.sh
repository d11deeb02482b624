#!/bin/sh
# SPDX-License-Identifier: ISC
# Faults that tools cannot simulate: a file system of 64 KiB and one of 16 inodes,
# limits for the file size and for the number of descriptors, a disk that fails only
# when it writes back, a btrfs quota. The answer is 503 while it lasts, nothing is left
# behind, and afterwards it is 200 without a restart. (tests/web/full.sh has full,
# read-only, removed and replaced spools; tests/crash/clock.sh sets the clock.)

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/apart.sh"
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"
PATH=$PATH:/usr/sbin:/sbin
am_root || skip_all "mounting takes root"
front_prepare nginx "workers = 2"
spool=$installation/spool
front_nginx

# post BYTES: an alert of about this size that was not there before; its status
post() {
	make_alert "$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')" >"$T/body"
	printf '%*s' "$1" '' >>"$T/body"
	deliver "$url" "$T/body" "$installation/secret"
}

# begin DIRECTORY [COMMAND…]: the responder, with its spool there
begin() {
	sed -i "s,^directory = .*,directory = $1," "$installation/alertspool.conf"
	sed -i 's/^min_free = .*/min_free = 0/' "$installation/alertspool.conf"
	at=$1
	shift
	# shellcheck disable=SC2046 # words
	start responder "$@" $(as "$owner") "$program" -c "$installation/alertspool.conf" \
	    --listen "unix:$socket"
	wait_for 'listens "$socket"' || front_broken responder
}

clean() { ! spool_files "$at" | grep -q '/\.'; }

# mounted NAME OPTIONS: a tmpfs with a spool in it
mounted() {
	mkdir "$T/$1"
	mount -t tmpfs -o "$2,mode=755" none "$T/$1" 2>/dev/null || return 1
	at_exit "umount -l '$T/$1' 2>/dev/null"
	make_spool "$T/$1/spool" "$owner"
}

# until_full BYTES: post until it is refused; the number of those that were not
until_full() {
	stored=0
	while [ $stored -lt 200 ]; do
		status=$(post "$1")
		[ "$status" = 200 ] || break
		stored=$((stored + 1))
	done
}

for limit in size=64k nr_inodes=16; do
	if ! mounted "tmpfs-$limit" $limit; then
		skip "tmpfs, $limit" "a tmpfs cannot be mounted here"
		continue
	fi
	begin "$T/tmpfs-$limit/spool"
	until_full 200
	is "$status" 503 "tmpfs, $limit: full after $stored records"
	ok "tmpfs, $limit: nothing left behind" clean
	is "$(find "$at/new" -type f | wc -l)" $stored "tmpfs, $limit: what was answered is there"
	find "$at/new" -type f -delete
	is "$(post 200)" 200 "tmpfs, $limit: recovers by itself"
	stop responder
done

make_spool "$T/plain" "$owner"
begin "$T/plain" prlimit --fsize=20000
is "$(post 100)" 200 "RLIMIT_FSIZE: what fits is stored"
all_workers 2
before=$(workers)
is "$(post 40000)" 503 "RLIMIT_FSIZE: 503"
ok "RLIMIT_FSIZE: nothing left behind" clean
is "$(post 100)" 200 "RLIMIT_FSIZE: the next one is stored"
is "$(workers)" "$before" "RLIMIT_FSIZE: no worker died"
stop responder

# ---- descriptors

begin "$T/plain"
# may_open PID NUMBER: so many descriptors, from now on
# shellcheck disable=SC2046 # words
may_open() { $(as "$owner") prlimit --pid "$1" --nofile="$2:"; }
limit() { for pid in $(workers); do may_open "$pid" "$1"; done; }
is "$(post 100)" 200 "RLIMIT_NOFILE: enough"
all_workers 2
before=$(workers)
for pid in $before; do
	free=0
	while [ -L "/proc/$pid/fd/$free" ]; do free=$((free + 1)); done
	may_open "$pid" $((free + 1))
done
is "$(post 100)" 503 "RLIMIT_NOFILE: one for the connection, none for the record: 503"
ok "RLIMIT_NOFILE: told why" grep -q 'status=503.*detail=.*Too many open files' "$T/responder.log"
ok "RLIMIT_NOFILE: nothing left behind" clean
limit 1024
is "$(post 100)" 200 "RLIMIT_NOFILE: recovers by itself"
limit 3
post 100 >"$T/patient" & patient=$!
ok "RLIMIT_NOFILE: none to accept with, which is logged" wait_for \
    'grep -q "level=error event=accept.*Too many open files" "$T/responder.log"'
sleep 1
ticks() { for pid in $(workers); do awk '{ print $14 + $15 }' "/proc/$pid/stat"; done | awk '{ n += $1 } END { print n }'; }
begun=$(ticks)
sleep 1
ok "RLIMIT_NOFILE: nobody spins" [ $(($(ticks) - begun)) -lt 30 ]
limit 1024
wait $patient
is "$(cat "$T/patient")" 200 "RLIMIT_NOFILE: the one that waited is stored"
ok "RLIMIT_NOFILE: and no worker told it again" \
    [ "$(grep -c 'event=accept' "$T/responder.log")" -le 2 ]
is "$(workers)" "$before" "RLIMIT_NOFILE: no worker died"
stop responder

# An image on a tmpfs that gets full: its writes are accepted, and fail later.
delayed() {
	mkdir "$T/small" "$T/disk"
	mount -t tmpfs -o size=24M none "$T/small" 2>/dev/null || return 1
	at_exit "umount -l '$T/small' 2>/dev/null"
	truncate -s 64M "$T/small/image" && mkfs.ext4 -q -O ^has_journal "$T/small/image" &&
		mount -o loop "$T/small/image" "$T/disk" 2>/dev/null || return 1
	at_exit "umount -l '$T/disk' 2>/dev/null"
	make_spool "$T/disk/spool" "$owner"
	sync
}
if delayed; then
	begin "$T/disk/spool"
	is "$(post 100)" 200 "a disk that fails late: not yet"
	# shellcheck disable=SC2015
	head -c 64M /dev/zero >"$T/small/filler" 2>/dev/null
	until_full 100000
	is "$status" 503 "a disk that fails late: 503 after $stored records"
	ok "a disk that fails late: nothing left behind" clean
	rm "$T/small/filler"
	ok "a disk that fails late: recovers by itself" wait_for '[ "$(post 100)" = 200 ]' 20
	stop responder
else
	skip "a disk that fails late" "no loop device here"
fi

quota() {
	command -v mkfs.btrfs >/dev/null || return 1
	mkdir "$T/btrfs"
	truncate -s 160M "$T/btrfs.image" && mkfs.btrfs -q "$T/btrfs.image" &&
		mount -o loop "$T/btrfs.image" "$T/btrfs" 2>/dev/null || return 1
	at_exit "umount -l '$T/btrfs' 2>/dev/null"
	btrfs quota enable "$T/btrfs" && btrfs subvolume create "$T/btrfs/sub" &&
		make_spool "$T/btrfs/sub/spool" "$owner" &&
		btrfs qgroup limit 2M "$T/btrfs/sub" && sync
}
if quota >"$T/quota.out" 2>&1; then
	begin "$T/btrfs/sub/spool"
	until_full 100000
	is "$status" 503 "btrfs quota: 503 after $stored records"
	ok "btrfs quota: nothing left behind" clean
	btrfs qgroup limit none "$T/btrfs/sub" >/dev/null
	is "$(post 100)" 200 "btrfs quota: recovers by itself"
	stop responder
else
	skip "btrfs quota" "btrfs cannot be mounted here: $(tail -n 1 "$T/quota.out")"
fi

no_leaks "no log has a secret or a signature" "$T"/*.log "$logs"/*
done_testing
