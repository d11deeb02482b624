/* SPDX-License-Identifier: ISC */
/*
 * timeline: the alerts of the last days.
 *
 * Each alert is a bar in the row of its severity, below its project and cluster; bars
 * that would overlap are below each other.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/alerts/alert_cells.h"
#include "cli/output/format.h"
#include "cli/report/drawing.h"
#include "cli/report/page.h"
#include "cli/report/sections.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"
#include "lib/base/timestamp.h"

#define LANE 11	     /* pixels from one bar to the one below */
#define THICK 8	     /* of a bar */
#define ROW_LEAST 18 /* or the words beside it would overlap the next ones */
#define NARROWEST 50 /* hundredths of a per cent */

/* ---- bars ------------------------------------------------------------- */

struct bar {
	const struct alert_shown *alert;
	struct buf place;	  /* project and cluster, as HTML */
	struct buf title;	  /* all details, as HTML */
	enum severity_rank worst; /* of all bars at its place */
	time_t from, to;
	int lane; /* the row below others of its severity */
};

static void
add_place(struct buf *out, struct material *m)
{
	static const char *const clusters[] = {"alert.cluster.name",
	    "alert.stream.instance", "alert.replica_set", "alert.cluster.id",
	    NULL};
	const char *cluster = record_view_first(&m->view, clusters);

	buf_reset(&m->text);
	alert_cell_project(&m->text, &m->view);
	escape_page(out, m->text.data, m->text.len);
	if (m->text.len > 0 && cluster != NULL)
		buf_adds(out, " &middot; ");
	if (cluster != NULL)
		page_text(out, cluster);
	if (out->len == 0)
		buf_adds(out, "of no project");
	out->failed = out->failed || m->text.failed;
}

static void
add_title(struct buf *out, struct material *m, const struct alert_shown *a)
{
	const struct fold_time begin = fold_begin(&a->fold, a->names);
	char age[FORMAT_SIZE];
	time_t end = a->fold.ended.set ? a->fold.ended.at : m->now;

	buf_addf(out, "%s: ", severity_rank_word(a->fold.rank));
	buf_reset(&m->text);
	alert_cell_summary(&m->text, &m->view);
	escape_page(out, m->text.data, m->text.len);
	buf_adds(out, "\n");
	if (begin.set) {
		page_time(out, begin.at);
		format_age(age, end - begin.at);
	}
	buf_adds(out, " to ");
	if (a->fold.ended.set)
		page_time(out, a->fold.ended.at);
	else
		buf_adds(out, "now");
	buf_addf(out, ", %s%s%s", begin.set ? age : "", begin.set ? ", " : "",
	    fold_state_word(a->fold.state));
	out->failed = out->failed || m->text.failed;
}

static void
fill_bar(struct bar *b, struct material *m, const struct alert_shown *a)
{
	*b = (struct bar){.alert = a, .worst = a->fold.rank};
	(void)material_span(m, a, &b->from, &b->to);
	(void)material_read(m, &(struct alert_shown){.names = a->names});
	add_place(&b->place, m);
	add_title(&b->title, m, a);
}

static int
compare_places(const void *left, const void *right)
{
	const struct bar *a = left, *b = right;

	return strcmp(a->place.data, b->place.data);
}

/* Places by their worst alert; within one by severity, then by time. */
static int
compare_bars(const void *left, const void *right)
{
	const struct bar *a = left, *b = right;
	int order;

	if (a->worst != b->worst)
		return a->worst < b->worst ? -1 : 1;
	order = compare_places(a, b);
	if (order != 0)
		return order;
	if (a->alert->fold.rank != b->alert->fold.rank)
		return a->alert->fold.rank < b->alert->fold.rank ? -1 : 1;
	return (a->from > b->from) - (a->from < b->from);
}

static void
sort_bars(struct bar *bar, size_t n)
{
	size_t begin = 0;

	qsort(bar, n, sizeof(*bar), compare_places);
	for (size_t i = 0; i < n; i++) {
		if (compare_places(&bar[begin], &bar[i]) != 0)
			begin = i;
		if (bar[i].worst < bar[begin].worst)
			bar[begin].worst = bar[i].worst;
	}
	for (size_t i = begin = 0; i < n; i++) {
		if (compare_places(&bar[begin], &bar[i]) != 0)
			begin = i;
		bar[i].worst = bar[begin].worst;
	}
	qsort(bar, n, sizeof(*bar), compare_bars);
}

