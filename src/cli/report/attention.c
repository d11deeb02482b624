/* SPDX-License-Identifier: ISC */
/*
 * attention: problems that need a person. An item has what it is, why it matters, and the
 * first command to type.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/alerts/alert_cells.h"
#include "cli/report/page.h"
#include "cli/report/sections.h"
#include "lib/base/escape.h"
#include "lib/settings/settings.h"
#include "lib/spool/heard.h"

#define SILENT_AFTER (7 * 24 * 60 * 60) /* seconds, of a source */
#define REPEATS_SHOWN 5

/* The text, and the number of items. */
struct list {
	struct buf items;
	struct material *m;
	size_t n;
};

/* Begin an item; its first words are bold. */
static struct buf *
begin_item(struct list *l)
{
	l->n++;
	buf_adds(&l->items, "<li><strong>");
	return &l->items;
}

/* End it with why it matters, and the command; words as for page_command(). */
static void
end_item(struct list *l, const char *why, const char *const *words,
    size_t outside)
{
	buf_addf(&l->items, "%s<p>", why);
	page_command(&l->items, l->m->config, words, outside);
	buf_adds(&l->items, "</p></li>\n");
}

/* ---- records ---------------------------------------------------------- */

/* ", the oldest 3d old" */
static void
add_oldest(struct buf *out, const struct material *m, const struct depth *d)
{
	if (!d->has_oldest)
		return;
	buf_adds(out, ", the oldest ");
	page_age(out, (struct fold_time){true, d->oldest.tv_sec}, m->now);
	buf_adds(out, " old");
}

static void
add_dead(struct list *l)
{
	struct buf *out;

	if (l->m->tally.dead == 0)
		return;
	out = begin_item(l);
	page_count(out, l->m->tally.dead, "dead letter", "dead letters");
	buf_adds(out, "</strong>");
	add_oldest(out, l->m, &l->m->depth[SPOOL_DEAD]);
	end_item(l,
	    ". Nobody was notified of these, and they are not tried again. See "
	    "why, fix that, then requeue them.",
	    (const char *[]){"list", "--state", "dead", NULL}, SIZE_MAX);
}

/* A queue: its dead letters, and its rest. */
static void
add_queue(struct list *l, const struct queue_state *q)
{
	struct buf *out;

	if (q->depth[SPOOL_DEAD].records > 0) {
		out = begin_item(l);
		buf_adds(out, "Queue ");
		page_text(out, q->name);
		buf_adds(out, ": ");
		page_count(out, q->depth[SPOOL_DEAD].records, "dead letter",
		    "dead letters");
		buf_adds(out, "</strong>");
		end_item(l,
		    ". This destination did not get these, and they are not "
		    "tried again.",
		    (const char *[]){"list", "-q", q->name, "--state", "dead",
			NULL},
		    SIZE_MAX);
	}
	if (!q->rests)
		return;
	out = begin_item(l);
	buf_adds(out, "Queue ");
	page_text(out, q->name);
	buf_adds(out, " rests</strong>, since ");
	page_age(out, (struct fold_time){true, q->rest.since.tv_sec},
	    l->m->now);
	buf_adds(out, ": ");
	page_text(out, q->rest.why);
	end_item(l,
	    ". Its destination does not take alerts: one is tried at a time, "
	    "the others wait. When it is fixed, this tries at once.",
	    (const char *[]){"release", "-q", q->name, "--deferred", NULL},
	    SIZE_MAX);
}

static void
add_unmatched(struct list *l)
{
	uint64_t n = l->m->counters.value[METRIC_UNMATCHED];
	struct buf *out;

	if (n == 0)
		return;
	out = begin_item(l);
	page_count(out, n, "delivery that no queue wants",
	    "deliveries that no queue wants");
	buf_adds(out, "</strong>, since ");
	page_time(out, (time_t)l->m->counters.since);
	end_item(l,
	    ". Nobody was notified of these. A queue without conditions gets "
	    "all records.",
	    (const char *[]){"stats", NULL}, SIZE_MAX);
}

