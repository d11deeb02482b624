/* SPDX-License-Identifier: ISC */
/*
 * text: the texts that the sender wrote for people, above all
 * humanReadable, and the one-line summary. Private to the alert module.
 *
 * All text is well-formed UTF-8. Nothing here fails: what is not found is
 * empty, and bufs tell of missing memory at the end.
 */
#ifndef ALERTSPOOL_ALERT_TEXT_H
#define ALERTSPOOL_ALERT_TEXT_H

#include <stddef.h>

#include "lib/base/span.h"

struct buf;

/* Append text, its HTML entities decoded once: amp lt gt quot apos nbsp and the
 * numeric ones. One that names no character stays as it is. */
void alert_text_decode(struct buf *, const char *text, size_t n);

struct human {
	struct span project, organization; /* names */
	struct span headline;		   /* what happened */
};

/* Take humanReadable apart, entities not yet decoded. */
struct human alert_text_split(const char *text, size_t n);

/* Append the text as one line of at most 200 characters: blanks, line ends and
 * control characters become one blank, what is cut off becomes "…". */
void alert_text_summary(struct buf *, const char *text, size_t n);

/* hostnameAndPort: append the name; the port, or 0 when there is none. */
int alert_text_host(struct buf *name, const char *text, size_t n);

#endif
