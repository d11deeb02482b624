/* SPDX-License-Identifier: ISC */
/* heard: one file for each source, touched after a delivery of it was stored. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/record/name.h"
#include "lib/spool/heard.h"

/* It inherits the setgid bit, as the directory of histories does. */
#define DIRECTORY_MODE 0750
#define FILE_MODE 0640
#define PAUSE_MS 1000 /* between touches of one source */
#define FAMILY "alertspool_last_delivery_timestamp_seconds"

struct touched {
	char source[NAME_SOURCE_MAX + 1];
	int64_t ms;
};

struct heard {
	int dir;
	struct touched *touched; /* owned; few, as many as sources */
	size_t n;
};

int
heard_open(struct heard **heard, int spool_root, struct error *error)
{
	struct heard *h = calloc(1, sizeof(*h));

	*heard = NULL;
	if (h == NULL)
		return error_sys(error, ERROR_IO, HEARD_DIRECTORY);
	h->dir = -1;
	if (mkdirat(spool_root, HEARD_DIRECTORY, DIRECTORY_MODE) == -1 &&
	    errno != EEXIST)
		error_sys(error, ERROR_CREATE, HEARD_DIRECTORY);
	else
		h->dir = file_open_dir(spool_root, HEARD_DIRECTORY, error);
	if (h->dir == -1) {
		heard_close(h);
		return -1;
	}
	*heard = h;
	return 0;
}

void
heard_close(struct heard *h)
{
	if (h == NULL)
		return;
	if (h->dir != -1)
		close(h->dir);
	free(h->touched);
	free(h);
}

/* Was it touched less than a second ago? Notes the time. Without memory it is touched
 * more often, which only costs time. */
static bool
is_too_soon(struct heard *h, const char *source, int64_t now_ms)
{
	struct touched *more;
	size_t i = 0;

	while (i < h->n && strcmp(h->touched[i].source, source) != 0)
		i++;
	if (i < h->n) {
		if (now_ms - h->touched[i].ms < PAUSE_MS)
			return true;
		h->touched[i].ms = now_ms;
		return false;
	}
	more = reallocarray(h->touched, h->n + 1, sizeof(*more));
	if (more == NULL)
		return false;
	h->touched = more;
	snprintf(more[h->n].source, sizeof(more[h->n].source), "%s", source);
	more[h->n++].ms = now_ms;
	return false;
}

void
heard_touch(struct heard *h, const char *source, int64_t now_ms)
{
	int fd;

	if (h == NULL || !name_is_source(source, strlen(source)) ||
	    is_too_soon(h, source, now_ms))
		return;
	if (utimensat(h->dir, source, NULL, AT_SYMLINK_NOFOLLOW) == 0 ||
	    errno != ENOENT)
		return;
	fd = file_open_regular(h->dir, source, O_WRONLY | O_CREAT, FILE_MODE);
	if (fd != -1)
		close(fd);
}

bool
heard_last(int spool_root, const char *source, time_t *t)
{
	char path[sizeof(HEARD_DIRECTORY "/") + NAME_SOURCE_MAX];
	struct stat st;

	snprintf(path, sizeof(path), HEARD_DIRECTORY "/%s", source);
	if (fstatat(spool_root, path, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(st.st_mode))
		return false;
	*t = st.st_mtime;
	return true;
}

void
heard_prometheus(struct buf *out, int spool_root, const char *source,
    bool first)
{
	time_t t = 0;

	if (first)
		buf_adds(out,
		    "# HELP " FAMILY " When the last delivery of a source was "
		    "stored, in seconds since 1970; 0: never.\n"
		    "# TYPE " FAMILY " gauge\n");
	(void)heard_last(spool_root, source, &t); /* 0 means never */
	buf_addf(out, FAMILY "{source=\"%s\"} %" PRId64 "\n", source,
	    (int64_t)t);
}