static void
add_bad(struct list *l)
{
	struct buf *out;

	if (l->m->tally.bad == 0)
		return;
	out = begin_item(l);
	page_count(out, l->m->tally.bad, "delivery that is not an alert",
	    "deliveries that are not alerts");
	buf_adds(out, "</strong>");
	add_oldest(out, l->m, &l->m->depth[SPOOL_BAD]);
	end_item(l, ". They are authentic, but not JSON, and reach no handler.",
	    (const char *[]){"list", "--state", "bad", NULL}, SIZE_MAX);
}

static void
add_waiting(struct list *l)
{
	struct buf *out;

	if (l->m->waiting.due == 0)
		return;
	out = begin_item(l);
	page_count(out, l->m->waiting.due, "delivery waits", "deliveries wait");
	buf_adds(out, " for over an hour</strong>");
	add_oldest(out, l->m, &l->m->depth[SPOOL_NEW]);
	end_item(l, ". Nobody works on them: is a runner up, and fast enough?",
	    (const char *[]){"check", NULL}, SIZE_MAX);
}

static void
add_stale(struct list *l)
{
	struct buf *out;

	if (l->m->running.stale == 0)
		return;
	out = begin_item(l);
	page_count(out, l->m->running.stale, "delivery was", "deliveries were");
	buf_adds(out, " taken and abandoned</strong>");
	end_item(l,
	    ". The process that took them died, and no other took them over "
	    "for five minutes.",
	    (const char *[]){"clean", NULL}, SIZE_MAX);
}

static void
add_unread(struct list *l)
{
	struct buf *out;

	if (l->m->unread == 0)
		return;
	out = begin_item(l);
	page_count(out, l->m->unread, "record", "records");
	buf_adds(out, " cannot be read</strong>");
	end_item(l, ". These alerts are judged by their names alone.",
	    (const char *[]){"alerts", "--all", NULL}, SIZE_MAX);
}

/* ---- who sends -------------------------------------------------------- */

/* Requests refused since the counters began, in the words of stats. */
static void
add_refused(struct list *l)
{
	static const enum metric refusals[] = {METRIC_FORBIDDEN,
	    METRIC_UNAVAILABLE, METRIC_BAD_REQUEST, METRIC_NOT_FOUND,
	    METRIC_METHOD_NOT_ALLOWED, METRIC_TOO_LARGE};
	const struct metrics *counters = &l->m->counters;
	struct buf counts = BUF_INIT, *out;

	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		if (counters->value[refusals[i]] > 0)
			buf_addf(&counts, "%s%" PRIu64 " %s",
			    counts.len > 0 ? ", " : "",
			    counters->value[refusals[i]],
			    metrics_describe(refusals[i])->value);
	if (counts.len > 0) {
		out = begin_item(l);
		buf_addf(out, "Requests were refused: %s</strong>, since ",
		    counts.data);
		page_time(out, (time_t)counters->since);
		end_item(l,
		    ". Forbidden means a wrong secret or a stranger, "
		    "unavailable a disk; the log of alertspool.service has the "
		    "reasons.",
		    (const char *[]){"stats", NULL}, SIZE_MAX);
	}
	l->items.failed = l->items.failed || counts.failed;
	buf_free(&counts);
}

static void
add_silent_source(struct list *l, const char *source)
{
	struct fold_time heard = {.set = false};
	struct buf *out;

	heard.set = heard_last(spool_root(l->m->spool), source, &heard.at);
	if (heard.set && heard.at >= l->m->now - SILENT_AFTER)
		return;
	out = begin_item(l);
	buf_adds(out, "The source ");
	page_text(out, source);
	if (heard.set) {
		buf_adds(out, " had no delivery for ");
		page_age(out, heard, l->m->now);
	} else {
		buf_adds(out, " never had a delivery");
	}
	buf_adds(out, "</strong>");
	end_item(l,
	    ". A webhook that somebody turned off looks like a quiet week: "
	    "send a test alert through the web server.",
	    (const char *[]){"check", "--max-silence", "7d", NULL}, SIZE_MAX);
}

