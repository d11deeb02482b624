#!/bin/sh
# SPDX-License-Identifier: ISC
# The power is cut while records are routed into queues, 4 times on each of ext4 and xfs
# (60 times with LONG set): no record that is done in the spool lacks its copy in a
# queue that wanted it, and route goes on with what it finds.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/apart.sh"
. "$srcdir/tests/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

am_root || skip_all "mounting an image takes root"
[ -x "$tools/shutdown" ] || bail "build tests/tools/shutdown first"
cuts=$(length 4 60)

for kind in ext4 xfs; do
	command -v mkfs.$kind >/dev/null ||
	    { skip "$kind" "mkfs.$kind is not installed"; continue; }
	# Whatever happens to the program: nothing of it stays mounted.
	at_exit "umount -l '$T/$kind'/*/mnt 2>/dev/null"
	start $kind "$python" -B "$srcdir/tests/crash/powercut_route.py" $kind $cuts "$builddir" \
	    "$srcdir" "$T/$kind"
	wait "$(pid_of $kind)"
	code=$?
	kill -s KILL -- "-$(pid_of $kind)" 2>/dev/null # what it left
	rm -f "$T/run/$kind"
	if [ $code -eq 77 ]; then
		skip "$kind" "this machine cannot mount an image of $kind"
		continue
	fi
	is $code 0 "$(tail -n 1 "$T/$kind.log")"
	[ $code -eq 0 ] || diag_file "$T/$kind.log"
done
done_testing
