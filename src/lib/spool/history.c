/* SPDX-License-Identifier: ISC */
/*
 * A history is a file of JSON lines under the record's name. Each line is one
 * write(2) with O_APPEND, so lines of several processes never mix. It is not
 * flushed: it tells what was done, no promise hangs on it.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/base/timestamp.h"
#include "lib/base/utf8.h"
#include "lib/json/write.h"
#include "lib/spool/private.h"

/* It inherits the setgid bit of the spool. To ask for the bit is refused where a
 * unit of systemd has RestrictSUIDSGID=yes, even if the directory exists. */
#define DIRECTORY_MODE 0750
#define FILE_MODE 0640
#define WHY_MAX 1000
#define HISTORY_MAX ((size_t)1024 * 1024)

/* The directory's descriptor, opened once, made if need be. */
int
spool_open_histories(struct spool *s, struct error *error)
{
	if (s->history != -1)
		return 0;
	if (mkdirat(s->root, SPOOL_HISTORY, DIRECTORY_MODE) == -1 &&
	    errno != EEXIST)
		return error_sys(error, ERROR_IO, "%s/%s", s->path,
		    SPOOL_HISTORY);
	s->history = file_open_dir(s->root, SPOOL_HISTORY, error);
	return s->history == -1 ? -1 : 0;
}

static void
spell_path(const char *name, char path[static HISTORY_PATH_SIZE])
{
	snprintf(path, HISTORY_PATH_SIZE, "%s/%s", SPOOL_HISTORY, name);
}

/* Bytes that are no UTF-8 become U+FFFD: why may come from anywhere. */
static void
add_words(struct buf *line, const char *why)
{
	size_t n = strlen(why), bad;
	struct buf text = BUF_INIT;

	if (n > WHY_MAX)
		n = WHY_MAX;
	while (!utf8_valid(why, n, &bad)) {
		buf_add(&text, why, bad);
		utf8_add(&text, 0xfffd);
		why += bad + 1;
		n -= bad + 1;
	}
	buf_add(&text, why, n);
	json_write_string(line, text.data, text.len);
	line->failed |= text.failed;
	buf_free(&text);
}

static void
write_line(struct buf *line, const struct spool_event *event)
{
	char now[TIMESTAMP_SIZE];
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	timestamp_format(now, t, 6);
	buf_addc(line, '{');
	json_write_key(line, "time");
	json_write_text(line, now);
	json_write_key(line, "who");
	add_words(line, event->who);
	json_write_key(line, "what");
	json_write_text(line, event->what);
	json_write_key(line, "why");
	if (event->why == NULL)
		json_write_text(line, NULL);
	else
		add_words(line, event->why);
	buf_adds(line, "}\n");
}

static int
open_line(struct spool *s, const char *name, struct error *error)
{
	if (spool_open_histories(s, error) == -1)
		return -1;
	return openat(s->history, name,
	    O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
}

static int
append(struct spool *s, const char *name, const struct buf *line,
    struct error *error)
{
	int fd = open_line(s, name, error), rc;

	/* The directory was removed: it is made anew. */
	if (fd == -1 && errno == ENOENT && s->history != -1) {
		close(s->history);
		s->history = -1;
		fd = open_line(s, name, error);
	}
	if (fd == -1 && error->kind != ERROR_NONE)
		return -1;
	if (fd == -1)
		return error_sys(error, ERROR_IO, "%s: history", name);
	rc = file_write_full(fd, line->data, line->len);
	if (rc == -1)
		error_sys(error, ERROR_IO, "%s: history", name);
	if (close(fd) == -1 && rc == 0)
		rc = error_sys(error, ERROR_IO, "%s: history", name);
	return rc;
}

int
spool_note(struct spool *s, const char *name, const struct spool_event *event,
    struct error *error)
{
	struct buf line = BUF_INIT;
	int rc = -1;

	write_line(&line, event);
	if (buf_check(&line, error) == 0)
		rc = append(s, name, &line, error);
	buf_free(&line);
	return rc;
}

int
spool_history(const struct spool *s, const char *name, struct buf *text,
    struct error *error)
{
	struct error found = ERROR_INIT;
	char path[HISTORY_PATH_SIZE];

	spell_path(name, path);
	if (file_read(s->root, path, HISTORY_MAX, text, NULL, &found) == 0 ||
	    found.kind == ERROR_NOT_FOUND)
		return 0;
	return error_set(error, found.kind, "%s", found.text);
}

int
spool_has_history(const struct spool *s, const char *name, struct error *error)
{
	char path[HISTORY_PATH_SIZE];

	spell_path(name, path);
	if (faccessat(s->root, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 1;
	if (errno == ENOENT)
		return 0;
	return error_sys(error, ERROR_IO, "%s: history", name);
}

/* Does this member of a line begin with the word, or is it just that? */
static bool
says(const json_t *line, const char *key, const char *word, size_t n)
{
	const char *text = json_string_value(json_object_get(line, key));

	return text != NULL && strncmp(text, word, n) == 0;
}

/* 0; also for a line that is no JSON, which is nobody's attempt. -1 without
 * memory to tell. */
static int
count_line(struct spool_tally *t, const char *text, size_t len,
    struct error *error)
{
	json_t *line;

	errno = 0; /* Jansson's words for no memory are those for no JSON */
	line = json_loadb(text, len, 0, NULL);
	if (line == NULL && errno == ENOMEM)
		return error_sys(error, ERROR_IO, "history");
	if (says(line, "what", "attempt", sizeof("attempt"))) {
		t->attempts++;
	} else if (says(line, "what", "fail", sizeof("fail"))) {
		t->failures++;
	} else if (says(line, "what", "requeue", sizeof("requeue"))) {
		t->attempts = t->failures = 0;
		t->requeues += !says(line, "why", SPOOL_WAS_BAD,
		    sizeof(SPOOL_WAS_BAD) - 1);
	}
	json_decref(line);
	return 0;
}

int
spool_tally(const struct spool *s, const char *name, struct spool_tally *tally,
    struct error *error)
{
	struct buf text = BUF_INIT;
	const char *line, *end;
	int rc = spool_history(s, name, &text, error);

	*tally = (struct spool_tally){0};
	line = text.data;
	while (rc == 0 && line != NULL && (end = strchr(line, '\n')) != NULL) {
		rc = count_line(tally, line, (size_t)(end - line), error);
		tally->lines++;
		line = end + 1;
	}
	buf_free(&text);
	return rc;
}

int
spool_attempts(const struct spool *s, const char *name, unsigned int *n,
    struct error *error)
{
	struct spool_tally tally;
	int rc = spool_tally(s, name, &tally, error);

	*n = tally.attempts;
	return rc;
}

int
spool_forget(struct spool *s, const char *name, struct error *error)
{
	char path[HISTORY_PATH_SIZE];

	spell_path(name, path);
	if (unlinkat(s->root, path, 0) == -1 && errno != ENOENT)
		return error_sys(error, ERROR_IO, "%s: history", name);
	return 0;
}
