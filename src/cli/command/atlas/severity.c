/* SPDX-License-Identifier: ISC */
/* severity: alertspool atlas severity prints severities of alert configurations as
 * settings. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/atlas/api.h"
#include "cli/atlas/project.h"
#include "cli/atlas/sections.h"
#include "cli/frame/cli.h"
#include "lib/alert/severity.h"

static const struct cli_option severity_options[] = {
    {NULL, 0, NULL, NULL},
};

static const char word_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789_-";

/* The event type becomes a comment, short and in plain characters, because lines of
 * settings have a limited length. */
static void
add_comment(struct buf *out, const char *text)
{
	buf_adds(out, " ; ");
	for (size_t i = 0; i < 100 && text[i] != '\0'; i++)
		buf_addc(out,
		    strchr(word_characters, text[i]) != NULL ? text[i] : '?');
}

static int
add_project(struct buf *out, const struct project *p, struct error *error)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct project_config *c = &p->config[i];
		const char *word;

		if (c->severity == NULL)
			continue;
		word = severity_word(c->severity);
		if (word == NULL)
			return error_set(error, ERROR_INPUT,
			    "project %s: alert configuration %s has a severity "
			    "that is none of INFO, WARNING, ERROR and CRITICAL",
			    p->id, c->id);
		buf_addf(out, "%s = %s", c->id, word);
		if (c->event_type != NULL)
			add_comment(out, c->event_type);
		buf_addc(out, '\n');
	}
	return buf_check(out, error);
}

/* A project may be in two sections, and a key of settings must not come twice. */
static bool
was_read(const struct cli *cli, const struct atlas_settings *all,
    const struct atlas_section *s, const char *project)
{
	for (const struct atlas_section *o = all->section; o < s; o++)
		for (size_t i = 0; i < o->nprojects; i++)
			if (sections_wanted(cli, o) &&
			    strcmp(o->project[i], project) == 0)
				return true;
	return false;
}

static int
add_section(struct buf *out, struct cli *cli, const struct atlas_settings *all,
    const struct atlas_section *s, struct error *error)
{
	struct project p = PROJECT_INIT;
	struct api *api;
	int rc;

	if (api_open(&api, &cli->settings, s, error) == -1)
		return -1;
	rc = 0;
	for (size_t i = 0; i < s->nprojects && rc == 0; i++) {
		if (was_read(cli, all, s, s->project[i]))
			continue;
		p = (struct project){.id = s->project[i]};
		rc = project_read_configs(&p, api, error);
		if (rc == 0)
			rc = add_project(out, &p, error);
		project_free(&p);
	}
	if (rc == -1) {
		error_prefix(error, "[atlas %s] ", s->name);
		if (api_fix(api) != NULL)
			cli_advise(cli, "%s", api_fix(api));
	}
	api_close(api);
	return rc;
}

static int
severity_run(struct cli *cli, struct error *error)
{
	struct buf out = BUF_INIT;
	struct atlas_settings s;
	int rc = sections_load(cli, &s, error);

	buf_adds(&out, "; made by alertspool atlas severity\n");
	if (rc == 0)
		rc = sections_check_operands(cli, &s, error);
	for (size_t i = 0; i < s.n && rc == 0; i++)
		if (sections_wanted(cli, &s.section[i]))
			rc = add_section(&out, cli, &s, &s.section[i], error);
	if (rc == 0)
		fwrite(out.data, 1, out.len, stdout);
	atlas_settings_free(&s);
	buf_free(&out);
	return rc == -1 ? -1 : EX_OK;
}

const struct command command_atlas_severity = {
    .name = "atlas severity",
    .arguments = "[NAME…]",
    .summary = "print the severities set in Atlas, as settings",
    .details =
	"Alerts carry no severity. This prints those of the projects' alert\n"
	"configurations as lines for the severity_file of\n"
	"alertspool.conf(5). Configurations without one are left out: the\n"
	"API does not tell Atlas's default for them, so set those in\n"
	"[severity], by event type. Nothing is printed unless everything\n"
	"could be read. NAME is that of a section [atlas NAME]; without\n"
	"one, all are used. alertspool-atlas-severity.timer does it daily.\n"
	"\n"
	"Example:\n"
	"  alertspool atlas severity >severity.new && mv severity.new "
	"severity.conf\n",
    .options = severity_options,
    .min_operands = 0,
    .max_operands = CLI_ANY,
    .network = true,
    .run = severity_run,
};
