/* SPDX-License-Identifier: ISC */
/*
 * text: splits the texts that the sender wrote for people, above all humanReadable, and
 * makes the one-line summary. Private to the alert module.
 *
 * All text is well-formed UTF-8. Nothing here fails: what is not found is empty, and bufs
 * report missing memory at the end.
 */
#ifndef ALERTSPOOL_ALERT_TEXT_H
#define ALERTSPOOL_ALERT_TEXT_H

#include <stddef.h>

#include "lib/base/span.h"

struct buf;

/* Append text with its HTML entities decoded once: amp lt gt quot apos nbsp and the
 * numeric ones. An unknown entity stays unchanged. */
void alert_text_decode(struct buf *, const char *text, size_t n);

struct human {
	struct span project, organization; /* names */
	struct span headline;		   /* the event */
};

/* Split humanReadable; its entities are not decoded yet. */
struct human alert_text_split(const char *text, size_t n);

/* Append the text as one line of at most 200 characters: blanks, line ends and control
 * characters become one blank, and "…" ends a text that was cut. */
void alert_text_summary(struct buf *, const char *text, size_t n);

/* hostnameAndPort: append the name; the port, or 0 when there is none. */
int alert_text_host(struct buf *name, const char *text, size_t n);

#endif
