/* SPDX-License-Identifier: ISC */
/*
 * tally: sums up the lines of a history.
 *
 * Lines are read one by one. A damaged line is skipped and the others count: a crash may
 * leave zeros, a full disk half a line. A history that grew begins with a line "summary",
 * which has the sums of the lines it replaced; later lines are added to them.
 */
#include "config.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/timestamp.h"
#include "lib/json/write.h"
#include "lib/spool/private.h"

#define SPAN_MAX \
	3600 /* longest time, in seconds, that counts between two starts */

static const char *
member_text(const json_t *line, const char *key)
{
	return json_string_value(json_object_get(line, key));
}

static unsigned int
member_count(const json_t *line, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(line, key));

	return n > 0 && n <= UINT_MAX ? (unsigned int)n : 0;
}

static int64_t
member_time(const json_t *line, const char *key)
{
	const char *text = member_text(line, key);
	struct timespec t = {.tv_sec = 0};

	if (text == NULL || timestamp_parse(text, strlen(text), &t) == -1)
		return 0;
	return t.tv_sec;
}

/* ---- the words of a history --------------------------------------------- */

/* The time since the last start is time spent trying. */
static void
count_time(struct spool_tally *t, const json_t *line)
{
	int64_t now = member_time(line, "time"), span = now - t->started;

	if (t->started != 0 && span > 0)
		t->tried += span < SPAN_MAX ? span : SPAN_MAX;
	t->started = now;
}

static void
count_attempt(struct spool_tally *t, const json_t *line)
{
	count_time(t, line);
	t->attempts++;
	t->pending = true;
}

/* The start that was noted just before does not count. */
static void
count_unstarted(struct spool_tally *t, const json_t *line)
{
	(void)line;
	if (t->pending && t->attempts > 0)
		t->attempts--;
	t->pending = false;
}

/* A failure without a noted start (forward notes none) is a start, too. */
static void
count_fail(struct spool_tally *t, const json_t *line)
{
	if (!t->pending)
		count_time(t, line);
	else if (json_is_false(json_object_get(line, "counted")))
		t->deferred++;
	t->failures++;
	t->pending = false;
}

static void
count_end(struct spool_tally *t, const json_t *line)
{
	(void)line;
	t->pending = false;
}

static void
count_requeue(struct spool_tally *t, const json_t *line)
{
	const char *why = member_text(line, "why");

	t->attempts = t->failures = t->deferred = 0;
	t->tried = t->started = 0;
	t->pending = false;
	t->requeues += why == NULL ||
	    strncmp(why, SPOOL_WAS_BAD, sizeof(SPOOL_WAS_BAD) - 1) != 0;
}

static void
count_summary(struct spool_tally *t, const json_t *line)
{
	t->attempts = member_count(line, "attempts");
	t->failures = member_count(line, "failures");
	t->deferred = member_count(line, "deferred");
	t->requeues = member_count(line, "requeues");
	t->tried = member_count(line, "tried");
	t->started = member_time(line, "started");
	t->pending = json_is_true(json_object_get(line, "pending"));
}

/* Other words change no number. */
static const struct {
	const char *what;
	void (*count)(struct spool_tally *, const json_t *line);
} words[] = {
    {"attempt", count_attempt},
    {"unstarted", count_unstarted},
    {"fail", count_fail},
    {"ack", count_end},
    {"bury", count_end},
    {"superseded", count_end},
    {"requeue", count_requeue},
    {"summary", count_summary},
};

/* ---- lines ----------------------------------------------------------------- */

/* 0, even for a damaged line; -1 without memory. */
static int
count_line(struct spool_tally *t, const char *text, size_t len, struct buf *why,
    struct error *error)
{
	const char *what;
	json_t *line;

	/* Older versions appended lines right after the zeros of a crash. */
	for (; len > 0 && *text == '\0'; len--)
		text++;
	errno =
	    0; /* Jansson has the same text for missing memory and for malformed JSON */
	line = json_loadb(text, len, 0, NULL);
	if (line == NULL)
		return errno == ENOMEM ? error_sys(error, ERROR_IO, "history")
				       : 0;
	what = member_text(line, "what");
	t->lines += what != NULL;
	for (size_t i = 0; what != NULL && i < sizeof(words) / sizeof(words[0]);
	    i++)
		if (strcmp(what, words[i].what) == 0)
			words[i].count(t, line);
	if (why != NULL && member_text(line, "why") != NULL) {
		buf_reset(why);
		buf_adds(why, member_text(line, "why"));
	}
	json_decref(line);
	return 0;
}

int
spool_count_lines(struct spool_tally *t, const char *text, size_t len,
    struct buf *why, struct error *error)
{
	int rc = 0;

	*t = (struct spool_tally){.lines = 0};
	while (rc == 0 && len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t n = end != NULL ? (size_t)(end - text) : len;

		rc = count_line(t, text, n, why, error);
		n += end != NULL;
		text += n;
		len -= n;
	}
	return rc;
}

int
spool_tally_why(const struct spool *s, const char *name, struct spool_tally *t,
    struct buf *why, struct error *error)
{
	struct buf text = BUF_INIT;
	int rc = spool_history(s, name, &text, error);

	*t = (struct spool_tally){.lines = 0};
	if (why != NULL)
		buf_reset(why);
	if (rc == 0 && text.len > 0 &&
	    spool_count_lines(t, text.data, text.len, why, error) == -1)
		rc = -1;
	buf_free(&text);
	return rc;
}

int
spool_tally(const struct spool *s, const char *name, struct spool_tally *t,
    struct error *error)
{
	return spool_tally_why(s, name, t, NULL, error);
}

unsigned int
spool_tally_used(const struct spool_tally *t)
{
	return t->attempts > t->deferred ? t->attempts - t->deferred : 0;
}

void
spool_write_summary(struct buf *line, const struct spool_tally *t,
    const struct buf *why)
{
	char started[TIMESTAMP_SIZE];

	json_write_key(line, "what");
	json_write_text(line, "summary");
	json_write_key(line, "why");
	if (why->len == 0)
		json_write_text(line, NULL);
	else
		json_write_string(line, why->data, why->len);
	buf_addf(line, ",\"attempts\":%u,\"failures\":%u,\"deferred\":%u",
	    t->attempts, t->failures, t->deferred);
	buf_addf(line, ",\"requeues\":%u", t->requeues);
	buf_addf(line, ",\"tried\":%lld,\"pending\":%s", (long long)t->tried,
	    t->pending ? "true" : "false");
	json_write_key(line, "started");
	timestamp_format(started, (struct timespec){.tv_sec = t->started}, 0);
	json_write_text(line, t->started == 0 ? NULL : started);
}
