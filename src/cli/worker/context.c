/* SPDX-License-Identifier: ISC */
/* context: opens everything that belongs to a spool; messages, counters and the clock. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/worker/context.h"
#include "cli/worker/spool_watch.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"
#include "lib/record/name.h"

#define TEXT_MAX 1024 /* of one message */

void
context_init(struct context *w, const struct worker_rules *rules)
{
	*w = (struct context){.rules = rules, .counters = -1, .watch = -1};
	output_queue_init(&w->out, STDOUT_FILENO);
	output_queue_init(&w->err, STDERR_FILENO);
}

static void
close_spool(struct context *w)
{
	context_flush(w);
	if (w->watch != -1)
		close(w->watch);
	if (w->counters != -1)
		close(w->counters);
	w->watch = w->counters = -1;
	queue_close(w->queue);
	w->queue = NULL;
	spool_close(w->spool);
	w->spool = NULL;
	free(w->path);
	w->path = NULL;
	free(w->who);
	w->who = NULL;
}

int
context_open(struct context *w, struct spool *spool, const char *path,
    bool watch, struct error *error)
{
	struct error why = ERROR_INIT;
	char host[256] = "localhost";

	close_spool(w);
	w->spool = spool;
	if (queue_open(&w->queue, spool, error) == -1)
		return -1;
	(void)gethostname(host, sizeof(host) - 1);
	if (asprintf(&w->who, "%s@%s", w->rules->verb, host) == -1) {
		w->who = NULL;
		return error_sys(error, ERROR_IO, "host name");
	}
	w->path = realpath(path, NULL);
	if (w->path == NULL)
		return error_sys(error, ERROR_UNAVAILABLE, "%s", path);
	if (spool_take_role(spool, SPOOL_EMPTIES, error) == -1)
		return -1;
	w->counters = metrics_open_add(spool_root(spool));
	if (!watch)
		return 0;
	w->watch = spool_watch_open(spool, &why);
	if (w->watch == -1)
		context_say(w, NULL, "%s; checking from time to time instead",
		    why.text);
	return 0;
}

void
context_close(struct context *w)
{
	close_spool(w);
	output_queue_free(&w->out);
	output_queue_free(&w->err);
}

void
context_say(struct context *w, const char *id, const char *format, ...)
{
	char text[TEXT_MAX], short_id[SHORT_ID_SIZE];
	struct buf *line = &w->err.text;
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	buf_addf(line, "alertspool %s: ", w->rules->verb);
	if (id != NULL && w->err.terminal) {
		context_short_id(id, short_id);
		id = short_id;
	}
	if (id != NULL)
		buf_addf(line, "%s: ", id);
	escape_terminal(line, text, strlen(text));
	buf_addc(line, '\n');
}

bool
context_has_output(const struct context *w)
{
	return output_queue_is_waiting(&w->out) ||
	    output_queue_is_waiting(&w->err);
}

void
context_count(struct context *w, enum metric metric)
{
	w->counted.add[metric]++;
	w->has_counted = true;
}

void
context_flush(struct context *w)
{
	if (w->has_counted)
		metrics_add(w->counters, spool_lock_file(w->spool),
		    &w->counted);
	w->counted = (struct metrics_delta){.add = {0}};
	w->has_counted = false;
}

struct timespec
context_after(int64_t ms)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

void
context_short_id(const char *id, char out[static SHORT_ID_SIZE])
{
	struct name_view view = {.digest = ""};

	(void)name_parse(id, &view); /* names of records can be parsed */
	snprintf(out, SHORT_ID_SIZE, "%.*s", SHORT_ID_SIZE - 1, view.digest);
}
