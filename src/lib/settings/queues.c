/* SPDX-License-Identifier: ISC */
/*
 * queues: reads the sections [queue NAME]. A key is a condition, which is kept in words,
 * or an option of "alertspool run", which is checked here and kept as text for the
 * command line. The kind of queue, and so the options that fit, is known only when the
 * section ends.
 */
#include "config.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/record/name.h"
#include "lib/settings/conditions.h"
#include "lib/settings/inifile.h"
#include "lib/settings/queues.h"
#include "lib/settings/value.h"

#define BLANKS " \t"
#define RETAIN_DONE "7d"

struct loader {
	struct queues queues;
	char *base;	   /* directory of the settings file */
	unsigned int keys; /* in this section so far */
	uint64_t seen;	   /* in this section; bits: rows of the tables */
};

static struct queue_settings *
current(struct inifile *file)
{
	struct loader *loader = file->context;

	return &loader->queues.queue[loader->queues.n - 1];
}

/* ---- options ----------------------------------------------------------------- */

enum option_form { DURATION, NUMBER, PATH, TEXT, CHOICE };

static const struct option_row {
	const char *key;
	enum queue_kind kind; /* QUEUE_MANUAL: for any */
	enum option_form form;
	struct value_range range; /* of a duration */
	long min, max;		  /* of a number */
	const char *fallback;	  /* of a command queue; "": none */
} options[] = {
    {"jobs", QUEUE_COMMAND, NUMBER, .min = 1, .max = 1024, .fallback = "1"},
    {"timeout", QUEUE_MANUAL, DURATION, {"10ms", "24h"}, .fallback = "60s"},
    {"lease", QUEUE_MANUAL, DURATION, {"1s", "24h"}, .fallback = "5m"},
    {"backoff", QUEUE_MANUAL, DURATION, {"0", "1h"}, .fallback = "10s"},
    {"backoff_max", QUEUE_MANUAL, DURATION, {"0", "24h"}, .fallback = "15m"},
    {"max_attempts", QUEUE_MANUAL, NUMBER, .min = 1, .max = 1000,
	.fallback = "10"},
    {"give_up_after", QUEUE_MANUAL, DURATION, .fallback = "3d"},
    {"superseded", QUEUE_MANUAL, CHOICE, .fallback = "skip"},
    {"auth", QUEUE_FORWARD, PATH, .fallback = ""},
    {"creds", QUEUE_FORWARD, PATH, .fallback = ""},
    {"nkey", QUEUE_FORWARD, PATH, .fallback = ""},
    {"tls_ca", QUEUE_FORWARD, PATH, .fallback = ""},
    {"stream", QUEUE_FORWARD, TEXT, .fallback = "ATLAS_ALERTS"},
    {"subject", QUEUE_FORWARD, TEXT, .fallback = ""},
    {"batch", QUEUE_FORWARD, NUMBER, .min = 1, .max = 1024, .fallback = "256"},
    {"create_stream", QUEUE_FORWARD, NUMBER, .min = 1, .max = 5,
	.fallback = ""},
    {"domain", QUEUE_FORWARD, TEXT, .fallback = ""},
    {"inbox_prefix", QUEUE_FORWARD, TEXT, .fallback = ""},
};

#define OPTIONS (sizeof(options) / sizeof(options[0]))

static int
check_option(const struct inifile *file, const struct option_row *row,
    const char *value)
{
	int64_t ms;
	long number;

	switch (row->form) {
	case DURATION:
		return value_duration(file, row->key, value, row->range, &ms);
	case NUMBER:
		return value_number(file, row->key, value, row->min, row->max,
		    &number);
	case CHOICE:
		if (strcmp(value, "skip") == 0 || strcmp(value, "handle") == 0)
			return 0;
		return inifile_refuse(file, file->line,
		    "%s must be skip or handle", row->key);
	case PATH:
	case TEXT:
		break;
	}
	return 0;
}

static int
take_option(struct inifile *file, const struct option_row *row,
    const char *value)
{
	const struct loader *loader = file->context;
	struct queue_settings *q = current(file);
	struct queue_option *grown;
	char *text;

	if (check_option(file, row, value) == -1)
		return -1;
	text =
	    row->form == PATH ? value_path(loader->base, value) : strdup(value);
	grown = reallocarray(q->option, q->noptions + 1, sizeof(*grown));
	if (grown != NULL)
		q->option = grown;
	if (grown == NULL || text == NULL) {
		free(text);
		return value_no_memory(file);
	}
	grown[q->noptions++] =
	    (struct queue_option){row->key, text, file->line};
	return 0;
}

