/* SPDX-License-Identifier: ISC */
/*
 * log: one line per event on standard error, as logfmt (key=value).
 *
 * A line is collected, then written by a single write(2), so that lines of several
 * processes do not mix. It starts with time= and level=, or, if standard error is the
 * journal (JOURNAL_STREAM of systemd), with the priority prefix of sd-daemon(3) only.
 * Values are escaped by escape_log() and quoted if they are empty or hold a blank, '=' or
 * '"'. Only the programs' top-level files log.
 *
 * Logging never fails, and never blocks a process: when standard error takes nothing, one
 * line waits a second for it, and later lines are dropped and counted. When it takes
 * lines again, event=log with "dropped" comes first. The program must ignore SIGPIPE.
 */
#ifndef ALERTSPOOL_BASE_LOG_H
#define ALERTSPOOL_BASE_LOG_H

#include <stdint.h>

#include "lib/base/buf.h"

enum log_level {
	LEVEL_ERROR,   /* something must be fixed */
	LEVEL_WARNING, /* something is odd or was refused */
	LEVEL_NOTICE,  /* start, stop, reload */
	LEVEL_INFO,    /* one request */
	LEVELS
};

struct log_line {
	struct buf text;
};

/* Find out once what standard error is; without this call lines carry the time. */
void log_init(void);

/* The prefix for a line not written by this module: the priority if standard error is the
 * journal, else "". */
const char *log_prefix(enum log_level);

/* Begin a line: time, level, then event=NAME, a fixed word. */
void log_begin(struct log_line *, enum log_level, const char *event);

/* Append a key (a fixed word) and its value; nothing for NULL. */
void log_text(struct log_line *, const char *key, const char *value);
void log_number(struct log_line *, const char *key, int64_t value);

/* Append microseconds (not negative) as milliseconds with one decimal. */
void log_ms(struct log_line *, const char *key, int64_t microseconds);

/* Write the line, or drop it, and free it. Keeps errno. */
void log_end(struct log_line *);

/* How many lines this process dropped since the last call. */
uint64_t log_take_dropped(void);

/* Write a whole line with only msg="…", formatted and escaped here. */
void log_message(enum log_level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
