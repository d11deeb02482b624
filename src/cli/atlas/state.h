/* SPDX-License-Identifier: ISC */
/*
 * state: what reconcile remembers of a section [atlas NAME] from run to run, in
 * atlas/NAME.json of the spool (alertspool-spool(5), RECONCILE).
 *
 * Losing it loses no alert: a project that it does not know is watched for the first
 * time, and a damaged file shows only that it was not the first time.
 */
#ifndef ALERTSPOOL_ATLAS_STATE_H
#define ALERTSPOOL_ATLAS_STATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "lib/spool/spool.h"

struct error;

#define STATE_DIRECTORY SPOOL_ATLAS
#define STATE_WEEK 7 /* days that are summed up */

struct state {
	json_t *root; /* owned */
	bool damaged; /* the file exists, and cannot be parsed */
};

#define STATE_INIT {.root = NULL}

/* Read it; without a file the state is empty. 0, or -1 with ERROR_IO. Free with
 * state_free() either way. */
int state_read(struct state *, int spool_root, const char *section,
    struct error *);

/* Write it by rename, flushed; the directory is created if missing. 0 or -1. */
int state_write(const struct state *, int spool_root, const char *section,
    struct error *);

void state_free(struct state *);

/* When this project last succeeded; false: never. */
bool state_succeeded(const struct state *, const char *project, time_t *t);

/* Did it never succeed for this project? */
bool state_is_first(const struct state *, const char *project);

/* Note that it did, at an unknown time. 0, or -1 without memory. */
int state_watch(struct state *, const char *project, struct error *);

/* Note a success, and how many records it wrote. 0, or -1 without memory. */
int state_succeed(struct state *, const char *project, time_t now, size_t wrote,
    struct error *);

/* How many records the last success wrote. */
size_t state_wrote(const struct state *, const char *project);

/* Count a record of an undelivered alert; *n is the number within a week. */
int state_fill(struct state *, const char *project, time_t now, struct error *);
size_t state_filled(const struct state *, const char *project, time_t now);

/* When this alert, whose end is unknown, was last asked for, and when it was last
 * reported as gone; 0: never. */
time_t state_asked(const struct state *, const char *project, const char *id);
time_t state_told(const struct state *, const char *project, const char *id);
int state_ask(struct state *, const char *project, const char *id, time_t asked,
    time_t told, struct error *);

/* Forget the alerts that were not asked for since. */
void state_forget(struct state *, const char *project, time_t since);

#endif
