/* SPDX-License-Identifier: ISC */
/* alert_cells: makes the text of one cell from an alert's newest record. */
#include "config.h"

#include <string.h>

#include "cli/alerts/alert_cells.h"
#include "cli/output/format.h"
#include "lib/alert/summary.h"
#include "lib/json/write.h"

/* The first of these that is not empty. */
static void
add_first(struct buf *out, const struct record_view *v,
    const char *const *paths)
{
	const char *text = record_view_first(v, paths);

	buf_adds(out, text != NULL ? text : "");
}

void
alert_cell_project(struct buf *out, const struct record_view *v)
{
	static const char *const paths[] = {"alert.project.name",
	    "alert.project.id", NULL};

	add_first(out, v, paths);
}

void
alert_cell_where(struct buf *out, const struct record_view *v, bool people)
{
	const char *host, *dot;

	record_view_where(v, out);
	if (!people || out->data == NULL)
		return;
	host = strrchr(out->data, '/');
	host = host != NULL ? host + 1 : out->data;
	dot = strchr(host, '.');
	if (dot == NULL || host[strspn(host, "0123456789.")] == '\0')
		return;
	out->len = (size_t)(dot - out->data);
	out->data[out->len] = '\0';
}

void
alert_cell_summary(struct buf *out, const struct record_view *v)
{
	static const char *const paths[] = {"alert.summary", "alert.event_type",
	    NULL};

	add_first(out, v, paths);
}

/* The value as people write it: "95.2 %", "1.5G", "12". */
static void
add_pretty(struct buf *out, double value, const char *unit)
{
	char text[FORMAT_SIZE];

	if (unit != NULL && strcmp(unit, "bytes") == 0 && value >= 0 &&
	    value < (double)INT64_MAX) {
		format_bytes(text, (uint64_t)value);
		buf_adds(out, text);
		return;
	}
	alert_summary_number(out, value);
	if (unit != NULL && strcmp(unit, "count") != 0)
		buf_addf(out, " %s",
		    strcmp(unit, "percent") == 0       ? "%"
			: strcmp(unit, "seconds") == 0 ? "s"
						       : unit);
}

void
alert_cell_value(struct buf *out, const struct record_view *v, bool people)
{
	const char *unit = "alert.metric.canonical_unit";
	const json_t *value =
	    record_view_value(v, "alert.metric.canonical_value");

	if (value == NULL) {
		value = record_view_value(v, "alert.metric.value");
		unit = "alert.metric.unit";
	}
	unit = record_view_text(v, unit);
	if (!json_is_number(value))
		return;
	if (people) {
		add_pretty(out, json_number_value(value), unit);
		return;
	}
	json_write_value(out, value);
	if (unit != NULL)
		buf_addf(out, " %s", unit);
}
