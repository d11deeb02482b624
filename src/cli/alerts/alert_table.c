/* SPDX-License-Identifier: ISC */
/* alert_table: a view is a list of columns, and a column has a function that fills it. */
#include "config.h"

#include "cli/alerts/alert_cells.h"
#include "cli/alerts/alert_table.h"
#include "cli/alerts/queue_marks.h"
#include "cli/output/format.h"
#include "lib/base/error.h"
#include "lib/base/timestamp.h"

/* The data of a row. */
struct row {
	const struct fold *fold;
	const struct alert_fold *names;
	const struct record_view *v;
	time_t now;
	bool people;
	const struct queue_marks *marks;
	size_t number; /* of the alert in them */
};

/* ---- cells ----------------------------------------------------------- */

static void
fill_id(struct buf *out, const struct row *r)
{
	buf_adds(out, r->v->entry.name);
}

static void
fill_alert(struct buf *out, const struct row *r)
{
	buf_add(out, r->v->name.alert, r->v->name.alert_len);
}

static void
add_text(struct buf *out, const char *text)
{
	buf_adds(out, text != NULL ? text : "");
}

static void
fill_severity(struct buf *out, const struct row *r)
{
	add_text(out, record_view_text(r->v, "alert.severity"));
}

static void
add_time(struct buf *out, struct fold_time t)
{
	char text[TIMESTAMP_SIZE];

	if (!t.set)
		return;
	timestamp_format(text, (struct timespec){.tv_sec = t.at}, 0);
	buf_adds(out, text);
}

/* "11-29 02:14", in UTC: the hour of an incident, instead of its age. */
static void
add_minute(struct buf *out, struct fold_time t)
{
	char text[TIMESTAMP_SIZE];

	if (!t.set)
		return;
	timestamp_format(text, (struct timespec){.tv_sec = t.at}, 0);
	buf_addf(out, "%.5s %.5s", text + 5, text + 11);
}

static void
add_age(struct buf *out, struct fold_time from, time_t to)
{
	char text[FORMAT_SIZE];

	if (!from.set)
		return;
	format_age(text, to - from.at);
	buf_adds(out, text);
}

static void
fill_since(struct buf *out, const struct row *r)
{
	const struct fold_time begin = fold_begin(r->fold, r->names);

	if (r->people)
		add_age(out, begin, r->now);
	else
		add_time(out, begin);
}

static void
fill_last(struct buf *out, const struct row *r)
{
	if (r->people)
		add_age(out, r->fold->last, r->now);
	else
		add_time(out, r->fold->last);
}

static void
fill_opened(struct buf *out, const struct row *r)
{
	add_minute(out, fold_begin(r->fold, r->names));
}

static void
fill_ended(struct buf *out, const struct row *r)
{
	if (r->people)
		add_minute(out, r->fold->ended);
	else
		add_time(out, r->fold->ended);
}

static void
fill_for(struct buf *out, const struct row *r)
{
	if (r->fold->ended.set)
		add_age(out, fold_begin(r->fold, r->names), r->fold->ended.at);
	else if (r->fold->state == FOLD_OPEN ||
	    r->fold->state == FOLD_ACKNOWLEDGED)
		add_age(out, fold_begin(r->fold, r->names), r->now);
}

static void
fill_state(struct buf *out, const struct row *r)
{
	buf_adds(out, fold_state_word(r->fold->state));
	if (r->people && r->fold->silent)
		buf_addc(out, '?');
}

static void
fill_told(struct buf *out, const struct row *r)
{
	buf_addi(out, (intmax_t)r->names->records);
}

static void
fill_project(struct buf *out, const struct row *r)
{
	alert_cell_project(out, r->v);
}

static void
fill_where(struct buf *out, const struct row *r)
{
	alert_cell_where(out, r->v, r->people);
}

static void
fill_summary(struct buf *out, const struct row *r)
{
	alert_cell_summary(out, r->v);
}

static void
fill_value(struct buf *out, const struct row *r)
{
	alert_cell_value(out, r->v, r->people);
}

static void
fill_queues(struct buf *out, const struct row *r)
{
	queue_marks_text(r->marks, r->number, out);
}

/* ---- views ----------------------------------------------------------- */

struct alert_column {
	struct table_column column;
	void (*fill)(struct buf *, const struct row *);
};

struct alert_view {
	bool people;
	struct alert_column
	    columns[TABLE_COLUMNS_MAX]; /* ends without a head */
};

