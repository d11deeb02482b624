/* SPDX-License-Identifier: ISC */
/* dir_walk: opens a stream with its own position, so that other readers of the directory
 * do not interfere. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/records/dir_walk.h"
#include "lib/base/error.h"

static DIR *
open_stream(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd == -1 ? NULL : fdopendir(fd);

	if (stream == NULL && fd != -1)
		close(fd);
	return stream;
}

/* The next entry; NULL at the end, or with errno set. */
static const char *
next_name(DIR *stream)
{
	const struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(stream);
	} while (entry != NULL &&
	    (strcmp(entry->d_name, ".") == 0 ||
		strcmp(entry->d_name, "..") == 0));
	return entry != NULL ? entry->d_name : NULL;
}

int
dir_walk(int dir, const char *shown, dir_visit *visit, void *context,
    struct error *error)
{
	DIR *stream = open_stream(dir);
	const char *name;
	struct stat st;
	int rc = 0;

	if (stream == NULL)
		return error_sys(error, ERROR_IO, "cannot list %s", shown);
	while (rc == 0 && (name = next_name(stream)) != NULL) {
		if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			rc = visit(context, name, &st, error);
		else if (errno != ENOENT) /* it is gone meanwhile */
			rc =
			    error_sys(error, ERROR_IO, "cannot list %s", shown);
	}
	if (rc == 0 && errno != 0)
		rc = error_sys(error, ERROR_IO, "cannot list %s", shown);
	closedir(stream);
	return rc;
}
