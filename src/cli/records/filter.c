/* SPDX-License-Identifier: ISC */
/* filter: checks the name first, so that most records are never read. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/records/filter.h"
#include "cli/output/table.h"

#define TIME_LENGTH 16 /* of a name, before the dot and ALERT */
#define SEEN_WIDTH 40  /* of a name in a message, in columns of the screen */

static int
add_states(struct filter *f, const char *list, struct error *error)
{
	for (;;) {
		size_t n = strcspn(list, ",");
		enum spool_state state;
		char word[8];

		snprintf(word, sizeof(word), "%.*s", (int)n, list);
		if (n >= sizeof(word))
			word[0] = '\0';
		if (strcmp(word, "all") == 0)
			f->states |= SPOOL_ANYWHERE;
		else if (spool_state_parse(word, &state))
			f->states |= SPOOL_IN(state);
		else
			return error_set(error, ERROR_USAGE,
			    "option --state: \"%.40s\" is not one of new, cur, "
			    "done, dead, bad and all",
			    list);
		if (list[n] == '\0')
			return 0;
		list += n + 1;
	}
}

static int
add_severities(struct filter *f, const char *list, struct error *error)
{
	for (;;) {
		size_t n = strcspn(list, ",");
		enum severity_rank rank;

		if (!severity_rank_parse(list, n, &rank))
			return error_set(error, ERROR_USAGE,
			    "option --severity: \"%.40s\" is not one of "
			    "CRITICAL, ERROR, WARNING, INFO and unrated",
			    list);
		f->severities |= 1u << rank;
		if (list[n] == '\0')
			return 0;
		list += n + 1;
	}
}

/* ---- alerts --------------------------------------------------------- */

/* ALERT as name_make() spells it. */
static void
spell_alert(char out[static NAME_ALERT_MAX + 1], const char *id, size_t len,
    const char *source)
{
	static const unsigned char digest[DIGEST_SIZE];
	struct name_view view = {.alert = ""};
	char name[NAME_SIZE];

	name_make(name,
	    &(struct name_parts){
		.id = id,
		.id_len = len,
		.source = source,
		.transition = TRANSITION_OPEN,
		.digest = digest,
	    });
	(void)name_parse(name, &view); /* what name_make() made is a name */
	snprintf(out, NAME_ALERT_MAX + 1, "%.*s", (int)view.alert_len,
	    view.alert);
}

/* The text after the last '+' may be a source, or part of the id. */
static void
set_alert(struct filter *f, const char *text)
{
	const char *plus = strrchr(text, '+');

	f->by_alert = true;
	spell_alert(f->id, text, strlen(text), NULL);
	if (plus != NULL && name_is_source(plus + 1, strlen(plus + 1)))
		spell_alert(f->alert, text, (size_t)(plus - text), plus + 1);
	if (strcmp(f->alert, "-") == 0) /* no alert, whatever the source */
		f->alert[0] = '\0';
}

static bool
is_alert(const struct filter *f, const struct name_view *name)
{
	return (strlen(f->id) == name->id_len &&
		   memcmp(f->id, name->alert, name->id_len) == 0) ||
	    (strlen(f->alert) == name->alert_len &&
		memcmp(f->alert, name->alert, name->alert_len) == 0);
}

/* The search for the alert whose id begins with a text. */
struct front {
	const struct filter *filter;
	size_t len;	    /* of its id */
	size_t alert_len;   /* of its alert's id; 0: there is none */
	const char *source; /* the rest: "" or "+SOURCE" */
	bool exact;	    /* an alert has exactly that id */
	bool by_source;	    /* found is ALERT, not an id */
	char found[NAME_ALERT_MAX + 1]; /* "" until one is found */
	char other[NAME_ALERT_MAX + 1]; /* a second one: ambiguous */
};

static bool
begins_so(const struct name_view *name, const char *front, size_t len)
{
	return len > 0 && len <= name->id_len &&
	    memcmp(name->alert, front, len) == 0;
}

static bool
has_source(const struct name_view *name, const char *source)
{
	return strlen(source) == name->alert_len - name->id_len &&
	    memcmp(name->alert + name->id_len, source, strlen(source)) == 0;
}

