/* SPDX-License-Identifier: ISC */
/* known: the fold of "alertspool alerts", small enough for ten thousand alerts. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/alerts/fold.h"
#include "cli/atlas/known.h"
#include "cli/records/record_view.h"
#include "lib/base/error.h"
#include "lib/base/timestamp.h"
#include "lib/spool/alert_index.h"

time_t
known_until(const struct record_view *v)
{
	const char *text = record_view_text(v, "alert.acknowledged_until");
	struct timespec t;

	if (text == NULL || timestamp_parse(text, strlen(text), &t) == -1)
		return 0;
	return t.tv_sec;
}

/* Copy an id; any other text becomes "". */
static void
copy_id(char out[static ATLAS_ID_DIGITS + 1], const char *text)
{
	if (text != NULL && atlas_is_id(text, strlen(text)))
		memcpy(out, text, ATLAS_ID_DIGITS + 1);
}

static void
fill(struct known_alert *a, const struct record_view *v, bool read)
{
	const char *source = record_view_text(v, "source");

	*a = (struct known_alert){
	    .read = read,
	    .until = known_until(v),
	    .last = v->name.has_time ? v->name.time : 0,
	};
	memcpy(a->alert, v->name.alert, v->name.alert_len);
	copy_id(a->id, record_view_text(v, "alert.id"));
	copy_id(a->project, record_view_text(v, "alert.project.id"));
	snprintf(a->source, sizeof(a->source), "%s",
	    source != NULL ? source : "");
	name_copy(a->newest, v->entry.name);
}

static int
compare(const void *a, const void *b)
{
	const struct known_alert *left = a, *right = b;

	return strcmp(left->alert, right->alert);
}

/* A damaged record is known only by its name. If a record cannot be read, the run would
 * be incomplete, so that is an error. */
static int
add(struct known *k, const struct alert_fold *names, struct record_view *view,
    const struct spool *spool, struct error *error)
{
	struct error unread = ERROR_INIT;
	struct fold f;
	int rc = fold_read(&f, names, view, spool, time(NULL), &unread);

	if (rc == -1 && unread.kind != ERROR_INPUT)
		return error_take(error, &unread);
	if (f.state == FOLD_OPEN || f.state == FOLD_ACKNOWLEDGED)
		fill(&k->alert[k->n++], view, rc == 1);
	return 0;
}

static int
add_all(struct known *k, const struct alert_index *index,
    const struct spool *spool, struct error *error)
{
	struct record_view view = RECORD_VIEW_INIT;
	int rc = 0;

	k->alert = calloc(index->n + 1, sizeof(*k->alert));
	if (k->alert == NULL)
		return error_sys(error, ERROR_IO, "%zu alerts", index->n);
	for (size_t i = 0; rc == 0 && i < index->n; i++)
		if (index->fold[i].records > 0)
			rc = add(k, &index->fold[i], &view, spool, error);
	qsort(k->alert, k->n, sizeof(*k->alert), compare);
	record_view_free(&view);
	return rc;
}

int
known_read(struct known *k, const struct spool *spool, struct error *error)
{
	const struct alert_index_wish wish = {
	    .states = ALERT_INDEX_IN(ALERT_INDEX_OPEN)};
	struct alert_index index = ALERT_INDEX_INIT;
	int rc = alert_index_read(&index, spool, &wish, error);

	*k = (struct known)KNOWN_INIT;
	if (rc == 0)
		rc = add_all(k, &index, spool, error);
	alert_index_free(&index);
	return rc;
}

struct known_alert *
known_find(const struct known *k, const char *alert)
{
	struct known_alert key = {.read = false};

	if (k->n == 0 || strlen(alert) >= sizeof(key.alert))
		return NULL;
	memcpy(key.alert, alert, strlen(alert) + 1);
	return bsearch(&key, k->alert, k->n, sizeof(*k->alert), compare);
}

void
known_free(struct known *k)
{
	free(k->alert);
	*k = (struct known)KNOWN_INIT;
}
