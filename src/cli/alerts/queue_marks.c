/* SPDX-License-Identifier: ISC */
/* queue_marks: one pass over the names in each queue, a byte for each alert and queue. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/alerts/queue_marks.h"
#include "lib/base/error.h"
#include "lib/json/write.h"

struct look {
	struct queue_marks *marks;
	size_t queue;
};

int
queue_marks_open(struct queue_marks *m, const struct spool *spool,
    const char *path, const struct queues *queues, struct error *error)
{
	return queue_list_open(&m->list, spool, path, queues, SPOOL_READ,
	    error);
}

int
queue_marks_ask(struct queue_marks *m, const char *name, size_t number,
    struct error *error)
{
	if (m->list.n == 0 || alert_set_add(&m->alerts, name, number) == 0)
		return 0;
	return error_sys(error, ERROR_IO, "%s", name);
}

static unsigned char *
place(const struct queue_marks *m, size_t number, size_t queue)
{
	return &m->states[number * m->list.n + queue];
}

static int
visit(void *context, const char *name, enum spool_state state)
{
	const struct look *look = context;
	const struct alert_set_entry *entry;
	struct name_view view;

	if (!name_parse(name, &view))
		return 0;
	entry = alert_set_find(&look->marks->alerts, &view);
	if (entry != NULL)
		*place(look->marks, entry->number, look->queue) |=
		    (unsigned char)SPOOL_IN(state);
	return 0;
}

int
queue_marks_read(struct queue_marks *m, size_t n, struct error *error)
{
	struct look look = {.marks = m};

	if (m->list.n == 0 || n == 0)
		return 0;
	m->states = calloc(n, m->list.n);
	if (m->states == NULL)
		return error_sys(error, ERROR_IO, "%zu alerts", n);
	for (; look.queue < m->list.n; look.queue++) {
		const struct spool *queue = m->list.entry[look.queue].spool;

		if (queue != NULL &&
		    spool_walk(queue, SPOOL_ANYWHERE & ~SPOOL_IN(SPOOL_BAD),
			visit, &look, error) == -1)
			return -1;
	}
	return 0;
}

const char *
queue_marks_word(const struct queue_marks *m, size_t number, size_t queue)
{
	static const struct {
		enum spool_state state;
		const char *word;
	} worst_first[] = {
	    {SPOOL_DEAD, "dead"},
	    {SPOOL_NEW, "waiting"},
	    {SPOOL_CUR, "running"},
	    {SPOOL_DONE, "done"},
	};

	if (m->states == NULL)
		return NULL;
	for (size_t i = 0; i < sizeof(worst_first) / sizeof(*worst_first); i++)
		if (*place(m, number, queue) & SPOOL_IN(worst_first[i].state))
			return worst_first[i].word;
	return NULL;
}

void
queue_marks_text(const struct queue_marks *m, size_t number, struct buf *out)
{
	const char *between = "";

	for (size_t i = 0; i < m->list.n; i++) {
		const char *word = queue_marks_word(m, number, i);

		if (word == NULL)
			continue;
		buf_addf(out, "%s%s%s", between, m->list.entry[i].name,
		    strcmp(word, "done") == 0	    ? "✓"
			: strcmp(word, "dead") == 0 ? "✗"
						    : "…");
		between = " ";
	}
}

void
queue_marks_json(const struct queue_marks *m, size_t number, struct buf *out)
{
	buf_addc(out, '{');
	for (size_t i = 0; i < m->list.n; i++) {
		const char *word = queue_marks_word(m, number, i);

		if (word == NULL)
			continue;
		json_write_key(out, m->list.entry[i].name);
		json_write_text(out, word);
	}
	buf_addc(out, '}');
}

void
queue_marks_free(struct queue_marks *m)
{
	queue_list_close(&m->list);
	alert_set_free(&m->alerts);
	free(m->states);
	*m = (struct queue_marks)QUEUE_MARKS_INIT;
}