static int
width_of(const struct material *m, const struct bar *b)
{
	const int width = drawing_place(m, b->to) - drawing_place(m, b->from);

	return width < NARROWEST ? NARROWEST : width;
}

/* Put each of n bars of a place and severity, sorted by time, into the first lane where
 * it fits. Returns the number of lanes. */
static int
stack(const struct material *m, struct bar *bar, size_t n)
{
	int end[MATERIAL_BARS], lanes = 0;

	for (size_t i = 0; i < n; i++) {
		const int left = drawing_place(m, bar[i].from);
		int lane = 0;

		while (lane < lanes && end[lane] > left)
			lane++;
		lanes += lane == lanes;
		end[lane] = left + width_of(m, &bar[i]) + NARROWEST / 2;
		bar[i].lane = lane;
	}
	return lanes;
}

/* ---- acknowledgements ------------------------------------------------- */

/* Until when it is acknowledged by this record; 0: it is not. */
static time_t
acknowledged_until(struct material *m, const struct spool_entry *entry)
{
	struct error gone = ERROR_INIT;
	struct timespec t = {.tv_sec = 0};
	const char *text;

	if (record_view_read(&m->view, m->spool, entry, &gone) == -1)
		return 0;
	text = record_view_text(&m->view, "alert.acknowledged_until");
	if (text == NULL || timestamp_parse(text, strlen(text), &t) == -1)
		return 0;
	return t.tv_sec;
}

static void
add_rect(struct buf *out, const struct material *m, const struct bar *b,
    time_t from, time_t to, const char *class)
{
	const struct bar part = {.from = from, .to = to};

	buf_addf(out, "<rect%s y=\"%d\" height=\"%d\"", class,
	    b->lane * LANE + 4, THICK);
	drawing_percent(out, "x", drawing_place(m, from));
	drawing_percent(out, "width", width_of(m, &part));
	buf_addc(out, '>');
}

static bool
has_acknowledgement(const struct deliveries_of *of)
{
	struct name_view view;

	for (size_t i = 0; i < of->n; i++)
		if (name_parse(of->last[i].name, &view) &&
		    view.transition == TRANSITION_ACKNOWLEDGE)
			return true;
	return false;
}

/* Each of the last deliveries shows the state until the next one. */
static void
add_hatches(struct buf *out, struct material *m, const struct bar *b)
{
	const struct deliveries_of *of =
	    deliveries_find(&m->deliveries, b->alert->names->newest.name);
	struct name_view view;
	time_t from, to, next = b->to;

	if (of == NULL || !has_acknowledgement(of))
		return;
	for (size_t i = of->n; i > 0; i--) {
		if (!name_parse(of->last[i - 1].name, &view) || !view.has_time)
			continue;
		to = acknowledged_until(m, &of->last[i - 1]);
		to = to < next ? to : next;
		from = view.time > b->from ? view.time : b->from;
		next = view.time < next ? view.time : next;
		if (from >= to)
			continue;
		add_rect(out, m, b, from, to, " class=\"hatch\"");
		buf_adds(out, "<title>acknowledged ");
		page_time(out, from);
		buf_adds(out, " to ");
		page_time(out, to);
		buf_adds(out, "\n");
		buf_add(out, b->title.data, b->title.len);
		buf_adds(out, "</title></rect>");
	}
}

static void
add_bar(struct buf *out, struct material *m, const struct bar *b)
{
	add_rect(out, m, b, b->from, b->to, "");
	buf_adds(out, "<title>");
	buf_add(out, b->title.data, b->title.len);
	buf_adds(out, "</title></rect>");
	add_hatches(out, m, b);
}

/* ---- rows ------------------------------------------------------------- */

/* The bars of one place and severity. */
static void
add_row(struct buf *out, struct material *m, struct bar *bar, size_t n)
{
	const enum severity_rank rank = bar[0].alert->fold.rank;
	const int height = stack(m, bar, n) * LANE + 5;
	const char class[] = {'g', 'r', 'i', 'd', ' ', page_letter(rank), '\0'};

	buf_adds(out, "<div class=\"row\">");
	page_severity(out, rank);
	drawing_begin(out, height < ROW_LEAST ? ROW_LEAST : height, class);
	buf_adds(out, "aria-label=\"");
	page_count(out, n, "alert", "alerts");
	buf_adds(out, "\">");
	for (size_t i = 0; i < n; i++)
		add_bar(out, m, &bar[i]);
	buf_adds(out, "</svg></div>\n");
}

