/* SPDX-License-Identifier: ISC */
/*
 * history: a file of JSON lines with the record's name and what was done with it. Only
 * the holder of the alert's lock writes it.
 *
 * A line is appended by one write(2). It starts on a new line, whatever a crash left
 * before it, and a line cut by a full disk is removed again. A file that grew is
 * rewritten with a summary in place of its first lines, and renamed over the old one.
 *
 * No guarantee depends on a history: if one is lost or damaged, no alert is lost; at
 * worst it is tried more often. So it is flushed only for a running command.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/base/span.h"
#include "lib/base/timestamp.h"
#include "lib/base/utf8.h"
#include "lib/json/write.h"
#include "lib/spool/private.h"

/* It inherits the setgid bit of the spool. Setting the bit is refused under a unit of
 * systemd with RestrictSUIDSGID=yes, even if the directory exists. */
#define DIRECTORY_MODE 0750
#define FILE_MODE 0640
#define WHY_MAX 1000
#define REWRITE_SIZE ((size_t)48 * 1024) /* size from which it is rewritten, */
#define TAIL_SIZE ((size_t)16 * 1024)	 /* keeping this much of its end */

/* The directory's descriptor, opened once, created if missing. */
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

/* Invalid UTF-8 becomes U+FFFD: why may come from anywhere. */
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

/* The beginning of each line: when, and who. */
static void
begin_line(struct buf *line, const struct spool_event *event)
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
}

static void
write_line(struct buf *line, const struct spool_event *event)
{
	begin_line(line, event);
	json_write_key(line, "what");
	json_write_text(line, event->what);
	json_write_key(line, "why");
	if (event->why == NULL)
		json_write_text(line, NULL);
	else
		add_words(line, event->why);
	if (event->uncounted)
		buf_adds(line, ",\"counted\":false");
	buf_adds(line, "}\n");
}

/* ---- rewriting ------------------------------------------------------ */

/* Where the lines begin that are kept: at most TAIL_SIZE bytes. */
static size_t
find_tail(const struct buf *text)
{
	const char *newline;

	if (text->len <= TAIL_SIZE)
		return 0;
	newline = memchr(text->data + text->len - TAIL_SIZE, '\n', TAIL_SIZE);
	return newline == NULL ? text->len : (size_t)(newline + 1 - text->data);
}

/* A summary of the first lines, the last lines, and the new one. */
static int
compact(struct buf *out, const struct buf *text, const struct buf *line,
    const struct spool_event *event, struct error *error)
{
	size_t tail = find_tail(text);
	struct spool_tally tally;
	struct buf why = BUF_INIT;
	int rc = 0;

	if (tail > 0)
		rc = spool_count_lines(&tally, text->data, tail, &why, error);
	if (rc == 0 && tail > 0) {
		begin_line(out, event);
		spool_write_summary(out, &tally, &why);
		buf_adds(out, "}\n");
	}
	if (text->len > tail)
		buf_add(out, text->data + tail, text->len - tail);
	if (text->len > tail && text->data[text->len - 1] != '\n')
		buf_addc(out, '\n');
	buf_add(out, line->data, line->len);
	out->failed |= why.failed;
	buf_free(&why);
	return rc == -1 ? -1 : buf_check(out, error);
}

/* The new file is on disk before it replaces the old one. */
static int
replace(struct spool *s, const char *name, const struct buf *text,
    struct error *error)
{
	const struct span span = {text->data, text->len};
	struct spool_temporary t = {.dir = s->history};
	struct error why = ERROR_INIT;

	if (spool_fill_temporary(s, name, &span, &t, &why) == 0) {
		if (renameat(t.dir, t.name, t.dir, name) == 0)
			return 0;
		error_sys(&why, ERROR_IO, "rename");
	}
	if (t.name[0] != '\0')
		(void)unlinkat(t.dir, t.name, 0);
	error_prefix(&why, "%s: history: ", name);
	why.kind = ERROR_IO;
	return error_take(error, &why);
}

