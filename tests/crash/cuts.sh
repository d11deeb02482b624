# SPDX-License-Identifier: ISC
# cuts.sh: power cuts on images of file systems; sourced after lib.sh.

PATH=$PATH:/usr/sbin:/sbin

am_root || skip_all "mounting an image takes root"
[ -x "$tools/shutdown" ] || bail "build tests/tools/shutdown first"

# cut_power PROGRAM CUTS: PROGRAM of tests/crash cuts the power so often, on each of ext4
# and xfs; a result each.
cut_power() {
	for kind in ext4 xfs; do
		command -v mkfs.$kind >/dev/null ||
		    { skip "$kind" "mkfs.$kind is not installed"; continue; }
		# Whatever happens to the program: nothing of it stays mounted.
		at_exit "umount -l '$T/$kind'/*/mnt 2>/dev/null"
		start $kind "$python" -B "$srcdir/tests/crash/$1" $kind "$2" "$builddir" \
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
}