static void
note_found(struct front *s, const char *alert, size_t n, bool by_source)
{
	char text[NAME_ALERT_MAX + 1];

	snprintf(text, sizeof(text), "%.*s", (int)n, alert);
	if (s->found[0] == '\0') {
		memcpy(s->found, text, sizeof(text));
		s->by_source = by_source;
	} else if (strcmp(s->found, text) != 0) {
		memcpy(s->other, text, sizeof(text));
	}
}

/* Goes on after two were found: an exact match may follow. */
static int
look_for_front(void *context, const char *name, enum spool_state state)
{
	struct front *s = context;
	struct name_view view;

	(void)state;
	if (strlen(name) <= TIME_LENGTH || name[TIME_LENGTH + 1] == '-' ||
	    !name_parse(name, &view))
		return 0;
	s->exact = is_alert(s->filter, &view);
	if (s->exact)
		return 1;
	if (begins_so(&view, s->filter->id, s->len))
		note_found(s, view.alert, view.id_len, false);
	else if (begins_so(&view, s->filter->alert, s->alert_len) &&
	    has_source(&view, s->source))
		note_found(s, view.alert, view.alert_len, true);
	return 0;
}

int
filter_resolve(struct filter *f, const struct spool *spool, struct error *error)
{
	const char *plus = strchr(f->alert, '+');
	struct front s = {
	    .filter = f,
	    .len = strlen(f->id),
	    .alert_len = strcspn(f->alert, "+"),
	    .source = plus != NULL ? plus : "",
	};

	if (!f->by_alert || strcmp(f->id, "-") == 0)
		return 0;
	if (spool_walk(spool, SPOOL_ANYWHERE, look_for_front, &s, error) == -1)
		return -1;
	if (s.exact || s.found[0] == '\0')
		return 0;
	if (s.other[0] != '\0')
		return error_set(error, ERROR_INPUT,
		    "option --alert: %s is ambiguous: it may be %s or %s",
		    f->alert[0] != '\0' ? f->alert : f->id, s.found, s.other);
	memcpy(s.by_source ? f->alert : f->id, s.found, sizeof(s.found));
	return 0;
}

/* ---- the options ---------------------------------------------------- */

int
filter_parse_record(struct filter *f, const struct cli *cli,
    struct error *error)
{
	const char *text;
	size_t i = 0;

	*f = (struct filter){
	    .states = SPOOL_ANYWHERE,
	    .project.wanted = cli_value(cli, "project"),
	    .cluster.wanted = cli_value(cli, "cluster"),
	    .source = cli_value(cli, "source"),
	};
	while ((text = cli_next(cli, "severity", &i)) != NULL)
		if (add_severities(f, text, error) == -1)
			return -1;
	return 0;
}

int
filter_parse(struct filter *f, const struct cli *cli, struct error *error)
{
	const char *text;
	size_t i = 0;

	if (filter_parse_record(f, cli, error) == -1)
		return -1;
	f->states = 0;
	while ((text = cli_next(cli, "state", &i)) != NULL)
		if (add_states(f, text, error) == -1)
			return -1;
	if (f->states == 0)
		f->states = SPOOL_IN(SPOOL_NEW) | SPOOL_IN(SPOOL_CUR);
	if ((text = cli_value(cli, "alert")) != NULL)
		set_alert(f, text);
	if ((text = cli_value(cli, "event")) != NULL) {
		f->by_event = transition_parse(text, strlen(text), &f->event);
		if (!f->by_event)
			return error_set(error, ERROR_USAGE,
			    "option --event: \"%.40s\" is not one of open, "
			    "inform, update, acknowledge, unknown, close and "
			    "cancel",
			    text);
	}
	if (cli_moment(cli, "since", &f->has_since, &f->since, error) == -1)
		return -1;
	return cli_moment(cli, "until", &f->has_until, &f->until, error);
}

static void
free_seen(struct filter_thing *thing)
{
	while (thing->nseen > 0)
		free(thing->seen[--thing->nseen]);
}

void
filter_free(struct filter *f)
{
	free_seen(&f->project);
	free_seen(&f->cluster);
}

/* ---- records -------------------------------------------------------- */

