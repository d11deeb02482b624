/* SPDX-License-Identifier: ISC */
/* selection: chooses alerts by the options: first by names, then by the newest record. */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "cli/alerts/selection.h"

#define SHOWN_IF_OPEN (FOLD_IN(FOLD_OPEN) | FOLD_IN(FOLD_ACKNOWLEDGED))

static int
add_states(struct selection *s, const char *list, struct error *error)
{
	for (;;) {
		const size_t n = strcspn(list, ",");
		enum fold_state state;

		if (!fold_state_parse(list, n, &state))
			return error_set(error, ERROR_USAGE,
			    "option --state: \"%.40s\" is not one of open, "
			    "acknowledged, closed, cancelled, informational "
			    "and unknown",
			    list);
		s->states |= FOLD_IN(state);
		if (list[n] == '\0')
			return 0;
		list += n + 1;
	}
}

static int
choose_states(struct selection *s, const struct cli *cli, struct error *error)
{
	const bool all = cli_value(cli, "all") != NULL;
	const char *text;
	size_t i = 0;

	while ((text = cli_next(cli, "state", &i)) != NULL)
		if (add_states(s, text, error) == -1)
			return -1;
	if (all && s->states != 0)
		return error_set(error, ERROR_USAGE,
		    "--all and --state exclude each other");
	if (s->states == 0)
		s->states =
		    all || selection_is_range(s) ? FOLD_ANY : SHOWN_IF_OPEN;
	return 0;
}

int
selection_parse(struct selection *s, const struct cli *cli, struct error *error)
{
	*s = (struct selection){.type = cli_value(cli, "type")};
	if (cli_moment(cli, "since", &s->since.set, &s->since.at, error) ==
		-1 ||
	    cli_moment(cli, "until", &s->until.set, &s->until.at, error) ==
		-1 ||
	    choose_states(s, cli, error) == -1)
		return -1;
	return filter_parse_record(&s->filter, cli, error);
}

void
selection_free(struct selection *s)
{
	filter_free(&s->filter);
}

bool
selection_is_range(const struct selection *s)
{
	return s->since.set || s->until.set;
}

struct alert_index_wish
selection_wish(const struct selection *s)
{
	return (struct alert_index_wish){
	    .states = fold_index_states(s->states),
	    .has_since = s->since.set,
	    .since = s->since.at,
	};
}

static bool
is_type(const struct selection *s, const struct record_view *v)
{
	static const char *const paths[] = {"alert.event_type",
	    "alert.category"};

	if (s->type == NULL || v->record == NULL)
		return true;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		const char *text = record_view_text(v, paths[i]);

		if (text != NULL && strcasecmp(text, s->type) == 0)
			return true;
	}
	return false;
}

bool
selection_has(struct selection *s, const struct fold *f,
    const struct alert_fold *names, const struct record_view *v)
{
	return filter_record(&s->filter, v) && is_type(s, v) &&
	    (s->states & FOLD_IN(f->state)) != 0 &&
	    fold_lived(f, names, &s->since, &s->until);
}
