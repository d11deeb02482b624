/* SPDX-License-Identifier: ISC */
/*
 * log: one logfmt line per event on standard error.
 *
 * The journal records time and level itself, so it gets neither; any other standard error
 * gets both.
 *
 * No write blocks, because the reader of a log may stall. A file has no reader. Sockets
 * have a flag for that, and so have pipes since Linux 6.4. For an older pipe, or a
 * terminal, poll(2) tells whether there is room for PIPE_BUF bytes. Two processes may
 * learn of the same room; then one of them blocks if their lines together are longer than
 * PIPE_BUF.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/escape.h"
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

#define STALL_MS 1000 /* how long the first line of a stall waits */

/* The library's only variable: a process has only one standard error, too. */
static struct {
	bool to_journal;
	enum { TERMINAL, SOCKET, PIPE, DISK } kind;
	bool torn;	    /* the last line was written only in part */
	uint64_t dropped;   /* lines since standard error took one */
	uint64_t uncounted; /* lines that log_take_dropped() has not returned */
} out;

/* $JOURNAL_STREAM (systemd.exec(5)) is the device and inode that systemd connected; after
 * a redirection it is wrong. */
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
	struct stat st;

	out.to_journal = is_journal(STDERR_FILENO, getenv("JOURNAL_STREAM"));
	out.kind = TERMINAL;
	if (fstat(STDERR_FILENO, &st) == 0)
		out.kind = S_ISSOCK(st.st_mode) ? SOCKET
		    : S_ISFIFO(st.st_mode)	? PIPE
		    : S_ISREG(st.st_mode)	? DISK
						: TERMINAL;
}

const char *
log_prefix(enum log_level level)
{
	return out.to_journal ? levels[level].prefix : "";
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
	if (out.to_journal) {
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

/* ---- writing ---------------------------------------------------------- */

static bool
has_room(int64_t wait_ms)
{
	struct pollfd err = {.fd = STDERR_FILENO, .events = POLLOUT};

	return poll(&err, 1, (int)wait_ms) != 0;
}

/* write(2) as much as possible without blocking; EAGAIN: nothing. */
static ssize_t
write_now(const char *text, size_t n)
{
	struct iovec all = {.iov_base = (char *)(uintptr_t)text, .iov_len = n};
	ssize_t put;

	if (out.kind == SOCKET)
		return send(STDERR_FILENO, text, n,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
	if (out.kind == PIPE) {
		/* cppcheck-suppress invalidFunctionArg ; -1 is the file's position */
		put = pwritev2(STDERR_FILENO, &all, 1, -1, RWF_NOWAIT);
		if (put != -1 || (errno != EOPNOTSUPP && errno != ENOSYS))
			return put;
		if (n > PIPE_BUF)
			n = PIPE_BUF;
	}
	if (out.kind == DISK || has_room(0))
		return write(STDERR_FILENO, text, n);
	errno = EAGAIN;
	return -1;
}

/* Write all of it within this many milliseconds: 0, or -1. */
static int
write_within(const char *text, size_t n, int64_t wait_ms)
{
	const int64_t deadline = clock_ms() + wait_ms;
	int64_t left = wait_ms;
	ssize_t put;

	for (;;) {
		put = write_now(text, n);
		if (put == (ssize_t)n)
			return 0;
		if (put > 0) {
			text += put;
			n -= (size_t)put;
			out.torn = true;
		} else if (put == 0 || (errno != EAGAIN && errno != EINTR)) {
			return -1;
		}
		if (left <= 0)
			return -1;
		(void)has_room(left);
		left = deadline - clock_ms();
	}
}

static int
write_line(struct buf *text, int64_t wait_ms)
{
	if (text->failed || (out.torn && write_now("\n", 1) != 1))
		return -1;
	out.torn = false;
	if (write_within(text->data, text->len, wait_ms) == -1)
		return -1;
	out.torn = false;
	return 0;
}

/* The first line after a stall: the number of lines lost. */
static int
tell_dropped(void)
{
	struct log_line line;
	int rc;

	log_begin(&line, LEVEL_WARNING, "log");
	log_number(&line, "dropped", (int64_t)out.dropped);
	log_text(&line, "msg",
	    "standard error took no lines meanwhile; these are lost");
	buf_addc(&line.text, '\n');
	rc = write_line(&line.text, 0);
	buf_free(&line.text);
	if (rc == 0)
		out.dropped = 0;
	return rc;
}

void
log_end(struct log_line *line)
{
	const int saved = errno;

	buf_addc(&line->text, '\n');
	/* One line of a stall waits; the lines after it are tried once and dropped. */
	if ((out.dropped > 0 && tell_dropped() == -1) ||
	    write_line(&line->text, STALL_MS) == -1) {
		out.dropped++;
		out.uncounted++;
	}
	buf_free(&line->text);
	errno = saved;
}

uint64_t
log_take_dropped(void)
{
	const uint64_t n = out.uncounted;

	out.uncounted = 0;
	return n;
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