bool
filter_name(const struct filter *f, const struct name_view *name)
{
	if (f->by_alert && !is_alert(f, name))
		return false;
	if (f->by_event && f->event != name->transition)
		return false;
	if (f->has_since && (!name->has_time || name->time < f->since))
		return false;
	return !f->has_until || !name->has_time || name->time <= f->until;
}

bool
filter_needs_record(const struct filter *f)
{
	return f->project.wanted != NULL || f->cluster.wanted != NULL ||
	    f->source != NULL || f->severities != 0;
}

/* Keep one more name, if there is one, and room and memory. */
static void
note_seen(struct filter_thing *thing, const char *name)
{
	if (thing->met || name == NULL || thing->nseen == FILTER_SEEN_MAX)
		return;
	for (size_t i = 0; i < thing->nseen; i++)
		if (strcmp(thing->seen[i], name) == 0)
			return;
	thing->seen[thing->nseen] = strdup(name);
	if (thing->seen[thing->nseen] != NULL)
		thing->nseen++;
}

static bool
is_wanted(const char *text, const char *wanted)
{
	return text != NULL && strcasecmp(text, wanted) == 0;
}

static bool
is_thing(struct filter_thing *thing, const char *id, const char *name)
{
	if (thing->wanted == NULL)
		return true;
	if (!is_wanted(id, thing->wanted) && !is_wanted(name, thing->wanted)) {
		note_seen(thing, name != NULL ? name : id);
		return false;
	}
	thing->met = true;
	free_seen(thing);
	return true;
}

/* Names have every source except "default", unless an older version made them. */
static bool
is_source(const struct record_view *v, const char *source)
{
	const struct name_view *name = &v->name;
	const char *text = record_view_text(v, "source");

	if (v->record != NULL)
		return text != NULL && strcmp(text, source) == 0;
	return name->id_len == name->alert_len ||
	    (name->alert_len - name->id_len == 1 + strlen(source) &&
		memcmp(name->alert + name->id_len + 1, source,
		    strlen(source)) == 0);
}

bool
filter_record(struct filter *f, const struct record_view *v)
{
	bool good = f->source == NULL || is_source(v, f->source);

	if (v->record == NULL)
		return good; /* the rest is unknown */
	if (!is_thing(&f->project, record_view_text(v, "alert.project.id"),
		record_view_text(v, "alert.project.name")))
		good = false;
	if (!is_thing(&f->cluster, record_view_text(v, "alert.cluster.id"),
		record_view_text(v, "alert.cluster.name")))
		good = false;
	return good &&
	    (f->severities == 0 ||
		(f->severities &
		    (1u << severity_rank(
			 record_view_text(v, "alert.severity")))) != 0);
}

static bool
explain(const struct filter_thing *thing, const char *what, struct cli *cli,
    struct error *error)
{
	struct buf names = BUF_INIT;

	if (thing->wanted == NULL || thing->met || thing->nseen == 0)
		return false;
	for (size_t i = 0; i < thing->nseen; i++) {
		const char *name = thing->seen[i];
		size_t n = table_text_fit(name, SEEN_WIDTH);

		buf_addf(&names, "%s\"%.*s%s\"", i > 0 ? ", " : "", (int)n,
		    name, name[n] != '\0' ? "…" : "");
	}
	if (thing->nseen == FILTER_SEEN_MAX)
		buf_adds(&names, " and perhaps more");
	error_set(error, ERROR_NOT_FOUND,
	    "no record here is of the %s \"%.100s\"", what, thing->wanted);
	if (!names.failed)
		cli_advise(cli, "there %s %s", thing->nseen == 1 ? "is" : "are",
		    names.data);
	buf_free(&names);
	return true;
}

bool
filter_explain(const struct filter *f, struct cli *cli, struct error *error)
{
	return explain(&f->project, "project", cli, error) ||
	    explain(&f->cluster, "cluster", cli, error);
}

bool
filter_is_past(const struct filter *f, const struct name_view *name,
    enum spool_order order)
{
	if (order == SPOOL_ASCENDING)
		return f->has_until && name->has_time && name->time > f->until;
	return f->has_since && (!name->has_time || name->time < f->since);
}