/* ---- alerts ----------------------------------------------------------- */

static void
add_silent_alerts(struct list *l)
{
	struct buf *out;

	if (l->m->silent == 0)
		return;
	out = begin_item(l);
	page_count(out, l->m->silent, "open alert", "open alerts");
	buf_adds(out, " without a delivery for a week</strong>");
	end_item(l,
	    ", shown as open?. The close was lost, or the project is gone: end "
	    "ALERT ends one by hand.",
	    (const char *[]){"alerts", "--state", "open", NULL}, SIZE_MAX);
}

/* The command that lists it, as far as its record has the words. */
static void
add_repeat_command(struct buf *out, const struct material *m)
{
	const char *type = record_view_text(&m->view, "alert.event_type");
	const char *cluster = record_view_text(&m->view, "alert.cluster.name");
	const char *words[7] = {"alerts", "--all"};
	size_t n = 2;

	if (type != NULL) {
		words[n++] = "--type";
		words[n++] = type;
	}
	if (cluster != NULL) {
		words[n++] = "--cluster";
		words[n++] = cluster;
	}
	page_command(out, m->config, words, SIZE_MAX);
}

static void
add_repeat(struct buf *out, struct material *m,
    const struct repeats_found *found)
{
	static const char *const what[] = {"alert.metric.name",
	    "alert.event_type", NULL};
	const char *text;

	(void)material_read(m,
	    &(struct alert_shown){.names = &m->index.fold[found->alert]});
	text = record_view_first(&m->view, what);
	buf_adds(out, "<li>");
	page_text(out, text != NULL ? text : "an alert");
	buf_reset(&m->text);
	alert_cell_where(&m->text, &m->view, true);
	if (m->text.len > 0) {
		buf_adds(out, " on ");
		escape_page(out, m->text.data, m->text.len);
	}
	buf_addf(out, ": %zu times, the last time ", found->times);
	page_time(out, found->last);
	buf_addc(out, ' ');
	add_repeat_command(out, m);
	buf_adds(out, "</li>\n");
	out->failed = out->failed || m->text.failed;
}

static void
add_repeats(struct list *l)
{
	const struct repeats *r = &l->m->repeats;
	struct buf *out;

	if (r->nfound == 0)
		return;
	out = begin_item(l);
	page_count(out, r->nfound, "place where something",
	    "places where something");
	buf_adds(out,
	    " opened three times within a day</strong>. A threshold that is "
	    "just passed again and again hides what matters.<ul>\n");
	for (size_t i = 0; i < r->nfound && i < REPEATS_SHOWN; i++)
		add_repeat(out, l->m, &r->found[i]);
	if (r->nfound > REPEATS_SHOWN)
		buf_addf(out, "<li>and %zu more</li>\n",
		    r->nfound - REPEATS_SHOWN);
	buf_adds(out, "</ul></li>\n");
}

/* ---- the section ------------------------------------------------------ */

void
section_attention(struct buf *out, struct material *m)
{
	struct list l = {.m = m};

	add_dead(&l);
	for (size_t i = 0; i < m->queue.n; i++)
		add_queue(&l, &m->queue_state[i]);
	add_unmatched(&l);
	add_bad(&l);
	add_waiting(&l);
	add_stale(&l);
	add_unread(&l);
	add_silent_alerts(&l);
	for (size_t i = 0; i < m->settings->nsources; i++)
		add_silent_source(&l, m->settings->sources[i].name);
	add_refused(&l);
	add_repeats(&l);
	buf_adds(out, "<section id=\"attention\">\n<h2>Needs a person</h2>\n");
	if (l.n > 0) {
		buf_adds(out, "<ul class=\"todo\">\n");
		buf_add(out, l.items.data, l.items.len);
		buf_adds(out, "</ul>\n");
	} else {
		buf_adds(out, "<p>nothing</p>\n");
	}
	buf_adds(out, "</section>\n");
	out->failed = out->failed || l.items.failed;
	buf_free(&l.items);
}
