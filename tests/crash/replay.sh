#!/bin/sh
# SPDX-License-Identifier: ISC
# What a power cut may have left of a disk, replayed from a log of its writes: 20
# such states of each of ext4, xfs and btrfs (2 000, 500 and 200 with LONG set), and
# in each of them what was answered is there, whole, once.
#
# SEED in the environment chooses the states. A recording in which something was
# wrong is kept beside the programs, and the command to look at it again is said.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/apart.sh"
. "$srcdir/tests/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

am_root || skip_all "mounting an image takes root"
seed=${SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
kept=$builddir/replay.kept

# Nothing stays mounted, whatever happens to the program.
unmount_all() {
	while read -r _ mounted _; do
		case $mounted in "$T"/*) umount -l "$mounted" ;; esac
	done </proc/mounts
}
at_exit unmount_all

# replay KIND SHORT LONG
replay() {
	kind=$1
	states=$2
	[ -z "${LONG:-}" ] || states=$3
	start "$kind" "$python" -B "$srcdir/tests/crash/replay.py" "$kind" "$states" "$seed" \
	    "$builddir" "$srcdir" "$T/$kind"
	wait "$(pid_of "$kind")"
	code=$?
	kill -s KILL -- "-$(pid_of "$kind")" 2>/dev/null # what it left
	unmount_all
	rm -f "$T/run/$kind"
	said=$(tail -n 1 "$T/$kind.log")
	if [ $code -eq 77 ]; then
		skip "$kind" "$said"
		return
	fi
	is $code 0 "${said:-$kind}"
	[ $code -ne 0 ] || return 0
	diag_file "$T/$kind.log"
	mkdir -p "$kept" && rm -rf "${kept:?}/$kind" && mv "$T/$kind" "$kept/$kind" &&
	    diag "again: $python -B $srcdir/tests/crash/replay.py $kind $states $seed" \
		"$builddir $srcdir $kept/$kind [STATE]"
}

replay ext4 20 2000
replay xfs 20 500
replay btrfs 20 200
done_testing
