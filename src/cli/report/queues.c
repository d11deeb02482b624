/* SPDX-License-Identifier: ISC */
/* queues: a row for each place where records wait, in the words of alertspool(1). */
#include "config.h"

#include <inttypes.h>
#include <stdbool.h>

#include "cli/report/page.h"
#include "cli/report/sections.h"

enum column { WAITING, RUNNING, DONE, DEAD, BAD, WAIT, SUCCESS, COLUMNS };

static const struct {
	const char *head;
	bool of_these_days; /* as the head says then */
} columns[COLUMNS] = {
    [WAITING] = {"Waiting", false},
    [RUNNING] = {"Running", false},
    [DONE] = {"Done", true},
    [DEAD] = {"Dead", true},
    [BAD] = {"Bad", false},
    [WAIT] = {"Longest wait", false},
    [SUCCESS] = {"Last success", false},
};

/* A row. */
struct row {
	uint64_t waiting, running, bad;
	const struct depth *wait;
	const struct deliveries_results *results;
	const struct spool *spool; /* NULL: there is none yet */
};

static void
add_column(struct buf *out, const struct material *m, enum column c)
{
	buf_adds(out, columns[c].head);
	if (!columns[c].of_these_days)
		return;
	buf_adds(out, ", ");
	page_count(out, m->days, "day", "days");
}

static void
add_head(struct buf *out, const struct material *m)
{
	buf_adds(out, "<thead><tr><th scope=\"col\">Queue</th>");
	for (int i = 0; i < COLUMNS; i++) {
		buf_adds(out, "<th scope=\"col\" class=\"num\">");
		add_column(out, m, (enum column)i);
		buf_adds(out, "</th>");
	}
	buf_adds(out, "</tr></thead>\n");
}

/* On a phone the column heads are in the cells. */
static void
begin_cell(struct buf *out, const struct material *m, enum column c)
{
	buf_adds(out, "<td class=\"num\" data-head=\"");
	add_column(out, m, c);
	buf_adds(out, "\">");
}

static void
add_number(struct buf *out, const struct material *m, enum column c, uint64_t n)
{
	begin_cell(out, m, c);
	buf_addf(out, "%" PRIu64 "</td>", n);
}

static void
add_ago(struct buf *out, const struct material *m, enum column c,
    struct fold_time t)
{
	begin_cell(out, m, c);
	page_age(out, t, m->now);
	if (t.set && c == SUCCESS)
		buf_adds(out, " ago");
	buf_adds(out, "</td>");
}

static void
add_cells(struct buf *out, const struct material *m, const struct row *row)
{
	struct fold_time success = {.set = false};

	if (row->spool != NULL)
		success.set =
		    deliveries_last_done(row->results, row->spool, &success.at);
	add_number(out, m, WAITING, row->waiting);
	add_number(out, m, RUNNING, row->running);
	add_number(out, m, DONE, row->results->done);
	add_number(out, m, DEAD, row->results->dead);
	add_number(out, m, BAD, row->bad);
	add_ago(out, m, WAIT,
	    (struct fold_time){row->wait->has_oldest,
		row->wait->oldest.tv_sec});
	add_ago(out, m, SUCCESS, success);
	buf_adds(out, "</tr>\n");
}

/* The spool itself, which is a queue, too. */
static void
add_spool(struct buf *out, const struct material *m)
{
	const uint64_t *state = m->deliveries.state;

	buf_adds(out, "<tr><th scope=\"row\">the spool</th>");
	add_cells(out, m,
	    &(struct row){state[SPOOL_NEW], state[SPOOL_CUR], state[SPOOL_BAD],
		&m->depth[SPOOL_NEW], &m->deliveries.results, m->spool});
}

/* A queue; the reason for its rest is under its name. */
static void
add_queue(struct buf *out, const struct material *m, size_t number)
{
	const struct queue_state *q = &m->queue_state[number];

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
	add_cells(out, m,
	    &(struct row){q->depth[SPOOL_NEW].records,
		q->depth[SPOOL_CUR].records, q->depth[SPOOL_BAD].records,
		&q->depth[SPOOL_NEW], &m->queue_results[number],
		m->queue.entry[number].spool});
}

void
section_queues(struct buf *out, const struct material *m)
{
	buf_adds(out,
	    "<section id=\"queues\">\n<h2>Queues</h2>\n"
	    "<table class=\"queues\">\n");
	add_head(out, m);
	buf_adds(out, "<tbody>\n");
	add_spool(out, m);
	for (size_t i = 0; i < m->queue.n; i++)
		add_queue(out, m, i);
	buf_adds(out, "</tbody>\n</table>\n</section>\n");
}
