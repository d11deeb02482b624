/* SPDX-License-Identifier: ISC */
/*
 * environment: the whole environment of a handler, made of a few variables of
 * ours and ALERTSPOOL_* for the record.
 */
#ifndef ALERTSPOOL_HANDLER_ENVIRONMENT_H
#define ALERTSPOOL_HANDLER_ENVIRONMENT_H

struct error;
struct record_view;

#define ENVIRONMENT_VALUE_MAX 4096 /* bytes; longer values are cut */

struct environment {
	char **vars; /* owned, as execve(2) wants it; NULL at the end */
};

/* Variables for this record (record_view_read()), to be tried for the n-th time, in
 * the file at path. 0, or -1 with ERROR_IO. Free with environment_free(). */
int environment_make(struct environment *, const struct record_view *,
    unsigned int attempt, const char *path, struct error *);

void environment_free(struct environment *);

#endif