/* ---- the other keys ------------------------------------------------------------ */

/* Split at blanks; nothing is quoted. */
static int
take_command(struct inifile *file, const char *value)
{
	struct queue_settings *q = current(file);
	size_t n = 0;

	if (value[0] != '/')
		return inifile_refuse(file, file->line,
		    "command must be the absolute path of a program");
	q->command = calloc(strlen(value) / 2 + 2, sizeof(*q->command));
	if (q->command == NULL)
		return value_no_memory(file);
	while (*(value += strspn(value, BLANKS)) != '\0') {
		size_t len = strcspn(value, BLANKS);

		q->command[n] = strndup(value, len);
		if (q->command[n++] == NULL)
			return value_no_memory(file);
		value += len;
	}
	return 0;
}

static int
take_forward(struct inifile *file, const char *value)
{
	if (strncmp(value, "nats://", 7) != 0 &&
	    strncmp(value, "tls://", 6) != 0)
		return inifile_refuse(file, file->line,
		    "forward must be a URL like tls://nats.example.com");
	if (strchr(value, '@') != NULL)
		return inifile_refuse(file, file->line,
		    "a secret does not belong into this file: name a file "
		    "that holds it, as auth = FILE");
	current(file)->forward = strdup(value);
	return current(file)->forward != NULL ? 0 : value_no_memory(file);
}

static int
take_retain(struct inifile *file, const char *value)
{
	return value_duration(file, "retain_done", value,
	    (struct value_range){"1d", NULL}, &current(file)->retain_done);
}

static const struct {
	const char *key;
	int (*take)(struct inifile *, const char *value);
	const char *fallback;
} others[] = {
    {"command", take_command, ""},
    {"forward", take_forward, ""},
    {"retain_done", take_retain, RETAIN_DONE},
};

#define OTHERS (sizeof(others) / sizeof(others[0]))
#define ROWS (QUEUE_FIELDS + OPTIONS + OTHERS)

_Static_assert(ROWS <= 64, "seen has a bit for each key");

static const char *
key_at(size_t i)
{
	if (i < QUEUE_FIELDS)
		return queue_field_word((enum queue_field)i);
	i -= QUEUE_FIELDS;
	return i < OPTIONS ? options[i].key : others[i - OPTIONS].key;
}

bool
queues_describe(size_t i, const char **key, const char **fallback)
{
	if (i >= ROWS)
		return false;
	*key = key_at(i);
	*fallback = "";
	if (i >= QUEUE_FIELDS + OPTIONS)
		*fallback = others[i - QUEUE_FIELDS - OPTIONS].fallback;
	else if (i >= QUEUE_FIELDS)
		*fallback = options[i - QUEUE_FIELDS].fallback;
	return true;
}

static int
take_pair(struct inifile *file, const char *key, const char *value)
{
	struct loader *loader = file->context;
	size_t i = 0;

	loader->keys++;
	while (i < ROWS && strcmp(key_at(i), key) != 0)
		i++;
	if (i == ROWS)
		return inifile_refuse(file, file->line,
		    "unknown key '%s' in [queue %s]", key, current(file)->name);
	if (i < QUEUE_FIELDS)
		return condition_take(file, &current(file)->condition[i],
		    (enum queue_field)i, value);
	if ((loader->seen & UINT64_C(1) << i) != 0)
		return inifile_refuse(file, file->line,
		    "%s is given already; remove one of the two lines", key);
	loader->seen |= UINT64_C(1) << i;
	i -= QUEUE_FIELDS;
	if (i < OPTIONS)
		return take_option(file, &options[i], value);
	return others[i - OPTIONS].take(file, value);
}

/* ---- sections -------------------------------------------------------------------- */

/* Compare; "-" and "_" are equal. */
static bool
is_key(const char *key, const char *option)
{
	while (*key != '\0' &&
	    (*key == *option || (*key == '_' && *option == '-'))) {
		key++;
		option++;
	}
	return *key == *option;
}

enum queue_kind
queues_option_kind(const char *option)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (is_key(options[i].key, option))
			return options[i].kind;
	return QUEUE_MANUAL;
}

static int
check_kind(const struct inifile *file, const struct queue_settings *q)
{
	for (size_t i = 0; i < q->noptions; i++) {
		enum queue_kind kind = queues_option_kind(q->option[i].key);

		if (kind != QUEUE_MANUAL && kind != q->kind)
			return inifile_refuse(file, q->option[i].line,
			    "%s is for queues with %s; remove the line",
			    q->option[i].key,
			    kind == QUEUE_FORWARD ? "forward" : "command");
	}
	return 0;
}

