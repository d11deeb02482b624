/* SPDX-License-Identifier: ISC */
/*
 * page: HTML that loads nothing: its style, its one script, and the functions that write
 * every part of it.
 *
 * Text from outside goes only through page_text(). The page is well-formed after
 * page_end() was called.
 */
#ifndef ALERTSPOOL_REPORT_PAGE_H
#define ALERTSPOOL_REPORT_PAGE_H

#include <stdint.h>

#include "cli/alerts/fold.h"
#include "lib/base/buf.h"

struct page_head {
	const char *title; /* any bytes */
	const char *host;  /* any bytes */
	time_t made;
};

/* Append everything before the first section: the policy that allows only the style and
 * the script, both of them, the title and when and where it was made. */
void page_begin(struct buf *, const struct page_head *);

/* Append everything after the last section. */
void page_end(struct buf *);

/* Append text of any bytes as text, between tags or in a quoted attribute. */
void page_text(struct buf *, const char *);

/* Append the age of a time, as "3h" with the exact time for programs; only a dash for an
 * unknown time. */
void page_age(struct buf *, struct fold_time, time_t now);

/* Append a time as "2026-11-29 02:14:05Z". */
void page_time(struct buf *, time_t);

/* Append a severity as a word on its colour; and its letter, the name of a class. */
void page_severity(struct buf *, enum severity_rank);
char page_letter(enum severity_rank);

/*
 * Append a command to type, "alertspool" and these words, which end with NULL. Each is
 * quoted for a shell if needed. The first word from outside is at position `outside`;
 * "--" is put before it if it looks like an option. config is the settings file to name,
 * or NULL.
 */
void page_command(struct buf *, const char *config, const char *const *words,
    size_t outside);

/* Append a number with its noun, "1 record", "3 records". */
void page_count(struct buf *, uint64_t n, const char *one, const char *many);

#endif
