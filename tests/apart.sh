# SPDX-License-Identifier: ISC
# apart.sh: what a test that mounts images begins with, before lib.sh: it goes on in
# a mount namespace of its own, without the mounts of other tests.
#
# Somebody else who unshares theirs (a package's test does) takes a copy of every
# mount with them: a file system that is unmounted here would live on there, and
# a new mount of its image would show the old one instead of what is on disk.

if [ -z "${APART:-}" ] && [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	APART=yes exec unshare -m sh "$0"
fi
if [ -n "${APART:-}" ]; then
	unset APART
	grep -o ' /[^ ]*/alertspool-test\.[^ ]*' /proc/mounts | sort -r |
	    while read -r mounted; do umount -l "$mounted"; done
fi
