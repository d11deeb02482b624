/* SPDX-License-Identifier: ISC */
/* page_file: writes a file beside the old one, flushes it, and renames it. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "cli/report/page_file.h"
#include "lib/base/error.h"
#include "lib/base/file.h"

/* A name that begins with a dot, which web servers are configured not to serve. */
#define TEMPORARY ".alertspool-report"

/* Write it to disk under the temporary name. */
static int
write_temporary(int dir, const char *path, mode_t mode, const struct buf *page,
    struct error *error)
{
	struct error why = ERROR_INIT;
	int fd, rc = -1;

	(void)unlinkat(dir, TEMPORARY, 0); /* left by a crash */
	if (file_create(dir, TEMPORARY, mode, page->data, page->len, &why) ==
	    -1)
		return error_set(error, ERROR_IO, "%s: not written: %s", path,
		    why.text);
	fd = file_open_regular(dir, TEMPORARY, O_RDONLY, 0);
	if (fd != -1 && fsync(fd) == 0)
		rc = 0;
	else
		error_sys(error, ERROR_IO, "%s: not written", path);
	if (fd != -1)
		close(fd);
	return rc;
}

static int
replace(int dir, const char *path, const char *name, mode_t mode,
    const struct buf *page, struct error *error)
{
	/* If two processes wrote there, the second could rename half a file. */
	if (flock(dir, LOCK_EX | LOCK_NB) == -1)
		return error_sys(error,
		    errno == EWOULDBLOCK ? ERROR_BUSY : ERROR_IO, "%s", path);
	if (write_temporary(dir, path, mode, page, error) == 0) {
		if (renameat(dir, TEMPORARY, dir, name) == 0)
			return 0;
		error_sys(error, ERROR_IO, "%s: not replaced", path);
	}
	(void)unlinkat(dir, TEMPORARY, 0);
	return -1;
}

int
page_file_write(const char *path, mode_t mode, const struct buf *page,
    struct error *error)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	struct error why = ERROR_INIT;
	char *parent;
	int dir, rc = -1;

	if (asprintf(&parent, "%.*s", slash != NULL ? (int)(name - path) : 1,
		slash != NULL ? path : ".") == -1)
		return error_sys(error, ERROR_IO, "%s", path);
	dir = file_open_dir(AT_FDCWD, parent, &why);
	if (dir == -1)
		error_set(error, ERROR_IO, "%s: not written: %s", path,
		    why.text);
	else
		rc = replace(dir, path, name, mode, page, error);
	if (dir != -1)
		close(dir);
	free(parent);
	return rc;
}
