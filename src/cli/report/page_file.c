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

static int
replace(int dir, const char *path, const char *name, mode_t mode,
    const struct buf *page, struct error *error)
{
	struct error why = ERROR_INIT;

	/* If two processes wrote there, the second could rename half a file. */
	if (flock(dir, LOCK_EX | LOCK_NB) == -1)
		return error_sys(error,
		    errno == EWOULDBLOCK ? ERROR_BUSY : ERROR_IO, "%s", path);
	if (file_replace(dir, name, TEMPORARY, mode, page, &why) == 0)
		return 0;
	return error_set(error, ERROR_IO, "%s: not written: %s", path,
	    why.text);
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