static int
rewrite(struct spool *s, const char *name, const struct buf *line,
    const struct spool_event *event, struct error *error)
{
	struct buf text = BUF_INIT, out = BUF_INIT;
	int rc = -1;

	if (spool_history(s, name, &text, error) != -1 &&
	    compact(&out, &text, line, event, error) == 0)
		rc = replace(s, name, &out, error);
	buf_free(&text);
	buf_free(&out);
	return rc;
}

/* ---- appending ------------------------------------------------------ */

static int
open_file(struct spool *s, const char *name, struct error *error)
{
	if (spool_open_histories(s, error) == -1)
		return -1;
	return file_open_regular(s->history, name, O_RDWR | O_CREAT | O_APPEND,
	    FILE_MODE);
}

static int
open_history(struct spool *s, const char *name, struct error *error)
{
	int fd = open_file(s, name, error);

	/* The directory was removed: create it again. */
	if (fd == -1 && errno == ENOENT && s->history != -1) {
		close(s->history);
		s->history = -1;
		fd = open_file(s, name, error);
	}
	if (fd == -1 && error->kind == ERROR_NONE)
		error_sys(error, ERROR_IO, "%s: history", name);
	return fd;
}

/* Does it end in half a line, or in what a crash left of one? */
static bool
ends_torn(int fd, off_t size)
{
	char last = '\n';

	return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

/* Append the whole line, after a newline if one is missing, or nothing. */
static int
append(int fd, off_t size, const struct buf *line)
{
	struct buf bytes = BUF_INIT;
	int rc = -1, why;

	if (ends_torn(fd, size))
		buf_addc(&bytes, '\n');
	buf_add(&bytes, line->data, line->len);
	if (bytes.failed)
		errno = ENOMEM;
	else
		rc = file_write_full(fd, bytes.data, bytes.len);
	buf_free(&bytes);
	if (rc == 0)
		return 0;
	why = errno;
	(void)!ftruncate(fd, size);
	errno = why;
	return -1;
}

static int
write_history(struct spool *s, const char *name, const struct buf *line,
    const struct spool_event *event, struct error *error)
{
	int fd = open_history(s, name, error), rc;
	struct stat st;

	if (fd == -1)
		return -1;
	rc = fstat(fd, &st);
	if (rc == 0 && (size_t)st.st_size + line->len > REWRITE_SIZE) {
		close(fd);
		return rewrite(s, name, line, event, error);
	}
	if (rc == 0)
		rc = append(fd, st.st_size, line);
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
		rc = write_history(s, name, &line, event, error);
	buf_free(&line);
	return rc;
}

int
spool_flush_notes(struct spool *s, struct error *error)
{
	if (s->history != -1 && syncfs(s->history) == -1)
		return error_sys(error, ERROR_IO, "%s/%s: flush", s->path,
		    SPOOL_HISTORY);
	return 0;
}

/* ---- reading -------------------------------------------------------- */

int
spool_history(const struct spool *s, const char *name, struct buf *text,
    struct error *error)
{
	struct error found = ERROR_INIT;
	struct stat st = {.st_size = 0};
	char path[HISTORY_PATH_SIZE];

	spell_path(name, path);
	if (file_read(s->root, path, SPOOL_HISTORY_MAX, text, &st, &found) ==
		0 ||
	    found.kind == ERROR_NOT_FOUND)
		return 0;
	if (found.kind == ERROR_INPUT && S_ISREG(st.st_mode))
		return 1;
	return error_take(error, &found);
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

int
spool_forget(struct spool *s, const char *name, struct error *error)
{
	char path[HISTORY_PATH_SIZE];

	spell_path(name, path);
	if (unlinkat(s->root, path, 0) == -1 && errno != ENOENT)
		return error_sys(error, ERROR_IO, "%s: history", name);
	return 0;
}
