/* SPDX-License-Identifier: ISC */
/*
 * The journal keeps the time and the level itself, so it gets neither; anybody
 * else's standard error gets both.
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/escape.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/timestamp.h"

static const struct {
	const char *word;
	const char *prefix; /* sd-daemon(3) */
} levels[LEVELS] = {
    [LEVEL_ERROR] = {"error", "<3>"},
    [LEVEL_WARNING] = {"warning", "<4>"},
    [LEVEL_NOTICE] = {"notice", "<5>"},
    [LEVEL_INFO] = {"info", "<6>"},
};

/* The one variable of the library: a process has one standard error, too. */
static bool to_journal;

/* $JOURNAL_STREAM (systemd.exec(5)) is the device and inode of what systemd
 * connected; a redirection since then makes it untrue. */
static bool
is_journal(int fd, const char *stream)
{
	char text[64];
	struct stat st;

	if (stream == NULL || fstat(fd, &st) == -1)
		return false;
	snprintf(text, sizeof(text), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return strcmp(stream, text) == 0;
}

void
log_init(void)
{
	to_journal = is_journal(STDERR_FILENO, getenv("JOURNAL_STREAM"));
}

const char *
log_prefix(enum log_level level)
{
	return to_journal ? levels[level].prefix : "";
}

static void
add_now(struct buf *b)
{
	char text[TIMESTAMP_SIZE];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	timestamp_format(text, now, 3);
	buf_adds(b, "time=");
	buf_adds(b, text);
	buf_addc(b, ' ');
}

void
log_begin(struct log_line *line, enum log_level level, const char *event)
{
	line->text = (struct buf)BUF_INIT;
	if (to_journal) {
		buf_adds(&line->text, levels[level].prefix);
	} else {
		add_now(&line->text);
		buf_adds(&line->text, "level=");
		buf_adds(&line->text, levels[level].word);
		buf_addc(&line->text, ' ');
	}
	buf_adds(&line->text, "event=");
	buf_adds(&line->text, event);
}

static void
add_key(struct log_line *line, const char *key)
{
	buf_addc(&line->text, ' ');
	buf_adds(&line->text, key);
	buf_addc(&line->text, '=');
}

void
log_text(struct log_line *line, const char *key, const char *value)
{
	bool quote;

	if (value == NULL)
		return;
	quote = *value == '\0' || strpbrk(value, " =\"") != NULL;
	add_key(line, key);
	if (quote)
		buf_addc(&line->text, '"');
	escape_log(&line->text, value, strlen(value));
	if (quote)
		buf_addc(&line->text, '"');
}

void
log_number(struct log_line *line, const char *key, int64_t value)
{
	add_key(line, key);
	buf_addi(&line->text, value);
}

void
log_ms(struct log_line *line, const char *key, int64_t microseconds)
{
	const int64_t tenths = (microseconds + 50) / 100;

	log_number(line, key, tenths / 10);
	buf_addc(&line->text, '.');
	buf_addi(&line->text, tenths % 10);
}

void
log_end(struct log_line *line)
{
	const int saved = errno;

	buf_addc(&line->text, '\n');
	/* Nobody could be told that there is nobody to tell. */
	if (!line->text.failed)
		(void)file_write_full(STDERR_FILENO, line->text.data,
		    line->text.len);
	buf_free(&line->text);
	errno = saved;
}

void
log_message(enum log_level level, const char *event, const char *format, ...)
{
	struct log_line line;
	char *text;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	if (n == -1)
		return;
	log_begin(&line, level, event);
	log_text(&line, "msg", text);
	log_end(&line);
	free(text);
}
