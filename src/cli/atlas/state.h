/* SPDX-License-Identifier: ISC */
/*
 * state: what reconcile remembers of a section [atlas NAME] from run to run, in
 * atlas/NAME.json of the spool (alertspool-spool(5), RECONCILE).
 *
 * No alert is lost with it: a project that it does not know is watched for the first
 * time, and of a file that is damaged it is known only that it was not the first time.
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
	bool damaged; /* there is a file, and it cannot be understood */
};

#define STATE_INIT {.root = NULL}

/* Read it; no file is an empty state. 0, or -1 with ERROR_IO. Free with state_free()
 * either way. */
int state_read(struct state *, int spool_root, const char *section,
    struct error *);

/* Write it by rename, flushed; the directory is made if need be. 0 or -1. */
int state_write(const struct state *, int spool_root, const char *section,
    struct error *);

void state_free(struct state *);

/* When this project last succeeded; false: never. */
bool state_succeeded(const struct state *, const char *project, time_t *t);

/* Did it never succeed for this project? */
bool state_is_first(const struct state *, const char *project);

/* Note that it did, at a time that is lost. 0, or -1 without memory. */
int state_watch(struct state *, const char *project, struct error *);

/* Note a success, and how many records it wrote. 0, or -1 without memory. */
int state_succeed(struct state *, const char *project, time_t now, size_t wrote,
    struct error *);

/* How many records the last success wrote. */
size_t state_wrote(const struct state *, const char *project);

/* Count a record that was filled in; how many were within a week. */
int state_fill(struct state *, const char *project, time_t now, struct error *);
size_t state_filled(const struct state *, const char *project, time_t now);

/* When this alert, of which no end is known, was asked for last, and when it was last
 * reported as gone; 0: never. */
time_t state_asked(const struct state *, const char *project, const char *id);
time_t state_told(const struct state *, const char *project, const char *id);
int state_ask(struct state *, const char *project, const char *id, time_t asked,
    time_t told, struct error *);

/* Forget the alerts that were not asked for since. */
void state_forget(struct state *, const char *project, time_t since);

#endif
