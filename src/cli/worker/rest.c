/* SPDX-License-Identifier: ISC */
/*
 * rest: the file of a resting queue, one line of JSON. It is written by rename and not
 * flushed: losing it in a power cut costs one more try.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/worker/rest.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/base/timestamp.h"
#include "lib/json/write.h"
#include "lib/spool/spool.h"

#define FILE_MODE 0640
#define SIZE_MAX_BYTES 4096

int64_t
rest_pause_min(int64_t backoff)
{
	return backoff > REST_PAUSE_MIN_MS ? backoff : REST_PAUSE_MIN_MS;
}

int64_t
rest_pause_max(int64_t backoff)
{
	return backoff > REST_PAUSE_MAX_MS ? backoff : REST_PAUSE_MAX_MS;
}

/* Milliseconds from a to b. */
static int64_t
ms_between(struct timespec a, struct timespec b)
{
	return (int64_t)(b.tv_sec - a.tv_sec) * 1000 +
	    (b.tv_nsec - a.tv_nsec) / 1000000;
}

static bool
read_time(const json_t *line, const char *key, struct timespec *t)
{
	const char *text = json_string_value(json_object_get(line, key));

	return text != NULL && timestamp_parse(text, strlen(text), t) == 0;
}

/* The pause is the time from writing the file to the moment in it. */
static void
parse(struct rest *r, const struct buf *text, const struct stat *st,
    int64_t backoff)
{
	json_t *line = json_loadb(text->data, text->len, 0, NULL);
	const char *why = json_string_value(json_object_get(line, "why"));
	struct timespec now;
	int64_t left;

	clock_gettime(CLOCK_REALTIME, &now);
	*r = (struct rest){.since = st->st_mtim, .next = now};
	(void)read_time(line, "since", &r->since);
	if (read_time(line, "next", &r->next))
		r->pause = ms_between(st->st_mtim, r->next);
	snprintf(r->why, sizeof(r->why), "%s",
	    why != NULL ? why : "the file " REST_FILE " is damaged");
	left = ms_between(now, r->next);
	if (left < 0 || left > rest_pause_max(backoff))
		r->next = now;
	json_decref(line);
}

int
rest_read(struct rest *r, const struct spool *s, int64_t backoff,
    struct error *error)
{
	struct error why = ERROR_INIT;
	struct buf text = BUF_INIT;
	struct stat st = {.st_size = 0};
	int rc = 1;

	if (file_read(spool_root(s), REST_FILE, SIZE_MAX_BYTES, &text, &st,
		&why) == -1 &&
	    why.kind != ERROR_INPUT)
		rc = why.kind == ERROR_NOT_FOUND ? 0 : error_take(error, &why);
	if (rc == 1)
		parse(r, &text, &st, backoff);
	buf_free(&text);
	return rc;
}

static int
write_file(int root, const char *name, const struct buf *line,
    struct error *error)
{
	int fd = openat(root, name,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	int rc;

	if (fd == -1)
		return error_sys(error, ERROR_IO, "%s", name);
	rc = file_write_full(fd, line->data, line->len);
	if (rc == -1)
		error_sys(error, ERROR_IO, "%s", name);
	if (close(fd) == -1 && rc == 0)
		rc = error_sys(error, ERROR_IO, "%s", name);
	if (rc == 0 && renameat(root, name, root, REST_FILE) == -1)
		rc = error_sys(error, ERROR_IO, "%s", REST_FILE);
	if (rc == -1)
		(void)unlinkat(root, name, 0);
	return rc;
}

static void
add_time(struct buf *line, const char *key, struct timespec t)
{
	char text[TIMESTAMP_SIZE];

	timestamp_format(text, t, 3);
	json_write_key(line, key);
	json_write_text(line, text);
}

int
rest_write(const struct spool *s, const struct rest *r, struct error *error)
{
	char name[sizeof(REST_TEMPORARY) + 3 * sizeof(pid_t)];
	struct buf line = BUF_INIT;
	int rc = -1;

	buf_addc(&line, '{');
	add_time(&line, "since", r->since);
	add_time(&line, "next", r->next);
	json_write_key(&line, "why");
	json_write_text(&line, r->why);
	buf_adds(&line, "}\n");
	snprintf(name, sizeof(name), REST_TEMPORARY "%ld", (long)getpid());
	if (buf_check(&line, error) == 0)
		rc = write_file(spool_root(s), name, &line, error);
	buf_free(&line);
	return rc;
}

int
rest_end(const struct spool *s, struct error *error)
{
	if (unlinkat(spool_root(s), REST_FILE, 0) == 0 || errno == ENOENT)
		return 0;
	return error_sys(error, ERROR_IO, "%s", REST_FILE);
}