static const struct alert_view now_view = {
    .people = true,
    .columns =
	{
	    {{"SEVERITY", 8, 2}, fill_severity},
	    {{"SINCE", 5, 3}, fill_since},
	    {{"STATE", 5, 4}, fill_state},
	    {{"TOLD", 4, 6}, fill_told},
	    {{"LAST", 4, 5}, fill_last},
	    {{"PROJECT", 8, 7}, fill_project},
	    {{"WHERE", 21, 1}, fill_where},
	    {{"VALUE", 7, 8}, fill_value},
	    {{"SUMMARY", 27, 0}, fill_summary},
	    {{"QUEUES", 6, 9}, fill_queues},
	},
};

static const struct alert_view range_view = {
    .people = true,
    .columns =
	{
	    {{"SEVERITY", 8, 2}, fill_severity},
	    {{"OPENED", 11, 3}, fill_opened},
	    {{"ENDED", 11, 4}, fill_ended},
	    {{"FOR", 3, 5}, fill_for},
	    {{"STATE", 5, 7}, fill_state},
	    {{"TOLD", 4, 6}, fill_told},
	    {{"PROJECT", 8, 8}, fill_project},
	    {{"WHERE", 21, 1}, fill_where},
	    {{"VALUE", 7, 9}, fill_value},
	    {{"SUMMARY", 16, 0}, fill_summary},
	    {{"QUEUES", 6, 10}, fill_queues},
	},
};

/* For programs; new columns go to the end. */
static const struct alert_view lines_view = {
    .columns =
	{
	    {{"ID", 0, 0}, fill_id},
	    {{"ALERT", 0, 0}, fill_alert},
	    {{"SEVERITY", 0, 0}, fill_severity},
	    {{"SINCE", 0, 0}, fill_since},
	    {{"STATE", 0, 0}, fill_state},
	    {{"TOLD", 0, 0}, fill_told},
	    {{"LAST", 0, 0}, fill_last},
	    {{"PROJECT", 0, 0}, fill_project},
	    {{"WHERE", 0, 0}, fill_where},
	    {{"VALUE", 0, 0}, fill_value},
	    {{"SUMMARY", 0, 0}, fill_summary},
	    {{"ENDED", 0, 0}, fill_ended},
	    {{"QUEUES", 0, 0}, fill_queues},
	},
};

static enum table_colour
state_colour(enum fold_state state)
{
	static const enum table_colour colours[FOLD_STATES] = {
	    [FOLD_OPEN] = TABLE_YELLOW,
	    [FOLD_ACKNOWLEDGED] = TABLE_BLUE,
	    [FOLD_CLOSED] = TABLE_GREEN,
	    [FOLD_CANCELLED] = TABLE_GREEN,
	};

	return colours[state];
}

static enum table_colour
cell_colour(const struct alert_column *c, const struct row *r)
{
	if (c->fill == fill_severity)
		return format_severity(
		    record_view_text(r->v, "alert.severity"));
	return c->fill == fill_state ? state_colour(r->fold->state)
				     : TABLE_PLAIN;
}

/* ---- the table ------------------------------------------------------- */

int
alert_table_open(struct alert_table *t, const struct table_style *style,
    bool range, bool queues, time_t now, struct error *error)
{
	*t = (struct alert_table){
	    .view = style->width == 0 ? &lines_view
		: range		      ? &range_view
				      : &now_view,
	    .now = now,
	};
	while (t->n < TABLE_COLUMNS_MAX &&
	    t->view->columns[t->n].column.head != NULL &&
	    (queues || t->view->columns[t->n].fill != fill_queues)) {
		t->columns[t->n] = t->view->columns[t->n].column;
		t->n++;
	}
	return table_open(&t->table, stdout, t->columns, t->n, style->width,
	    style->colours, error);
}

int
alert_table_add(struct alert_table *t, const struct fold *f,
    const struct alert_fold *names, const struct record_view *v,
    const struct queue_marks *marks, size_t number, struct error *error)
{
	const struct row row = {f, names, v, t->now, t->view->people, marks,
	    number};
	struct table_cell cells[TABLE_COLUMNS_MAX];

	for (size_t i = 0; i < t->n; i++) {
		const struct alert_column *c = &t->view->columns[i];

		buf_reset(&t->cell[i]);
		c->fill(&t->cell[i], &row);
		if (buf_check(&t->cell[i], error) == -1)
			return -1;
		cells[i] = (struct table_cell){
		    .text = t->cell[i].data,
		    .colour = cell_colour(c, &row),
		};
	}
	return table_add(t->table, cells, error);
}

void
alert_table_close(struct alert_table *t)
{
	table_close(t->table);
	for (size_t i = 0; i < t->n; i++)
		buf_free(&t->cell[i]);
	*t = (struct alert_table){.table = NULL};
}
