/* SPDX-License-Identifier: ISC */
/*
 * gone: alerts that were never asked for come first, then those asked for longest ago, so
 * each has its turn however many the API no longer knows.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/atlas/gone.h"
#include "cli/atlas/run.h"
#include "lib/base/error.h"

#define TELL_EVERY ((time_t)24 * 60 * 60)

struct missing {
	const struct known_alert *known;
	time_t asked; /* 0: never */
};

static bool
is_ours(const struct run *run, const struct known_alert *a)
{
	return !a->listed && a->id[0] != '\0' &&
	    strcmp(a->project, run->project.id) == 0 &&
	    strcmp(a->source, run->section->source) == 0;
}

static int
compare(const void *a, const void *b)
{
	const struct missing *left = a, *right = b;

	if (left->asked != right->asked)
		return left->asked < right->asked ? -1 : 1;
	if (left->known->last != right->known->last)
		return left->known->last < right->known->last ? -1 : 1;
	return strcmp(left->known->alert, right->known->alert);
}

/* In the order of asking: owned, or NULL with *n 0 or without memory. */
static struct missing *
collect(const struct run *run, size_t *n)
{
	const struct known *k = &run->known;
	struct missing *list = calloc(k->n + 1, sizeof(*list));

	*n = 0;
	if (list == NULL)
		return NULL;
	for (size_t i = 0; i < k->n; i++)
		if (is_ours(run, &k->alert[i]))
			list[(*n)++] = (struct missing){
			    .known = &k->alert[i],
			    .asked = state_asked(run->state, run->project.id,
				k->alert[i].id),
			};
	qsort(list, *n, sizeof(*list), compare);
	return list;
}

/* The API no longer knows it: report that once a day, with how to end it here. */
static int
tell_gone(struct run *run, const struct missing *m, time_t now,
    struct error *error)
{
	const char *project = run->project.id, *id = m->known->id;
	time_t told = state_told(run->state, project, id);
	struct buf line = BUF_INIT;

	if (told == 0 || told > now || now - told >= TELL_EVERY) {
		buf_addf(&line,
		    "alertspool atlas reconcile: project %s: alert %s is open "
		    "here, and the API does not know it any more; if it is "
		    "over: alertspool end %s\n",
		    project, id, m->known->alert);
		if (!line.failed)
			cli_say(line.data, line.len);
		buf_free(&line);
		told = now;
	}
	return state_ask(run->state, project, id, now, told, error);
}

/* Is this the alert that was asked for? */
static int
check_object(const struct run *run, const struct missing *m,
    const json_t *object, struct error *error)
{
	const char *id = api_id(object, "id");
	const char *group = api_text(object, "groupId");

	if (id != NULL && strcmp(id, m->known->id) == 0 &&
	    (group == NULL || strcmp(group, run->project.id) == 0))
		return 0;
	return error_set(error, ERROR_INPUT,
	    "the API answered with another alert than %s", m->known->id);
}

static int
judge(struct run *run, const struct missing *m, json_t *object,
    struct error *error)
{
	const char *status = api_text(object, "status");
	const time_t now = time(NULL);
	enum transition transition = TRANSITION_UNKNOWN;

	if (check_object(run, m, object, error) == -1)
		return -1;
	if (status != NULL && strcmp(status, "CLOSED") == 0)
		transition = TRANSITION_CLOSE;
	else if (status != NULL && strcmp(status, "CANCELLED") == 0)
		transition = TRANSITION_CANCEL;
	if (run_is_fresh(object, now))
		return 0;
	/* It was opened, or began, while the lists were read. */
	if (transition == TRANSITION_UNKNOWN)
		return state_ask(run->state, run->project.id, m->known->id, now,
		    0, error);
	return commit_add(&run->commit, transition, object, NULL, error);
}

static int
ask_one(struct run *run, const struct missing *m, struct error *error)
{
	struct error why = ERROR_INIT;
	struct buf path = BUF_INIT;
	json_t *object;
	int rc;

	buf_addf(&path, "groups/%s/alerts/%s", run->project.id, m->known->id);
	rc = buf_check(&path, error);
	if (rc == -1)
		return -1;
	object = api_get(run->api, path.data, &why);
	buf_free(&path);
	if (object != NULL)
		rc = judge(run, m, object, error);
	else if (why.kind == ERROR_NOT_FOUND)
		rc = tell_gone(run, m, time(NULL), error);
	else
		rc = error_take(error, &why);
	json_decref(object);
	return rc;
}

int
gone_ask(struct run *run, struct error *error)
{
	size_t n;
	struct missing *list = collect(run, &n);
	int rc = 0;

	if (list == NULL)
		return error_sys(error, ERROR_IO, "project %s",
		    run->project.id);
	if (n > RECONCILE_ASKED_MOST)
		n = RECONCILE_ASKED_MOST;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = ask_one(run, &list[i], error);
	free(list);
	return run_flush(run, rc, error);
}
