/* SPDX-License-Identifier: ISC */
/*
 * summary: makes a sentence from the fields. The sender writes metrics and units in
 * capitals, FTS_PROCESS_CPU_USER; here all except abbreviations become lower case.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/alert/alert.h"
#include "lib/alert/field.h"
#include "lib/alert/summary.h"

#define LENGTH(table) (sizeof(table) / sizeof((table)[0]))

#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LETTERS CAPITALS "abcdefghijklmnopqrstuvwxyz"
#define CPU_USER "_CPU_USER"
#define DECIMAL_LIMIT 1e15 /* from here on a double has no two decimals */

static const char *const abbreviations[] = {"CPU", "DB", "DLQ", "FTS", "GB",
    "GQL", "ID", "IOPS", "IRQ", "JVM", "KB", "MB", "MQL", "PB", "RPU", "SDK",
    "TB", "TTL", "WPU"};

static bool
is_abbreviation(const char *word, size_t n)
{
	for (size_t i = 0; i < LENGTH(abbreviations); i++)
		if (strlen(abbreviations[i]) == n &&
		    memcmp(abbreviations[i], word, n) == 0)
			return true;
	return false;
}

/* One word; in lower case if it is all capitals. */
static void
add_word(struct buf *b, const char *word, size_t n)
{
	bool keep = strspn(word, CAPITALS) < n || is_abbreviation(word, n);

	for (size_t i = 0; i < n; i++)
		buf_addc(b, keep ? word[i] : (char)(word[i] - 'A' + 'a'));
}

/* The words between the underscores of the first n bytes. */
static void
add_words(struct buf *b, const char *text, size_t n)
{
	const char *end = text + n;
	size_t word;

	while (text < end) {
		word = strcspn(text, "_");
		if (word > (size_t)(end - text))
			word = (size_t)(end - text);
		add_word(b, text, word);
		text += word;
		if (text < end) {
			buf_addc(b, ' ');
			text++;
		}
	}
}

/* Begin a new part of the line, with this before it unless it is the first. */
static void
begin(struct buf *b, const char *before)
{
	if (b->len > 0)
		buf_adds(b, before);
}

static void
add_string(struct buf *b, const char *before, const json_t *string)
{
	if (json_string_length(string) == 0)
		return;
	begin(b, before);
	buf_add(b, json_string_value(string), json_string_length(string));
}

void
alert_summary_number(struct buf *b, double value)
{
	const double size = fabs(value);
	char text[32];
	size_t n;

	if (size < 1 || size >= DECIMAL_LIMIT) {
		snprintf(text, sizeof(text), "%.3g", value);
	} else {
		snprintf(text, sizeof(text), "%.2f", value);
		n = strlen(text) - strlen(".00");
		if (strcmp(text + n, ".00") == 0)
			text[n] = '\0';
		else if (text[n + 2] == '0')
			text[n + 2] = '\0';
	}
	buf_adds(b, text);
}

/* " %", " gigabytes", " KB"; a count needs none. */
static void
add_unit(struct buf *b, const struct alert *a)
{
	const char *unit = alert_plain(a->metric_unit);
	const char *canonical =
	    a->metric_canonical ? a->metric_canonical_unit : "";

	if (strcmp(canonical, "percent") == 0) {
		buf_adds(b, " %");
	} else if (unit != NULL && strcmp(unit, "RAW") != 0 &&
	    strcasecmp(unit, "COUNT") != 0) {
		buf_addc(b, ' ');
		add_words(b, unit, strlen(unit));
	}
}

/* "FTS process CPU": the share of user code is what people mean by CPU. */
static void
add_metric(struct buf *b, const char *metric)
{
	const size_t start = b->len, n = strlen(metric);
	bool user = n > strlen(CPU_USER) &&
	    strcmp(metric + n - strlen(CPU_USER), CPU_USER) == 0;

	add_words(b, metric, user ? n - strlen("_USER") : n);
	if (!b->failed && start == 0 && b->data[0] >= 'a' && b->data[0] <= 'z')
		b->data[0] = (char)(b->data[0] - 'a' + 'A');
}

/* The event, without the place. */
static void
add_event(struct buf *b, const struct alert *a)
{
	const char *metric = alert_plain(a->metric_name);
	const char *type = alert_plain(a->event_type);
	bool sentence = metric != NULL && a->metric_value != NULL;

	if (!sentence || type == NULL || strncmp(type, "OUTSIDE_", 8) != 0)
		add_string(b, "", a->event_type);
	if (!sentence)
		add_string(b, " ", a->metric_name);
	if (a->metric_value == NULL)
		return;
	if (sentence) {
		begin(b, ": ");
		add_metric(b, metric);
	}
	begin(b, sentence ? " is " : " ");
	alert_summary_number(b, json_number_value(a->metric_value));
	add_unit(b, a);
}

/* The alias up to its domain; an address has no domain. */
static size_t
short_alias(const char *alias, size_t n)
{
	size_t label = strcspn(alias, ".");
	size_t letters = strcspn(alias, LETTERS);

	if (label >= n || letters > label || memchr(alias, ':', label) != NULL)
		return n;
	return label;
}

/* The place: the nearest thing that has a name, as its users call it. */
static void
add_subject(struct buf *b, const struct alert *a)
{
	const json_t *const subjects[] = {a->replica_set, a->cluster_name,
	    a->stream_processor};
	const char *alias = alert_plain(a->host_alias);
	const size_t had = b->len;

	if (alias != NULL) {
		begin(b, " on ");
		buf_add(b, alias, short_alias(alias, strlen(alias)));
	} else if (a->host_name.len > 0) {
		begin(b, " on ");
		buf_add(b, a->host_name.data, a->host_name.len);
	}
	for (size_t i = 0; b->len == had && i < LENGTH(subjects); i++)
		add_string(b, " on ", subjects[i]);
}

void
alert_summary(const struct alert *a, struct buf *b)
{
	add_event(b, a);
	add_subject(b, a);
}
