/* SPDX-License-Identifier: ISC */
/* dir: opens a stream with its own position, so that other readers of the directory do
 * not interfere. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/dir.h"
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

/* "." or ".." */
static bool
is_directory_itself(const char *name)
{
	return name[0] == '.' &&
	    (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

int
dir_walk(int dir, const char *shown, dir_visit *visit, void *context,
    struct error *error)
{
	DIR *stream = open_stream(dir);
	const struct dirent *entry;
	int rc = 0;

	if (stream == NULL)
		return error_sys(error, ERROR_IO, "cannot list %s", shown);
	while (rc == 0 && (errno = 0, entry = readdir(stream)) != NULL)
		if (!is_directory_itself(entry->d_name))
			rc = visit(context, entry, error);
	if (rc == 0 && errno != 0)
		rc = error_sys(error, ERROR_IO, "cannot list %s", shown);
	closedir(stream);
	return rc;
}

struct stat_walk {
	int dir;
	const char *shown;
	dir_visit_stat *visit;
	void *context;
};

static int
visit_with_stat(void *context, const struct dirent *entry, struct error *error)
{
	const struct stat_walk *w = context;
	struct stat st;

	if (fstatat(w->dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return w->visit(w->context, entry->d_name, &st, error);
	if (errno == ENOENT) /* it is gone meanwhile */
		return 0;
	return error_sys(error, ERROR_IO, "cannot list %s", w->shown);
}

int
dir_walk_stat(int dir, const char *shown, dir_visit_stat *visit, void *context,
    struct error *error)
{
	struct stat_walk walk = {dir, shown, visit, context};

	return dir_walk(dir, shown, visit_with_stat, &walk, error);
}
