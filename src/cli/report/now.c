/* SPDX-License-Identifier: ISC */
/* now: the current problems, readable from across the room. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "cli/alerts/alert_cells.h"
#include "cli/records/web_link.h"
#include "cli/report/page.h"
#include "cli/report/sections.h"
#include "lib/base/escape.h"

#define CLEAR_WITHIN (15 * 60) /* seconds since the last reconcile */

/* ---- figures --------------------------------------------------------- */

/* A zero is shown, too, but pale. */
static void
add_figure(struct buf *out, size_t n, const char *class, const char *word)
{
	buf_addf(out, "<li class=\"%s%s\"><b>%zu</b> %s</li>\n", class,
	    n == 0 ? " z" : "", n, word);
}

static void
add_figures(struct buf *out, const struct tally *t)
{
	char class[] = "?";

	buf_adds(out, "<ul class=\"tiles\">\n");
	for (int i = 0; i < SEVERITY_RANKS; i++) {
		class[0] = page_letter((enum severity_rank)i);
		add_figure(out, t->open[i], class,
		    severity_rank_word((enum severity_rank)i));
	}
	add_figure(out, t->state[FOLD_ACKNOWLEDGED], "U", "acknowledged");
	buf_adds(out, "</ul>\n");
}

/* If nothing is open, the page has a sentence: an empty page would look the same. Only a recent
 * reconcile shows that no delivery was lost. */
static void
add_calm(struct buf *out, const struct material *m)
{
	bool sure =
	    m->reconciled.set && m->now - m->reconciled.at <= CLEAR_WITHIN;

	if (m->tally.state[FOLD_OPEN] == 0)
		buf_addf(out, "<p class=\"calm\">%s</p>\n",
		    sure ? "all clear" : "nothing open that we know of");
}

static void
add_sum(struct buf *out, const struct material *m)
{
	const struct tally *t = &m->tally;

	buf_addf(out,
	    "<p class=\"sum\">%zu open, %zu acknowledged; last delivery ",
	    t->state[FOLD_OPEN], t->state[FOLD_ACKNOWLEDGED]);
	if (t->heard.set) {
		page_age(out, t->heard, m->now);
		buf_adds(out, " ago, at ");
		page_time(out, t->heard.at);
	} else {
		buf_adds(out, "never");
	}
	if (m->reconciled.set) {
		buf_adds(out, "; last reconcile ");
		page_age(out, m->reconciled, m->now);
		buf_adds(out, " ago");
	}
	buf_adds(out, "</p>\n");
}

/* ---- a row ----------------------------------------------------------- */

/* Several pieces of text, with a dot between those that are not empty. */
static void
add_piece(struct buf *out, struct buf *text, bool *first)
{
	if (text->len > 0) {
		buf_adds(out, *first ? "" : " &middot; ");
		escape_page(out, text->data, text->len);
		*first = false;
	}
	out->failed = out->failed || text->failed;
	buf_reset(text);
}

static void
add_where(struct buf *out, struct material *m)
{
	struct buf *text = &m->text;
	bool first = true;

	buf_reset(text);
	alert_cell_project(text, &m->view);
	add_piece(out, text, &first);
	alert_cell_where(text, &m->view, true);
	add_piece(out, text, &first);
	alert_cell_value(text, &m->view, true);
	add_piece(out, text, &first);
	if (first)
		buf_addc(out, '-');
}

static void
add_field(struct buf *out, const struct record_view *v, const char *word,
    const char *path)
{
	const char *text = record_view_text(v, path);

	if (text == NULL || text[0] == '\0')
		return;
	buf_adds(out, word);
	page_text(out, text);
}

static void
add_acknowledgement(struct buf *out, const struct record_view *v)
{
	buf_adds(out, "<p>acknowledged");
	add_field(out, v, " by ", "alert.acknowledged_by");
	add_field(out, v, " until ", "alert.acknowledged_until");
	add_field(out, v, ": ", "alert.acknowledgement_comment");
	buf_adds(out, "</p>");
}

static void
add_link(struct buf *out, struct material *m)
{
	web_link(&m->text, &m->view);
	if (m->text.len > 0) {
		buf_adds(out, " <a rel=\"noreferrer\" href=\"");
		escape_page(out, m->text.data, m->text.len);
		buf_adds(out, "\">the project's alerts</a>");
	}
	out->failed = out->failed || m->text.failed;
}

