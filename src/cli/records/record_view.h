/* SPDX-License-Identifier: ISC */
/* record_view: one record of the spool, read for printing. */
#ifndef ALERTSPOOL_RECORDS_RECORD_VIEW_H
#define ALERTSPOOL_RECORDS_RECORD_VIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/base/buf.h"
#include "lib/record/name.h"
#include "lib/spool/spool.h"

struct error;

struct record_view {
	struct spool_entry entry;
	struct name_view name; /* points into entry.name */
	struct buf text;       /* the record as it is on disk */
	struct stat st;
	json_t *record; /* owned; NULL if the text is not a complete record */
};

#define RECORD_VIEW_INIT {.text = BUF_INIT}

/*
 * Read a record; every call reads it again. 0; or -1: ERROR_NOT_FOUND when it is gone or
 * was moved, other errors when it cannot be read or is incomplete, and then the entry and
 * the name are still valid. Free with record_view_free().
 */
int record_view_read(struct record_view *, const struct spool *,
    const struct spool_entry *, struct error *);

/* The same for an open record, wherever it is now. */
int record_view_read_open(struct record_view *, int fd,
    const struct spool_entry *, struct error *);

void record_view_free(struct record_view *);

/* The value at a path of keys like "alert.project.name", borrowed; NULL if there is none
 * or it is null. */
const json_t *record_view_value(const struct record_view *, const char *path);

/* The same when it is a string, else NULL. */
const char *record_view_text(const struct record_view *, const char *path);

/* The first of these paths, which end with NULL, with a text that is not empty; or NULL. */
const char *record_view_first(const struct record_view *,
    const char *const *paths);

/* The place: cluster, replica set or stream, and host or processor. Sets the buffer, to
 * "" if unknown. */
void record_view_where(const struct record_view *, struct buf *);

/* The moment before which nobody takes it: a waiting record's not-before, or the end of a
 * claimed one's lease. False if there is none. */
bool record_view_not_before(const struct record_view *, const struct spool *,
    time_t *);
bool record_view_lease_until(const struct record_view *, time_t *);

/* Append JSON text for a terminal: characters that could steer it become \u escapes,
 * which changes no value. */
void record_view_harmless(struct buf *, const char *json, size_t n);

/*
 * Append the record's own line with the member "spool" added at its end: state, path,
 * not_before and lease_until. For an incomplete record, only id and spool. For a
 * terminal, characters that could steer it become \u escapes, which changes no value.
 */
void record_view_json(const struct record_view *, const struct spool *,
    bool terminal, struct buf *);

#endif
