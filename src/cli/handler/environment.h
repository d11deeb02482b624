/* SPDX-License-Identifier: ISC */
/*
 * handler_env: the whole environment of a handler, made of a few variables of
 * ours and ALERTSPOOL_* for the record.
 */
#ifndef ALERTSPOOL_HANDLER_ENVIRONMENT
#define ALERTSPOOL_HANDLER_ENVIRONMENT

struct error;
struct view;

#define HANDLER_ENV_VALUE_MAX 4096 /* bytes; longer values are cut */

struct handler_env {
	char **vars; /* owned, as execve(2) wants it; NULL at the end */
};

/* Variables for this record (view_read()), to be tried for the n-th time, in
 * the file at path. 0, or -1 with ERROR_IO. Free with handler_env_free(). */
int handler_env_make(struct handler_env *, const struct view *,
    unsigned int attempt, const char *path, struct error *);

void handler_env_free(struct handler_env *);

#endif