/* "2026-11-29 02:14:05Z update done 1a2b3c4d": time, event, state, and the digits for
 * "alertspool show". */
static void
add_delivery(struct buf *out, const struct spool_entry *entry)
{
	struct name_view view;

	if (!name_parse(entry->name, &view))
		return;
	if (view.has_time)
		page_time(out, view.time);
	else
		buf_addc(out, '-');
	buf_addf(out, " %s %s %.8s\n", transition_word(view.transition),
	    spool_state_word(entry->state), view.digest);
}

static void
add_deliveries(struct buf *out, struct material *m, const struct alert_shown *a)
{
	const struct deliveries_of *of =
	    deliveries_find(&m->deliveries, a->names->newest.name);
	char alert[NAME_ALERT_MAX + 1];
	struct name_view view;
	size_t n = of != NULL ? of->n : 0;

	if (!name_parse(a->names->newest.name, &view))
		return;
	memcpy(alert, view.alert, view.alert_len);
	alert[view.alert_len] = '\0';
	buf_adds(out, "<details><summary>");
	page_count(out, a->names->records, "delivery", "deliveries");
	buf_adds(out, "</summary>");
	if (a->fold.state == FOLD_ACKNOWLEDGED)
		add_acknowledgement(out, &m->view);
	buf_adds(out, "<p>");
	page_command(out, m->config, (const char *[]){"alerts", alert, NULL},
	    1);
	add_link(out, m);
	buf_adds(out, "</p><pre>");
	while (n > 0)
		add_delivery(out, &of->last[--n]);
	if (of != NULL && of->n == DELIVERIES_LAST &&
	    a->names->records > DELIVERIES_LAST)
		buf_addf(out, "and %zu before",
		    a->names->records - DELIVERIES_LAST);
	buf_adds(out, "</pre></details>");
}

static void
add_row(struct buf *out, struct material *m, const struct alert_shown *a)
{
	(void)material_read(m, &(struct alert_shown){.names = a->names});
	buf_addf(out, "<tr class=\"%c%s\"><td>", page_letter(a->fold.rank),
	    a->fold.state == FOLD_ACKNOWLEDGED ? " known" : "");
	page_severity(out, a->fold.rank);
	if (a->fold.state != FOLD_OPEN || a->fold.silent)
		buf_addf(out, "<div>%s%s</div>", fold_state_word(a->fold.state),
		    a->fold.silent ? "?" : "");
	buf_adds(out, "</td><th scope=\"row\">");
	buf_reset(&m->text);
	alert_cell_summary(&m->text, &m->view);
	if (m->text.len > 0)
		escape_page(out, m->text.data, m->text.len);
	else
		buf_adds(out, "an alert without details");
	buf_adds(out, "</th><td>");
	add_where(out, m);
	add_deliveries(out, m, a);
	buf_adds(out, "</td><td>");
	page_age(out, fold_begin(&a->fold, a->names), m->now);
	buf_adds(out, "</td><td>");
	page_age(out, a->fold.last, m->now);
	buf_adds(out, "</td></tr>\n");
}

/* ---- the section ----------------------------------------------------- */

static void
add_rows(struct buf *out, struct material *m)
{
	buf_adds(out,
	    "<table class=\"now\">\n<thead><tr><th scope=\"col\">Severity</th>"
	    "<th scope=\"col\">Alert</th><th scope=\"col\">Where</th>"
	    "<th scope=\"col\">Since</th><th scope=\"col\">Last</th></tr>"
	    "</thead>\n<tbody>\n");
	for (size_t i = 0; i < m->nopen && i < MATERIAL_ROWS; i++)
		add_row(out, m, &m->open[i]);
	buf_adds(out, "</tbody>\n</table>\n");
	if (m->nopen > MATERIAL_ROWS) {
		buf_addf(out, "<p>%zu more are not shown here: ",
		    m->nopen - MATERIAL_ROWS);
		page_command(out, m->config, (const char *[]){"alerts", NULL},
		    1);
		buf_adds(out, "</p>\n");
	}
}

void
section_now(struct buf *out, struct material *m)
{
	buf_adds(out, "<section id=\"now\">\n<h2>Now</h2>\n");
	add_calm(out, m);
	add_figures(out, &m->tally);
	add_sum(out, m);
	if (m->nopen > 0)
		add_rows(out, m);
	buf_adds(out, "</section>\n");
}
