/* SPDX-License-Identifier: ISC */
/* life: finds an alert's records by their names, and their results by their histories. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/alerts/life.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"
#include "lib/base/timestamp.h"

/* ---- which alert ----------------------------------------------------- */

struct search {
	const char *wanted;
	size_t len;
	char found[NAME_ALERT_MAX + 1]; /* "" until one is found */
	char other[NAME_ALERT_MAX + 1]; /* a second one: ambiguous */
};

static void
copy_alert(char out[static NAME_ALERT_MAX + 1], const struct name_view *view)
{
	memcpy(out, view->alert, view->alert_len);
	out[view->alert_len] = '\0';
}

/* Goes on after two were found: an exact match may follow. */
static int
match(void *context, const char *name, enum spool_state state)
{
	const size_t at = TIMESTAMP_COMPACT_SIZE; /* of ALERT, after the dot */
	struct search *s = context;
	struct name_view view;
	char alert[NAME_ALERT_MAX + 1];

	(void)state;
	if (strlen(name) <= at || strncmp(name + at, s->wanted, s->len) != 0 ||
	    !name_parse(name, &view) || s->len > view.alert_len ||
	    !name_has_alert(&view))
		return 0;
	copy_alert(alert, &view);
	if (view.alert_len == s->len) {
		memcpy(s->found, alert, sizeof(alert));
		s->other[0] = '\0';
		return 1;
	}
	if (s->found[0] == '\0')
		memcpy(s->found, alert, sizeof(alert));
	else if (strcmp(s->found, alert) != 0)
		memcpy(s->other, alert, sizeof(alert));
	return 0;
}

/* No alert begins so: the operand may be a record's ID. */
static int
resolve_record(const struct spool *spool, const char *text,
    char alert[static NAME_ALERT_MAX + 1], struct error *error)
{
	enum spool_state state;
	char name[NAME_SIZE];
	struct name_view view;

	if (spool_resolve(spool, text, name, &state, error) == -1) {
		error_prefix(error,
		    "no alert's id begins with this; as a record's: ");
		return -1;
	}
	if (!name_parse(name, &view) || !name_has_alert(&view) ||
	    state == SPOOL_BAD)
		return error_set(error, ERROR_NOT_FOUND,
		    "%s has no alert id, so it belongs to no alert", name);
	copy_alert(alert, &view);
	return 0;
}

int
life_resolve(const struct spool *spool, const char *text,
    char alert[static NAME_ALERT_MAX + 1], struct error *error)
{
	struct search s = {.wanted = text, .len = strlen(text)};

	if (s.len > 0 &&
	    spool_walk(spool, ALERT_INDEX_SPOOL_STATES, match, &s, error) == -1)
		return -1;
	if (s.found[0] == '\0')
		return resolve_record(spool, text, alert, error);
	if (s.other[0] != '\0')
		return error_set(error, ERROR_INPUT,
		    "%s is ambiguous: it may be %s or %s", text, s.found,
		    s.other);
	memcpy(alert, s.found, sizeof(s.found));
	return 0;
}

/* ---- its records ----------------------------------------------------- */

struct reading {
	struct life *life;
	const char *alert;
	struct error *error;
};

static int
add_entry(void *context, const char *name, enum spool_state state)
{
	const struct reading *r = context;
	struct life *l = r->life;
	struct name_view view;

	if (!name_parse(name, &view) || view.alert_len != strlen(r->alert) ||
	    memcmp(view.alert, r->alert, view.alert_len) != 0)
		return 0;
	if (l->n == l->size) {
		const size_t size = l->size == 0 ? 64 : l->size * 2;
		struct spool_entry *more =
		    reallocarray(l->entry, size, sizeof(*more));

		if (more == NULL)
			return error_sys(r->error, ERROR_IO, "%zu records",
			    size);
		l->entry = more;
		l->size = size;
	}
	l->entry[l->n].state = state;
	name_copy(l->entry[l->n++].name, name);
	return 0;
}

