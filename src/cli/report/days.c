/* SPDX-License-Identifier: ISC */
/* days: a column for each day, as high as its number of deliveries, and the date below. */
#include "config.h"

#include <inttypes.h>

#include "cli/report/drawing.h"
#include "cli/report/page.h"
#include "lib/base/buf.h"

#define DAY_HEIGHT 52
#define LABELS_MAX 16 /* with more they would overlap */

/* "17", and the month where it changes: "Nov 17". */
static void
add_day_label(struct buf *out, const struct material *m, size_t day)
{
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	const time_t t = m->first + (time_t)day * DELIVERIES_DAY;
	struct tm tm;

	gmtime_r(&t, &tm);
	buf_adds(out, "<text text-anchor=\"middle\" y=\"12\"");
	drawing_percent(out, "x",
	    (int)((2 * day + 1) * DRAWING_WIDTH / (2 * m->days)));
	if (day == 0 || tm.tm_mday == 1)
		buf_addf(out, ">%s</text>", months[tm.tm_mon]);
	else
		buf_addf(out, ">%d</text>", tm.tm_mday);
}

/* Every n-th day has a label. */
static size_t
step_of(const struct material *m)
{
	return (m->days + LABELS_MAX - 1) / LABELS_MAX;
}

static void
add_axis(struct buf *out, const struct material *m)
{
	buf_adds(out,
	    "<div class=\"row\"><span></span>"
	    "<svg height=\"16\" aria-hidden=\"true\">");
	for (size_t i = 0; i < m->days; i += step_of(m))
		add_day_label(out, m, i);
	buf_adds(out, "</svg></div>\n");
}

/* "312", "1.2k", "57k": short enough for a narrow bar. */
static void
add_short(struct buf *out, uint64_t n)
{
	if (n < 1000)
		buf_addf(out, "%" PRIu64, n);
	else if (n < 10000)
		buf_addf(out, "%" PRIu64 ".%" PRIu64 "k", n / 1000,
		    n / 100 % 10);
	else
		buf_addf(out, "%" PRIu64 "k", n / 1000);
}

static void
add_day(struct buf *out, const struct material *m, size_t day, uint64_t most)
{
	const uint64_t n = m->deliveries.day[day];
	const int height = (int)(n * (DAY_HEIGHT - 14) / most);
	const int width = DRAWING_WIDTH / (int)m->days;
	const int left = (int)(day * DRAWING_WIDTH / m->days);

	if (n == 0)
		return;
	buf_addf(out, "<rect y=\"%d\" height=\"%d\"", DAY_HEIGHT - height - 1,
	    height + 1);
	drawing_percent(out, "x", left + width / 8);
	drawing_percent(out, "width", width * 3 / 4);
	buf_adds(out, "><title>");
	page_count(out, n, "delivery", "deliveries");
	buf_adds(out, "</title></rect>");
	if (day % step_of(m) != 0)
		return;
	buf_addf(out, "<text text-anchor=\"middle\" y=\"%d\"",
	    DAY_HEIGHT - height - 4);
	drawing_percent(out, "x", left + width / 2);
	buf_addc(out, '>');
	add_short(out, n);
	buf_adds(out, "</text>");
}

/* All of it in words, too, for screen readers. */
static void
add_columns(struct buf *out, const struct material *m)
{
	const struct deliveries *d = &m->deliveries;
	uint64_t most = 1;

	for (size_t i = 0; i < m->days; i++)
		if (d->day[i] > most)
			most = d->day[i];
	buf_adds(out,
	    "<div class=\"row\"><span class=\"dim\">Deliveries</span>");
	drawing_begin(out, DAY_HEIGHT, "grid day");
	buf_adds(out, "aria-label=\"Deliveries a day until today: ");
	for (size_t i = 0; i < m->days; i++)
		buf_addf(out, "%s%" PRIu64, i > 0 ? ", " : "", d->day[i]);
	buf_adds(out, "\">");
	for (size_t i = 0; i < m->days; i++)
		add_day(out, m, i, most);
	buf_adds(out, "</svg></div>\n");
}

void
days_add(struct buf *out, const struct material *m)
{
	add_columns(out, m);
	add_axis(out, m);
}
