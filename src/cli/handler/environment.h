/* SPDX-License-Identifier: ISC */
/*
 * environment: the whole environment of a handler: a few of our variables, and
 * ALERTSPOOL_* for the record.
 */
#ifndef ALERTSPOOL_HANDLER_ENVIRONMENT_H
#define ALERTSPOOL_HANDLER_ENVIRONMENT_H

struct error;
struct record_view;

#define ENVIRONMENT_VALUE_MAX 4096 /* bytes; longer values are cut */

struct environment {
	char **vars; /* owned, as for execve(2); NULL at the end */
};

struct environment_job {
	unsigned int attempt; /* the number of this start, from 1 */
	const char *path;     /* of the record's file */
	const char *queue;    /* its name; NULL: none */
};

/* Variables for this record (record_view_read()). 0, or -1 with ERROR_IO. Free with
 * environment_free(). */
int environment_make(struct environment *, const struct record_view *,
    const struct environment_job *, struct error *);

void environment_free(struct environment *);

#endif