static int
compare_entries(const void *a, const void *b)
{
	const struct spool_entry *left = a, *right = b;
	int order = name_compare(left->name, right->name);

	return order != 0 ? order : (int)left->state - (int)right->state;
}

/* A record that was moved while names were read was found twice. */
static void
drop_doubles(struct life *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (n > 0 &&
		    strcmp(l->entry[n - 1].name, l->entry[i].name) == 0)
			l->entry[n - 1] = l->entry[i];
		else
			l->entry[n++] = l->entry[i];
	l->n = n;
}

int
life_read(struct life *l, const struct spool *spool, const char *alert,
    struct error *error)
{
	struct reading r = {l, alert, error};

	*l = (struct life)LIFE_INIT;
	if (spool_walk(spool, ALERT_INDEX_SPOOL_STATES, add_entry, &r, error) ==
	    -1)
		return -1;
	if (l->n == 0)
		return error_set(error, ERROR_NOT_FOUND, "no alert %s", alert);
	qsort(l->entry, l->n, sizeof(*l->entry), compare_entries);
	drop_doubles(l);
	return 0;
}

void
life_free(struct life *l)
{
	free(l->entry);
	*l = (struct life)LIFE_INIT;
}

static int
add_all(const struct life *l, struct alert_index *index, struct error *error)
{
	for (size_t i = 0; i < l->n; i++)
		if (alert_index_add(index, l->entry[i].name, l->entry[i].state,
			error) == -1)
			return -1;
	return 0;
}

int
life_fold(const struct life *l, struct alert_index *index, struct error *error)
{
	const struct alert_index_wish wish = {.states = ALERT_INDEX_ANY};

	int rc;

	if (alert_index_begin(index, &wish, error) == -1 ||
	    add_all(l, index, error) == -1)
		return -1;
	rc = alert_index_turn(index, error);
	return rc == 1 ? add_all(l, index, error) : rc;
}

/* ---- what became of them --------------------------------------------- */

static void
set_text(struct buf *out, const json_t *line, const char *key)
{
	const char *text = json_string_value(json_object_get(line, key));

	buf_reset(out);
	buf_adds(out, text != NULL ? text : "");
}

/* A damaged line is skipped. */
static void
read_line(struct life_result *r, const char *line, size_t n)
{
	json_t *object = json_loadb(line, n, 0, NULL);

	if (json_is_string(json_object_get(object, "what"))) {
		set_text(&r->what, object, "what");
		set_text(&r->why, object, "why");
		set_text(&r->when, object, "time");
	}
	json_decref(object);
}

static int
read_history(struct life_result *r, const struct spool *spool, const char *name,
    struct error *error)
{
	struct buf lines = BUF_INIT;
	const char *end, *p;
	int rc = spool_history(spool, name, &lines, error);
	size_t n;

	for (p = lines.data; rc == 0 && p < lines.data + lines.len; p += n) {
		end = memchr(p, '\n', (size_t)(lines.data + lines.len - p));
		n = end != NULL ? (size_t)(end - p) + 1
				: (size_t)(lines.data + lines.len - p);
		read_line(r, p, n);
	}
	buf_free(&lines);
	return rc == -1 ? -1 : 0;
}

int
life_result(struct life_result *r, const struct spool *spool,
    const struct record_view *v, struct error *error)
{
	struct spool_tally tally;
	char when[TIMESTAMP_SIZE];

	buf_reset(&r->what);
	buf_reset(&r->why);
	buf_reset(&r->when);
	if (v->st.st_mtime > 0) {
		timestamp_format(when,
		    (struct timespec){.tv_sec = v->st.st_mtime}, 0);
		buf_adds(&r->when, when);
	}
	if (spool_tally(spool, v->entry.name, &tally, error) == -1 ||
	    read_history(r, spool, v->entry.name, error) == -1)
		return -1;
	r->tries = tally.attempts;
	return buf_check(&r->what, error) == -1 ||
		buf_check(&r->why, error) == -1
	    ? -1
	    : buf_check(&r->when, error);
}

void
life_result_free(struct life_result *r)
{
	buf_free(&r->what);
	buf_free(&r->why);
	buf_free(&r->when);
}
