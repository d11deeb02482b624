/* SPDX-License-Identifier: ISC */
/* queue_results: reads the histories of one record's copies. */
#include "config.h"

#include <string.h>

#include "cli/alerts/queue_results.h"
#include "lib/base/error.h"
#include "lib/json/write.h"

/* The copy in one queue: 1 and its state and result, 0 if there is none, or -1. */
static int
read_copy(struct life_result *result, enum spool_state *state,
    const struct queue_entry *queue, const char *name, struct error *error)
{
	struct record_view copy = RECORD_VIEW_INIT;
	int rc = 0;

	if (queue->spool != NULL)
		rc = spool_find(queue->spool, name, state, error);
	if (rc != 1)
		return rc;
	name_copy(copy.entry.name, name);
	copy.entry.state = *state;
	rc = spool_stat(queue->spool, *state, name, &copy.st, error);
	if (rc == 1 && life_result(result, queue->spool, &copy, error) == -1)
		rc = -1;
	record_view_free(&copy);
	return rc;
}

static void
spell(struct buf *line, const char *queue, enum spool_state state,
    const struct life_result *r)
{
	buf_addf(line, "%s: %s", queue, spool_state_word(state));
	if (r->tries > 0)
		buf_addf(line, ", %u %s", r->tries,
		    r->tries == 1 ? "try" : "tries");
	if (r->what.len > 0)
		buf_addf(line, ", %s", r->what.data);
	if (r->when.len > 0)
		buf_addf(line, " %s", r->when.data);
	if (r->why.len > 0)
		buf_addf(line, ": %s", r->why.data);
}

int
queue_results_each(const struct queue_list *list, const char *name,
    queue_results_line *add_line, void *context, struct error *error)
{
	struct life_result result = LIFE_RESULT_INIT;
	struct buf line = BUF_INIT;
	enum spool_state state;
	int rc = 0;

	for (size_t i = 0; i < list->n && rc != -1; i++) {
		rc = read_copy(&result, &state, &list->entry[i], name, error);
		if (rc != 1)
			continue;
		buf_reset(&line);
		spell(&line, list->entry[i].name, state, &result);
		rc = buf_check(&line, error);
		if (rc == 0)
			rc = add_line(context, &line, error);
	}
	buf_free(&line);
	life_result_free(&result);
	return rc == -1 ? -1 : 0;
}

static void
add_member(struct buf *out, const char *key, const struct buf *text)
{
	json_write_key(out, key);
	json_write_text(out, text->len > 0 ? text->data : NULL);
}

int
queue_results_json(struct buf *out, const struct queue_list *list,
    const char *name, struct error *error)
{
	struct life_result result = LIFE_RESULT_INIT;
	enum spool_state state;
	int rc = 0;

	buf_addc(out, '{');
	for (size_t i = 0; i < list->n && rc != -1; i++) {
		rc = read_copy(&result, &state, &list->entry[i], name, error);
		if (rc != 1)
			continue;
		json_write_key(out, list->entry[i].name);
		buf_addc(out, '{');
		json_write_key(out, "state");
		json_write_text(out, spool_state_word(state));
		json_write_key(out, "tries");
		buf_addi(out, result.tries);
		add_member(out, "result", &result.what);
		add_member(out, "when", &result.when);
		add_member(out, "reason", &result.why);
		buf_addc(out, '}');
	}
	buf_addc(out, '}');
	life_result_free(&result);
	return rc == -1 ? -1 : 0;
}