static void
add_bars(struct buf *out, struct material *m, struct bar *bar, size_t n)
{
	size_t same;

	for (size_t i = 0; i < n; i += same) {
		if (i == 0 || compare_places(&bar[i - 1], &bar[i]) != 0) {
			buf_adds(out, "<p class=\"place\">");
			buf_add(out, bar[i].place.data, bar[i].place.len);
			buf_adds(out, "</p>\n");
		}
		same = 1;
		while (i + same < n &&
		    bar[i + same].alert->fold.rank == bar[i].alert->fold.rank &&
		    compare_places(&bar[i], &bar[i + same]) == 0)
			same++;
		add_row(out, m, bar + i, same);
	}
}

static void
add_legend(struct buf *out)
{
	buf_adds(out, "<ul class=\"legend\">\n");
	for (int i = 0; i < SEVERITY_RANKS; i++)
		buf_addf(out,
		    "<li class=\"%c\"><svg height=\"8\" aria-hidden=\"true\">"
		    "<rect width=\"100%%\" height=\"8\"/></svg>%s</li>\n",
		    page_letter((enum severity_rank)i),
		    severity_rank_word((enum severity_rank)i));
	buf_adds(out,
	    "<li class=\"U\"><svg height=\"8\" aria-hidden=\"true\">"
	    "<rect width=\"100%\" height=\"8\"/>"
	    "<rect class=\"hatch\" width=\"100%\" height=\"8\"/></svg>"
	    "acknowledged</li>\n</ul>\n");
}

static void
add_left_out(struct buf *out, const struct material *m)
{
	const size_t shown =
	    m->nbars < MATERIAL_BARS ? m->nbars : MATERIAL_BARS;

	buf_adds(out, "<p class=\"sum\">");
	page_count(out, shown, "alert", "alerts");
	if (m->nbars > shown)
		buf_addf(out, ", the worst; %zu are left out",
		    m->nbars - shown);
	if (m->index.left_out > 0)
		buf_addf(out,
		    "; of those that ended, %zu earlier ones were not read",
		    m->index.left_out);
	buf_adds(out, "</p>\n");
}

static int
fill_bars(struct bar **bar, size_t n, struct material *m, struct error *error)
{
	int rc = 0;

	*bar = calloc(n + 1, sizeof(**bar));
	if (*bar == NULL) {
		error_sys(error, ERROR_IO, "%zu bars", n);
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		fill_bar(*bar + i, m, m->bar[i].alert);
	for (size_t i = 0; i < n && rc == 0; i++)
		if (buf_check(&(*bar)[i].place, error) == -1 ||
		    buf_check(&(*bar)[i].title, error) == -1)
			rc = -1;
	return rc;
}

int
section_timeline(struct buf *out, struct material *m, struct error *error)
{
	const size_t n = m->nbars < MATERIAL_BARS ? m->nbars : MATERIAL_BARS;
	struct bar *bar = NULL;
	int rc = fill_bars(&bar, n, m, error);

	if (rc == 0) {
		sort_bars(bar, n);
		buf_addf(out,
		    "<section id=\"timeline\" style=\"--d:%zu\">\n"
		    "<h2>The last %zu days</h2>\n"
		    "<svg class=\"none\" aria-hidden=\"true\"><pattern "
		    "id=\"hatch\" width=\"6\" height=\"6\" "
		    "patternUnits=\"userSpaceOnUse\"><path "
		    "d=\"M-1 7L7-1M-4 4L4-4M2 10L10 2\"/></pattern></svg>\n",
		    m->days, m->days);
		days_add(out, m);
		add_bars(out, m, bar, n);
		add_legend(out);
		add_left_out(out, m);
		buf_adds(out, "</section>\n");
	}
	for (size_t i = 0; bar != NULL && i < n; i++) {
		buf_free(&bar[i].place);
		buf_free(&bar[i].title);
	}
	free(bar);
	return rc;
}
