# SPDX-License-Identifier: ISC
# apart.sh: moves a test that mounts images into a mount namespace of its own, without
# the mounts of other tests. Source it before lib.sh.
#
# A process elsewhere that unshares its mount namespace (a package's test does) copies
# every mount. A file system that is unmounted here would stay mounted there, and a new
# mount of its image would show the old content instead of what is on disk.

if [ -z "${APART:-}" ] && [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	APART=yes exec unshare -m sh "$0"
fi
if [ -n "${APART:-}" ]; then
	unset APART
	grep -o ' /[^ ]*/alertspool-test\.[^ ]*' /proc/mounts | sort -r |
	    while read -r mounted; do umount -l "$mounted"; done
fi
