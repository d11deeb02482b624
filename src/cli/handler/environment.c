/* SPDX-License-Identifier: ISC */
/*
 * environment: tables of variables to pass on and to take from the record. Variables
 * without a value in the record are set and empty, so that "set -u" works in a handler.
 * Values are cut, because one of 128 KiB would make execve(2) fail, and so block the
 * queue.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/handler/environment.h"
#include "cli/records/record_view.h"
#include "cli/records/web_link.h"
#include "lib/base/error.h"
#include "lib/base/utf8.h"

static const char *const inherited[] = {
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "USER",
    "LOGNAME",
};

/* The first path of the record that has a text. */
static const struct {
	const char *variable;
	const char *path;
	const char *second; /* or NULL */
} taken[] = {
    {"ALERTSPOOL_EVENT", "alert.transition", NULL},
    {"ALERTSPOOL_SOURCE", "source", NULL},
    {"ALERTSPOOL_ALERT_ID", "alert.id", NULL},
    {"ALERTSPOOL_EVENT_TYPE", "alert.event_type", NULL},
    {"ALERTSPOOL_STATE", "alert.state", NULL},
    {"ALERTSPOOL_SEVERITY", "alert.severity", NULL},
    {"ALERTSPOOL_PROJECT", "alert.project.name", "alert.project.id"},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define OTHERS 5 /* ID, ATTEMPT, SPOOL_FILE, QUEUE, LINK */

static int __attribute__((format(printf, 3, 4)))
add(struct environment *env, size_t *n, const char *format, ...)
{
	va_list ap;
	int rc;

	va_start(ap, format);
	rc = vasprintf(&env->vars[*n], format, ap);
	va_end(ap);
	if (rc == -1) {
		env->vars[*n] = NULL;
		return -1;
	}
	(*n)++;
	return 0;
}

/* How many bytes of the text fit: complete characters. */
static int
fitting(const char *text)
{
	size_t n = strlen(text), bad;

	if (n <= ENVIRONMENT_VALUE_MAX)
		return (int)n;
	if (!utf8_valid(text, ENVIRONMENT_VALUE_MAX, &bad))
		return (int)bad;
	return ENVIRONMENT_VALUE_MAX;
}

static int
add_taken(struct environment *env, size_t *n, const struct record_view *v,
    size_t row)
{
	const char *text = record_view_text(v, taken[row].path);

	if (text == NULL && taken[row].second != NULL)
		text = record_view_text(v, taken[row].second);
	if (text == NULL)
		text = "";
	return add(env, n, "%s=%.*s", taken[row].variable, fitting(text), text);
}

/* Empty if there is none. */
static int
add_link(struct environment *env, size_t *n, const struct record_view *v)
{
	struct buf link = BUF_INIT;
	int rc = -1;

	web_link(&link, v);
	if (!link.failed)
		rc = add(env, n, "ALERTSPOOL_LINK=%s", link.data);
	buf_free(&link);
	return rc;
}

static int
add_all(struct environment *env, const struct record_view *v,
    const struct environment_job *job)
{
	const char *value;
	size_t n = 0;

	for (size_t i = 0; i < COUNT(inherited); i++) {
		value = getenv(inherited[i]);
		if (value != NULL &&
		    add(env, &n, "%s=%s", inherited[i], value) == -1)
			return -1;
	}
	for (size_t i = 0; i < COUNT(taken); i++)
		if (add_taken(env, &n, v, i) == -1)
			return -1;
	if (add(env, &n, "ALERTSPOOL_ID=%s", v->entry.name) == -1 ||
	    add(env, &n, "ALERTSPOOL_ATTEMPT=%u", job->attempt) == -1 ||
	    add(env, &n, "ALERTSPOOL_SPOOL_FILE=%s", job->path) == -1 ||
	    add(env, &n, "ALERTSPOOL_QUEUE=%s",
		job->queue != NULL ? job->queue : "") == -1 ||
	    add_link(env, &n, v) == -1)
		return -1;
	return 0;
}

int
environment_make(struct environment *env, const struct record_view *v,
    const struct environment_job *job, struct error *error)
{
	env->vars = calloc(COUNT(inherited) + COUNT(taken) + OTHERS + 1,
	    sizeof(*env->vars));
	if (env->vars != NULL && add_all(env, v, job) == 0)
		return 0;
	error_sys(error, ERROR_IO, "the handler's environment");
	environment_free(env);
	return -1;
}

void
environment_free(struct environment *env)
{
	for (size_t i = 0; env->vars != NULL && env->vars[i] != NULL; i++)
		free(env->vars[i]);
	free(env->vars);
	env->vars = NULL;
}
