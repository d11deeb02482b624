/* SPDX-License-Identifier: ISC */
/* What the name tells is asked first, so that most records are never read. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cli/records/filter.h"
#include "lib/base/quantity.h"
#include "lib/base/timestamp.h"

#define DATE_LENGTH 10 /* YYYY-MM-DD */

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
			    "option --state: \"%.40s\" is none of new, cur, "
			    "done, dead, bad and all",
			    list);
		if (list[n] == '\0')
			return 0;
		list += n + 1;
	}
}

/* ALERT as name_make() spells it: by letting it spell a name. */
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

/* What stands behind the last '+' may be a source, and may be of the id. */
static void
set_alert(struct filter *f, const char *text)
{
	const char *plus = strrchr(text, '+');

	f->by_alert = true;
	spell_alert(f->id, text, strlen(text), NULL);
	if (plus != NULL && name_is_source(plus + 1, strlen(plus + 1)))
		spell_alert(f->alert, text, (size_t)(plus - text), plus + 1);
	if (strcmp(f->alert, "-") == 0) /* no alert's, whatever the source */
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

/* "2026-11-23T07:45:42Z", "2026-11-23" (its beginning, UTC), or an age. */
static int
parse_moment(const char *option, const char *text, time_t *t,
    struct error *error)
{
	struct timespec at;
	char date[DATE_LENGTH + sizeof("T00:00:00Z")];
	int64_t age;

	if (strlen(text) == DATE_LENGTH) {
		snprintf(date, sizeof(date), "%sT00:00:00Z", text);
		if (timestamp_parse(date, strlen(date), &at) == 0) {
			*t = at.tv_sec;
			return 0;
		}
	}
	if (timestamp_parse(text, strlen(text), &at) == 0) {
		*t = at.tv_sec;
		return 0;
	}
	if (quantity_duration(text, &age) == 0) {
		*t = time(NULL) - (time_t)(age / 1000);
		return 0;
	}
	return error_set(error, ERROR_USAGE,
	    "option --%s: \"%.40s\" is no time like 2026-11-23T07:45:42Z, no "
	    "date like 2026-11-23 and no age like 2h or 3d",
	    option, text);
}

static int
set_moment(const struct cli *cli, const char *option, bool *has, time_t *t,
    struct error *error)
{
	const char *text = cli_value(cli, option);

	*has = text != NULL;
	return text == NULL ? 0 : parse_moment(option, text, t, error);
}

int
filter_parse(struct filter *f, const struct cli *cli, struct error *error)
{
	const char *text;
	size_t i = 0;

	*f = (struct filter){
	    .project = cli_value(cli, "project"),
	    .source = cli_value(cli, "source"),
	};
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
			    "option --event: \"%.40s\" is none of open, "
			    "inform, update, acknowledge, unknown, close and "
			    "cancel",
			    text);
	}
	if (set_moment(cli, "since", &f->has_since, &f->since, error) == -1)
		return -1;
	return set_moment(cli, "until", &f->has_until, &f->until, error);
}

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
	return f->project != NULL || f->source != NULL;
}

static bool
is_text(const struct record_view *v, const char *path, const char *wanted)
{
	const char *text = record_view_text(v, path);

	return text != NULL && strcmp(text, wanted) == 0;
}

bool
filter_record(const struct filter *f, const struct record_view *v)
{
	if (f->source != NULL && !is_text(v, "source", f->source))
		return false;
	return f->project == NULL ||
	    is_text(v, "alert.project.id", f->project) ||
	    is_text(v, "alert.project.name", f->project);
}

bool
filter_is_past(const struct filter *f, const struct name_view *name,
    enum spool_order order)
{
	if (order == SPOOL_ASCENDING)
		return f->has_until && name->has_time && name->time > f->until;
	return f->has_since && (!name->has_time || name->time < f->since);
}