static int
end_section(struct inifile *file)
{
	const struct loader *loader = file->context;
	struct queue_settings *q;

	if (loader->queues.n == 0)
		return 0;
	q = current(file);
	if (loader->keys == 0)
		return inifile_refuse(file, q->line,
		    "empty section; give it command, forward or a condition, "
		    "or remove it");
	if (q->command != NULL && q->forward != NULL)
		return inifile_refuse(file, q->line,
		    "[queue %s] has command and forward; remove one of them",
		    q->name);
	if (q->command != NULL)
		q->kind = QUEUE_COMMAND;
	if (q->forward != NULL)
		q->kind = QUEUE_FORWARD;
	return check_kind(file, q);
}

static int
add_queue(struct inifile *file, const char *name)
{
	struct loader *loader = file->context;
	struct queues *all = &loader->queues;
	struct queue_settings *grown;
	int64_t retain;

	if (value_duration(file, "retain_done", RETAIN_DONE,
		(struct value_range){NULL, NULL}, &retain) == -1)
		return -1;
	grown = reallocarray(all->queue, all->n + 1, sizeof(*grown));
	if (grown == NULL)
		return value_no_memory(file);
	all->queue = grown;
	grown[all->n] = (struct queue_settings){.name = strdup(name),
	    .line = file->line,
	    .retain_done = retain};
	loader->keys = 0;
	loader->seen = 0;
	return grown[all->n++].name != NULL ? 0 : value_no_memory(file);
}

static int
begin_section(struct inifile *file, const char *section)
{
	static const char front[] = "queue ";
	const struct loader *loader = file->context;
	const char *name = section + sizeof(front) - 1;

	if (end_section(file) == -1)
		return -1;
	if (strncmp(section, front, sizeof(front) - 1) != 0)
		return inifile_refuse(file, file->line,
		    "unknown section [%s]: a queue is [queue NAME]", section);
	if (!value_is_name(name))
		return inifile_refuse(file, file->line,
		    "'%s' is not a queue name: 1 to %d of a-z, 0-9, '_' and "
		    "'-', "
		    "beginning with a-z or 0-9",
		    name, NAME_SOURCE_MAX);
	if (queues_find(&loader->queues, name) != NULL)
		return inifile_refuse(file, file->line,
		    "[queue %s] exists already; join the two", name);
	return add_queue(file, name);
}

/* ---- the whole --------------------------------------------------------------------- */

int
queues_load(struct queues *queues, const char *path, struct error *error)
{
	struct loader loader = {.base = value_base(path)};
	struct inifile file = {
	    .path = path,
	    .only = INIFILE_QUEUE,
	    .error = error,
	    .context = &loader,
	    .section = begin_section,
	    .pair = take_pair,
	};
	int rc;

	if (loader.base == NULL)
		rc = error_sys(error, ERROR_NOT_FOUND, "cannot read %s", path);
	else
		rc = inifile_read(&file);
	if (rc == 0)
		rc = end_section(&file);
	if (rc == -1)
		queues_free(&loader.queues);
	*queues = loader.queues;
	free(loader.base);
	return rc;
}

static void
free_queue(struct queue_settings *q)
{
	for (size_t i = 0; i < QUEUE_FIELDS; i++)
		condition_free(&q->condition[i]);
	for (size_t i = 0; q->command != NULL && q->command[i] != NULL; i++)
		free(q->command[i]);
	while (q->noptions > 0)
		free(q->option[--q->noptions].value);
	free(q->option);
	free(q->command);
	free(q->forward);
	free(q->name);
}

void
queues_free(struct queues *queues)
{
	while (queues->n > 0)
		free_queue(&queues->queue[--queues->n]);
	free(queues->queue);
	*queues = (struct queues){.queue = NULL};
}

const struct queue_settings *
queues_find(const struct queues *queues, const char *name)
{
	for (size_t i = 0; i < queues->n; i++)
		if (strcmp(queues->queue[i].name, name) == 0)
			return &queues->queue[i];
	return NULL;
}

bool
queue_skips_superseded(const struct queue_settings *queue)
{
	if (queue->kind == QUEUE_MANUAL)
		return false;
	for (size_t i = 0; i < queue->noptions; i++)
		if (strcmp(queue->option[i].key, "superseded") == 0)
			return strcmp(queue->option[i].value, "skip") == 0;
	return queue->kind == QUEUE_COMMAND;
}
