/* SPDX-License-Identifier: ISC */
/*
 * mover SPOOL: a consumer that only moves records, as fast as it can.
 *
 * Moves each record from new/ to cur/ and on to done/, each move under the record's lock.
 * It follows alertspool-spool(5) and uses no code of our programs: the lock is the byte
 * of the file "lock" with the number that the first 8 bytes of DIGEST give, modulo 2^61.
 * On SIGTERM it finishes, prints how many moves it made, and exits 0. If a record was
 * seen and locked but cannot be moved, it exits 1.
 */
#include "config.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGEST_DIGITS 32

struct mover {
	int root;
	int lock;
	unsigned long moves;
};

static volatile sig_atomic_t stopped;

static void
stop(int signal)
{
	(void)signal;
	stopped = 1;
}

/* The byte of this name's record lock, or -1 if it is not a record's name. */
static off_t
lock_offset(const char *name)
{
	const char *dot = strrchr(name, '.');
	char digits[17] = "";

	if (name[0] == '.' || dot == NULL || strlen(dot + 1) != DIGEST_DIGITS)
		return -1;
	memcpy(digits, dot + 1, 16);
	return (off_t)(strtoull(digits, NULL, 16) & ((UINT64_C(1) << 61) - 1));
}

static void
lock_record(const struct mover *m, off_t offset, short type)
{
	struct flock lock = {
	    .l_type = type,
	    .l_whence = SEEK_SET,
	    .l_start = offset,
	    .l_len = 1,
	};

	while (fcntl(m->lock, F_OFD_SETLKW, &lock) == -1)
		if (errno != EINTR)
			err(1, "lock");
}

/* Moves one record under its lock. It may be gone: another consumer need not ask us. */
static void
move(struct mover *m, const char *from, const char *to, const char *name)
{
	static const struct timespec now[2] = {{.tv_nsec = UTIME_OMIT},
	    {.tv_nsec = UTIME_NOW}};
	off_t offset = lock_offset(name);
	char source[512], target[512];
	struct stat st;

	if (offset == -1)
		return;
	snprintf(source, sizeof(source), "%s/%s", from, name);
	snprintf(target, sizeof(target), "%s/%s", to, name);
	lock_record(m, offset, F_WRLCK);
	if (fstatat(m->root, source, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (utimensat(m->root, source, now, 0) == -1 ||
		    renameat2(m->root, source, m->root, target,
			RENAME_NOREPLACE) == -1)
			err(1, "%s to %s", source, to);
		m->moves++;
	}
	lock_record(m, offset, F_UNLCK);
}

static void
move_all(struct mover *m, const char *from, const char *to)
{
	int fd = openat(m->root, from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (dir == NULL)
		err(1, "%s", from);
	while ((entry = readdir(dir)) != NULL)
		move(m, from, to, entry->d_name);
	closedir(dir);
}

int
main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = stop};
	struct mover m = {.root = -1};

	if (argc != 2)
		errx(64, "usage: mover SPOOL");
	m.root = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	m.lock = m.root == -1 ? -1 : openat(m.root, "lock", O_RDWR | O_CLOEXEC);
	if (m.lock == -1)
		err(1, "%s", argv[1]);
	sigaction(SIGTERM, &action, NULL);
	while (!stopped) {
		move_all(&m, "new", "cur");
		move_all(&m, "cur", "done");
	}
	printf("%lu moves\n", m.moves);
	return fflush(stdout) == 0 ? 0 : 1;
}
