/* SPDX-License-Identifier: ISC */
/* queues: a row for each place where records wait, in the words of alertspool(1). */
#include "config.h"

#include <inttypes.h>

#include "cli/report/page.h"
#include "cli/report/sections.h"

static const struct {
	const char *head;
	enum spool_state state;
} columns[] = {
    {"Waiting", SPOOL_NEW},
    {"Running", SPOOL_CUR},
    {"Done", SPOOL_DONE},
    {"Dead", SPOOL_DEAD},
    {"Bad", SPOOL_BAD},
};

#define COLUMNS (sizeof(columns) / sizeof(*columns))
#define WAIT "Longest wait"

static void
add_head(struct buf *out)
{
	buf_adds(out, "<thead><tr><th scope=\"col\">Queue</th>");
	for (size_t i = 0; i < COLUMNS; i++)
		buf_addf(out, "<th scope=\"col\" class=\"num\">%s</th>",
		    columns[i].head);
	buf_adds(out,
	    "<th scope=\"col\" class=\"num\">" WAIT "</th></tr></thead>\n");
}

/* On a phone the column heads are in the cells. */
static void
begin_cell(struct buf *out, const char *head)
{
	buf_addf(out, "<td class=\"num\" data-head=\"%s\">", head);
}

/* The spool itself, which is a queue, too. */
static void
add_spool(struct buf *out, const struct material *m)
{
	const struct depth *d = &m->depth[SPOOL_NEW];

	buf_adds(out, "<tr><th scope=\"row\">the spool</th>");
	for (size_t i = 0; i < COLUMNS; i++) {
		begin_cell(out, columns[i].head);
		buf_addf(out, "%" PRIu64 "</td>",
		    m->deliveries.state[columns[i].state]);
	}
	begin_cell(out, WAIT);
	page_age(out, (struct fold_time){d->has_oldest, d->oldest.tv_sec},
	    m->now);
	buf_adds(out, "</td></tr>\n");
}

/* A queue; the reason for its rest is under its name. */
static void
add_queue(struct buf *out, const struct material *m,
    const struct queue_state *q)
{
	const struct depth *d = &q->depth[SPOOL_NEW];

	buf_adds(out, "<tr><th scope=\"row\">");
	page_text(out, q->name);
	if (q->rests) {
		buf_adds(out, "<p>rests since ");
		page_age(out, (struct fold_time){true, q->rest.since.tv_sec},
		    m->now);
		buf_adds(out, ": ");
		page_text(out, q->rest.why);
		buf_adds(out, "</p>");
	}
	buf_adds(out, "</th>");
	for (size_t i = 0; i < COLUMNS; i++) {
		begin_cell(out, columns[i].head);
		buf_addf(out, "%" PRIu64 "</td>",
		    q->depth[columns[i].state].records);
	}
	begin_cell(out, WAIT);
	page_age(out, (struct fold_time){d->has_oldest, d->oldest.tv_sec},
	    m->now);
	buf_adds(out, "</td></tr>\n");
}

void
section_queues(struct buf *out, const struct material *m)
{
	buf_adds(out,
	    "<section id=\"queues\">\n<h2>Queues</h2>\n"
	    "<table class=\"queues\">\n");
	add_head(out);
	buf_adds(out, "<tbody>\n");
	add_spool(out, m);
	for (size_t i = 0; i < m->queue.n; i++)
		add_queue(out, m, &m->queue_state[i]);
	buf_adds(out, "</tbody>\n</table>\n</section>\n");
}
