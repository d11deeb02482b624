/* SPDX-License-Identifier: ISC */
/*
 * file: a path below AT_FDCWD comes from the operator, so the last component of a
 * directory may be a link there. Below one of our descriptors no link is followed, and
 * the last component of a file never is one.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/file.h"

#define CHUNK 16384

static int
open_again(int at, const char *path, int flags, mode_t mode)
{
	int fd;

	do
		fd = openat(at, path, flags | O_CLOEXEC | O_NOCTTY, mode);
	while (fd == -1 && errno == EINTR);
	return fd;
}

static int
open_failed(const char *path, struct error *error)
{
	enum error_kind kind = ERROR_IO;

	if (errno == ENOENT)
		kind = ERROR_NOT_FOUND;
	else if (errno == EACCES)
		kind = ERROR_DENIED;
	return error_sys(error, kind, "cannot open %s", path);
}

int
file_open_dir(int at, const char *path, struct error *error)
{
	const int follow = at == AT_FDCWD ? 0 : O_NOFOLLOW;
	int fd = open_again(at, path, O_RDONLY | O_DIRECTORY | follow, 0);

	return fd == -1 ? open_failed(path, error) : fd;
}

int
file_open_regular(int at, const char *path, int flags, mode_t mode)
{
	int fd = open_again(at, path, flags | O_NOFOLLOW | O_NONBLOCK, mode);
	struct stat st;
	int sys;

	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0) {
		if (S_ISREG(st.st_mode))
			return fd;
		errno = ENXIO;
	}
	sys = errno;
	close(fd);
	errno = sys;
	return -1;
}

/* With O_NOFOLLOW a link gives ELOOP, a socket ENXIO; O_NONBLOCK lets a FIFO without a
 * writer come this far. */
static int
open_file(int at, const char *path, struct error *error)
{
	int fd = open_again(at, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);

	if (fd == -1 && (errno == ELOOP || errno == ENXIO))
		return error_set(error, ERROR_INPUT,
		    "%s is a link or a socket, not a file", path);
	return fd == -1 ? open_failed(path, error) : fd;
}

#define WHERE_IT_IS ((off_t) - 1) /* the file's position, which advances */

static ssize_t
read_full(int fd, char *p, size_t n, off_t offset)
{
	size_t done = 0;
	ssize_t got;

	while (done < n) {
		got = offset == WHERE_IT_IS
		    ? read(fd, p + done, n - done)
		    : pread(fd, p + done, n - done, offset + (off_t)done);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

ssize_t
file_read_full(int fd, void *bytes, size_t n)
{
	return read_full(fd, bytes, n, WHERE_IT_IS);
}

ssize_t
file_pread_full(int fd, void *bytes, size_t n, off_t offset)
{
	return read_full(fd, bytes, n, offset);
}

/* The size is a hint: the file may grow meanwhile, and below /proc it is 0. */
static int
read_to_end(int fd, size_t size, size_t limit, struct buf *b)
{
	const size_t start = b->len;
	ssize_t got;

	for (size_t room = size + 1;; room = CHUNK) {
		if (buf_reserve(b, room) == -1) {
			errno = ENOMEM;
			return -1;
		}
		got = read_full(fd, b->data + b->len, room,
		    (off_t)(b->len - start));
		if (got == -1)
			return -1;
		b->len += (size_t)got;
		b->data[b->len] = '\0';
		if (b->len - start > limit) {
			errno = EFBIG;
			return -1;
		}
		if ((size_t)got < room)
			return 0;
	}
}

int
file_read_open(int fd, const char *path, size_t limit, struct buf *b,
    struct stat *st, struct error *error)
{
	const size_t start = b->len;
	struct stat own = {.st_size = 0};
	int rc = -1;

	if (st == NULL)
		st = &own;
	if (fstat(fd, st) == -1)
		return error_sys(error, ERROR_IO, "cannot stat %s", path);
	if (!S_ISREG(st->st_mode))
		return error_set(error, ERROR_INPUT, "%s is not a regular file",
		    path);
	if ((uintmax_t)st->st_size > limit)
		errno = EFBIG;
	else
		rc = read_to_end(fd, (size_t)st->st_size, limit, b);
	if (rc == -1 && errno == EFBIG)
		error_set(error, ERROR_INPUT, "%s has more than %zu bytes",
		    path, limit);
	else if (rc == -1)
		error_sys(error, ERROR_IO, "cannot read %s", path);
	if (rc == -1 && b->data != NULL) {
		b->len = start;
		b->data[start] = '\0';
	}
	return rc;
}

int
file_read(int at, const char *path, size_t limit, struct buf *b,
    struct stat *st, struct error *error)
{
	int fd = open_file(at, path, error), rc;

	if (fd == -1)
		return -1;
	rc = file_read_open(fd, path, limit, b, st, error);
	close(fd);
	return rc;
}

int
file_write_full(int fd, const void *bytes, size_t n)
{
	const char *p = bytes;
	ssize_t put;

	while (n > 0) {
		put = write(fd, p, n);
		if (put == -1 && errno == EINTR)
			continue;
		if (put == -1)
			return -1;
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

int
file_create(int at, const char *path, mode_t mode, const void *bytes, size_t n,
    struct error *error)
{
	int fd, rc;

	fd = open_again(at, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
	    mode);
	if (fd == -1)
		return error_sys(error, ERROR_CREATE, "cannot create %s", path);
	rc = fchmod(fd, mode); /* whatever the umask */
	if (rc == 0)
		rc = file_write_full(fd, bytes, n);
	if (rc == -1)
		error_sys(error, ERROR_CREATE, "cannot write %s", path);
	if (close(fd) == -1)
		rc = error_sys(error, ERROR_CREATE, "cannot write %s", path);
	if (rc == -1)
		unlinkat(at, path, 0);
	return rc;
}

int
file_replace(int dir, const char *name, const char *temporary, mode_t mode,
    const struct buf *text, struct error *error)
{
	int fd, rc;

	(void)unlinkat(dir, temporary, 0);
	if (file_create(dir, temporary, mode, text->data, text->len, error) ==
	    -1)
		return -1;
	fd = file_open_regular(dir, temporary, O_RDONLY, 0);
	rc = fd == -1 ? -1 : fsync(fd);
	if (rc == 0)
		rc = renameat(dir, temporary, dir, name);
	if (rc == -1) {
		error_sys(error, ERROR_IO, "cannot write %s", name);
		(void)unlinkat(dir, temporary, 0);
	}
	if (fd != -1)
		close(fd);
	return rc;
}
