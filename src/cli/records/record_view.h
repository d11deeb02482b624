/* SPDX-License-Identifier: ISC */
/*
 * record_view: one record of the spool as verbs show it.
 */
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
	json_t *record; /* owned; NULL when the text is no whole record */
};

#define RECORD_VIEW_INIT {.text = BUF_INIT}

/*
 * Read a record, anew with every call. 0; or -1: ERROR_NOT_FOUND when it is
 * gone or was moved, anything else when it cannot be read or is not whole, and
 * then the entry and the name still tell what they can. Free with record_view_free().
 */
int record_view_read(struct record_view *, const struct spool *,
    const struct spool_entry *, struct error *);

/* The same of a record that is open, wherever it lies by now. */
int record_view_read_open(struct record_view *, int fd,
    const struct spool_entry *, struct error *);

void record_view_free(struct record_view *);

/* The value at a path of keys like "alert.project.name", borrowed; NULL when
 * there is none or it is null. */
const json_t *record_view_value(const struct record_view *, const char *path);

/* The same when it is a string, else NULL. */
const char *record_view_text(const struct record_view *, const char *path);

/* The first of these paths, which end with NULL, whose text is not empty; or NULL. */
const char *record_view_first(const struct record_view *,
    const char *const *paths);

/* Where it is: cluster, replica set or stream, and host or processor. The buffer is
 * set to it, "" when nobody knows. */
void record_view_where(const struct record_view *, struct buf *);

/* The moment before which nobody takes it: a waiting record's not-before, or
 * the end of a claimed one's lease. False when there is none. */
bool record_view_not_before(const struct record_view *, const struct spool *,
    time_t *);
bool record_view_lease_until(const struct record_view *, time_t *);

/* Append JSON text for a terminal: characters that could steer it become \u escapes,
 * which changes no value. */
void record_view_harmless(struct buf *, const char *json, size_t n);

/*
 * Append the record's own line with the member "spool" added at its end: state,
 * path, not_before and lease_until. Of a record that is not whole, only id and
 * spool. For a terminal, characters that could steer it become \u escapes,
 * which changes no value.
 */
void record_view_json(const struct record_view *, const struct spool *,
    bool terminal, struct buf *);

#endif
