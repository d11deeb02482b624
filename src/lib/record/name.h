/* SPDX-License-Identifier: ISC */
/*
 * name: a record's name TIME.ALERT.EVENT.DIGEST, which is its identity.
 *
 * It depends only on the delivery, so a repeat has the same name everywhere. ALERT is the
 * alert's id and its source, so that one source never delays, ends or hides an alert of
 * another. Naming is frozen for record_version 1 (alertspool-spool(5)). Pure functions; a
 * name that name_parse() refuses is not a record's.
 */
#ifndef ALERTSPOOL_RECORD_NAME_H
#define ALERTSPOOL_RECORD_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "lib/alert/transition.h"
#include "lib/base/digest.h"

#define NAME_ID_MAX 64	   /* characters of an alert's id */
#define NAME_SOURCE_MAX 32 /* characters of a source's name */
#define NAME_ALERT_MAX (NAME_ID_MAX + 1 + NAME_SOURCE_MAX)
#define NAME_DIGEST_DIGITS 32
/* TIME 16, ALERT, the longest EVENT 11, DIGEST, three dots and a NUL. */
#define NAME_SIZE \
	(16 + 1 + NAME_ALERT_MAX + 1 + 11 + 1 + NAME_DIGEST_DIGITS + 1)

/* The source that is left out of record names. */
#define NAME_SOURCE_DEFAULT "default"

/* Are these n characters a source's name: [a-z0-9][a-z0-9_-]{0,31}? */
bool name_is_source(const char *text, size_t n);

/* DIGEST is the first 16 bytes of this: SHA-256 over source, NUL, EVENT, NUL,
 * body. */
void name_digest(unsigned char out[static DIGEST_SIZE], const char *source,
    enum transition, const void *body, size_t len);

struct name_parts {
	bool has_time;
	time_t time;
	const char *id; /* alert's id of any length and content, or NULL */
	size_t id_len;
	const char *source; /* NULL: as "default" */
	enum transition transition;
	const unsigned char *digest; /* 16 bytes */
};

/* Spell the name. No time is 00000000T000000Z. Of the alert's id, in UTF-8, the first 64
 * characters are used, each outside [A-Za-z0-9_-] replaced by one '_', with "+SOURCE"
 * behind it unless that is "default"; "-" alone if there is no id or it is "-". */
void name_make(char out[static NAME_SIZE], const struct name_parts *);

/* The parts of a parsed name. */
struct name_view {
	const char *alert; /* in the parsed text, not NUL-terminated */
	size_t alert_len;
	size_t id_len;	    /* of it, without "+SOURCE" */
	const char *digest; /* 32 lower-case hexadecimal digits */
	enum transition transition;
	bool has_time;
	time_t time;
};

/* Is this exactly a name as name_make() spells it? The view, which points into text, may
 * be NULL. */
bool name_parse(const char *text, struct name_view *view);

/* Does the name have an alert id instead of "-"? */
bool name_has_alert(const struct name_view *);

/* Copy a name. */
void name_copy(char out[static NAME_SIZE], const char *name);

/* The 32 digits of DIGEST at the end of a valid name. */
const char *name_digits(const char *name);

/* The promised order: TIME, then EVENT as in enum transition, then DIGEST,
 * then ALERT so that the order is total. <0, 0, >0. Both must be names. */
int name_compare(const char *a, const char *b);

#endif
