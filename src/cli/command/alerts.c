/* SPDX-License-Identifier: ISC */
/*
 * alerts: alertspool alerts shows what is wrong now, and what happened.
 *
 * The names show which alerts are wanted; the newest record of each is read to filter and
 * to sort, and again to print, so that little is kept of each.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "cli/alerts/alert_json.h"
#include "cli/alerts/alert_order.h"
#include "cli/alerts/alert_table.h"
#include "cli/alerts/fold.h"
#include "cli/alerts/life.h"
#include "cli/alerts/queue_marks.h"
#include "cli/alerts/queue_results.h"
#include "cli/alerts/selection.h"
#include "cli/alerts/tally.h"
#include "cli/frame/cli.h"
#include "cli/frame/session.h"
#include "cli/frame/table_style.h"
#include "lib/base/timestamp.h"

static const struct cli_option alerts_options[] = {
    SELECTION_OPTIONS,
    {"limit", 'n', "N", "the first N only"},
    {"json", 'j', NULL, "an object a line"},
    {"check", 0, "SEVERITY", "exit code 69 if one this bad or worse is open"},
    TABLE_OPTIONS,
    {NULL, 0, NULL, NULL},
};

struct alerts {
	struct cli *cli;
	struct spool *spool;
	time_t now;
	struct selection selection;
	long limit; /* 0: all */
	bool json, terminal;
	bool checks;
	enum severity_rank bad_from;
	struct table_style style;

	struct alert_index index;
	struct record_view view;
	struct alert_shown *shown;
	size_t n;
	struct tally tally;
	struct alert_table table;
	struct queue_marks marks;
	struct buf line, queues;
	int code; /* of the first record that could not be read */
};

/* ---- options --------------------------------------------------------- */

static int
choose_check(struct alerts *a, struct error *error)
{
	const char *text = cli_value(a->cli, "check");

	a->checks = text != NULL;
	if (!a->checks)
		return 0;
	if (!severity_rank_parse(text, strlen(text), &a->bad_from) ||
	    a->bad_from == SEVERITY_UNRATED)
		return error_set(error, ERROR_USAGE,
		    "option --check: \"%.40s\" is not one of CRITICAL, ERROR, "
		    "WARNING and INFO",
		    text);
	if ((a->selection.states & FOLD_IN(FOLD_OPEN)) == 0)
		return error_set(error, ERROR_USAGE,
		    "--check asks for what is open, which --state leaves out");
	return 0;
}

static int
choose_form(struct alerts *a, struct error *error)
{
	a->json = cli_value(a->cli, "json") != NULL;
	if (a->json && cli_value(a->cli, "table") != NULL)
		return error_set(error, ERROR_USAGE,
		    "--json and --table are two forms; give one of them");
	return table_style(a->cli, &a->style, error);
}

static int
parse_options(struct alerts *a, struct error *error)
{
	if (selection_parse(&a->selection, a->cli, error) == -1 ||
	    choose_check(a, error) == -1 ||
	    cli_number(a->cli, "limit", 1, 1000000000, 0, &a->limit, error) ==
		-1)
		return -1;
	return choose_form(a, error);
}

/* ---- which alerts ---------------------------------------------------- */

/* Read the newest record of an alert. 1; 0 when it is gone. If it cannot be read, that is
 * reported once, and the names are used. */
static int
read_alert(struct alerts *a, const struct alert_fold *names, struct fold *f,
    bool report)
{
	struct error error = ERROR_INIT;
	int rc = fold_read(f, names, &a->view, a->spool, a->now, &error);

	if (rc == -1 && report) {
		int code = cli_tell(a->cli, &error);

		if (a->code == EX_OK)
			a->code = code;
	}
	return rc != 0;
}

static int
select_alerts(struct alerts *a, struct error *error)
{
	const struct alert_index_wish wish = selection_wish(&a->selection);
	struct fold f;

	if (alert_index_read(&a->index, a->spool, &wish, error) == -1)
		return -1;
	a->shown = calloc(a->index.n > 0 ? a->index.n : 1, sizeof(*a->shown));
	if (a->shown == NULL)
		return error_sys(error, ERROR_IO, "%zu alerts", a->index.n);
	a->tally.without_id = a->index.without_id;
	for (size_t i = 0; i < a->index.n; i++) {
		const struct alert_fold *names = &a->index.fold[i];

		if (names->records == 0 ||
		    read_alert(a, names, &f, true) == 0 ||
		    !selection_has(&a->selection, &f, names, &a->view))
			continue;
		tally_add(&a->tally, &f);
		a->shown[a->n++] = (struct alert_shown){names, f};
	}
	return 0;
}

/* ---- printing -------------------------------------------------------- */

static int
print_alert(struct alerts *a, size_t number, struct error *error)
{
	struct alert_shown *s = &a->shown[number];

	if (read_alert(a, s->names, &s->fold, false) == 0)
		return 0;
	if (!a->json)
		return alert_table_add(&a->table, &s->fold, s->names, &a->view,
		    &a->marks, number, error);
	buf_reset(&a->line);
	alert_json(&a->line, &s->fold, s->names, &a->view, &a->marks, number);
	return alert_json_print(&a->line, a->terminal, error);
}

static int
print_tally(struct alerts *a, struct error *error)
{
	if (tally_read(&a->tally, a->spool, &a->cli->settings, error) == -1)
		return -1;
	buf_reset(&a->line);
	tally_line(&a->line, &a->tally, a->now, a->style.width);
	if (buf_check(&a->line, error) == -1)
		return -1;
	puts(a->line.data);
	return 0;
}

/* The states of the first n alerts in the queues. */
static int
read_marks(struct alerts *a, size_t n, struct error *error)
{
	for (size_t i = 0; i < n; i++)
		if (queue_marks_ask(&a->marks, a->shown[i].names->newest.name,
			i, error) == -1)
			return -1;
	return queue_marks_read(&a->marks, n, error);
}

static int
print_all(struct alerts *a, struct error *error)
{
	size_t n = a->n;

	if (a->limit > 0 && (size_t)a->limit < n)
		n = (size_t)a->limit;
	if (read_marks(a, n, error) == -1)
		return -1;
	if (!a->json &&
	    alert_table_open(&a->table, &a->style,
		selection_is_range(&a->selection), a->marks.list.n > 0, a->now,
		error) == -1)
		return -1;
	for (size_t i = 0; i < n && !ferror(stdout); i++)
		if (print_alert(a, i, error) == -1)
			return -1;
	if (a->json)
		return 0;
	if (n > 0)
		table_end(a->table.table);
	return a->style.width > 0 ? print_tally(a, error) : 0;
}

static int
show_alerts(struct alerts *a, struct error *error)
{
	struct error none = ERROR_INIT;

	if (select_alerts(a, error) == -1)
		return -1;
	qsort(a->shown, a->n, sizeof(*a->shown), alert_order);
	if (print_all(a, error) == -1)
		return -1;
	if (filter_explain(&a->selection.filter, a->cli, &none))
		(void)cli_tell(a->cli, &none);
	return a->checks && tally_is_bad(&a->tally, a->bad_from)
	    ? EX_UNAVAILABLE
	    : a->code;
}

/* ---- the life of one ------------------------------------------------- */

/* A line under a delivery with its result in a queue. */
static int
add_under(void *alerts, const struct buf *line, struct error *error)
{
	struct alerts *a = alerts;

	life_print_under(&a->line, line, a->style.width);
	return buf_check(&a->line, error);
}

static int
print_delivery(struct alerts *a, const struct spool_entry *entry,
    struct life_result *result, struct error *error)
{
	const enum life_form form = a->json ? LIFE_JSON
	    : a->style.width > 0	    ? LIFE_PEOPLE
					    : LIFE_LINES;

	if (record_view_read(&a->view, a->spool, entry, error) == -1) {
		if (error->kind != ERROR_NOT_FOUND)
			a->code = cli_tell(a->cli, error);
		error_clear(error);
	}
	buf_reset(&a->queues);
	if (life_result(result, a->spool, &a->view, error) == -1 ||
	    queue_results_json(&a->queues, &a->marks.list, entry->name,
		error) == -1 ||
	    buf_check(&a->queues, error) == -1)
		return -1;
	buf_reset(&a->line);
	life_print(&a->line, &a->view, result, form, a->style.width,
	    &a->queues);
	if (a->json)
		return alert_json_print(&a->line, a->terminal, error);
	if (form == LIFE_PEOPLE &&
	    queue_results_each(&a->marks.list, entry->name, add_under, a,
		error) == -1)
		return -1;
	if (buf_check(&a->line, error) == -1)
		return -1;
	fwrite(a->line.data, 1, a->line.len, stdout);
	return 0;
}

/* "5d1b6f8e…: closed 2026-11-30T02:09:00Z, 5 deliveries" */
static int
print_head(struct alerts *a, const struct life *life, struct error *error)
{
	struct error why = ERROR_INIT; /* print_delivery() reports it */
	const struct alert_fold *names;
	char ended[TIMESTAMP_SIZE] = "";
	struct fold f;

	alert_index_free(&a->index);
	if (life_fold(life, &a->index, error) == -1)
		return -1;
	names = &a->index.fold[0];
	(void)fold_read(&f, names, &a->view, a->spool, a->now, &why);
	if (f.ended.set)
		timestamp_format(ended, (struct timespec){.tv_sec = f.ended.at},
		    0);
	printf("%.*s: %s%s%s%s, %zu %s\n", (int)a->view.name.alert_len,
	    a->view.name.alert, fold_state_word(f.state), f.silent ? "?" : "",
	    f.ended.set ? " " : "", ended, names->records,
	    names->records == 1 ? "delivery" : "deliveries");
	return 0;
}

static int
show_life(struct alerts *a, const char *operand, struct error *error)
{
	struct life_result result = LIFE_RESULT_INIT;
	char alert[NAME_ALERT_MAX + 1];
	struct life life = LIFE_INIT;
	int rc = -1;

	if (life_resolve(a->spool, operand, alert, error) == 0)
		rc = life_read(&life, a->spool, alert, error);
	if (rc == 0 && !a->json && a->style.width > 0)
		rc = print_head(a, &life, error);
	for (size_t i = 0; rc == 0 && i < life.n; i++)
		rc = print_delivery(a, &life.entry[i], &result, error);
	life_result_free(&result);
	life_free(&life);
	return rc;
}

static int
show_lives(struct alerts *a, struct error *error)
{
	int code = EX_OK;

	for (size_t i = 0; i < a->cli->ngiven; i++) {
		const char *name = a->cli->given[i].option->name;

		if (strcmp(name, "json") != 0 && strcmp(name, "table") != 0 &&
		    strcmp(name, "color") != 0 && strcmp(name, "config") != 0)
			return error_set(error, ERROR_USAGE,
			    "--%s chooses among alerts, and ALERT is one",
			    name);
	}
	for (int i = 0; i < a->cli->noperands; i++) {
		if (i > 0 && !a->json && a->style.width > 0)
			putchar('\n');
		if (show_life(a, a->cli->operands[i], error) == -1) {
			int failed = cli_tell(a->cli, error);

			code = code == EX_OK ? failed : code;
		}
	}
	return code != EX_OK ? code : a->code;
}

static int
alerts_run(struct cli *cli, struct error *error)
{
	struct alerts a = {
	    .cli = cli,
	    .now = time(NULL),
	    .terminal = isatty(STDOUT_FILENO) == 1,
	    .index = ALERT_INDEX_INIT,
	    .view = RECORD_VIEW_INIT,
	    .marks = QUEUE_MARKS_INIT,
	};
	int rc = -1;

	if (parse_options(&a, error) == 0 &&
	    session_spool(cli, SPOOL_READ, &a.spool, error) == 0)
		rc = queue_marks_open(&a.marks, a.spool,
		    cli->settings.directory, &cli->queues, error);
	if (rc == 0)
		rc = cli->noperands > 0 ? show_lives(&a, error)
					: show_alerts(&a, error);
	alert_table_close(&a.table);
	alert_index_free(&a.index);
	queue_marks_free(&a.marks);
	free(a.shown);
	buf_free(&a.line);
	buf_free(&a.queues);
	selection_free(&a.selection);
	record_view_free(&a.view);
	spool_close(a.spool);
	return rc;
}

const struct command command_alerts = {
    .name = "alerts",
    .arguments = "[ALERT…]",
    .summary = "show what is wrong now, and what happened",
    .details =
	"Without options, prints the alerts that are open or acknowledged,\n"
	"the worst first. STATE is open, acknowledged, closed, cancelled,\n"
	"informational or unknown. An alert has ended if its last open,\n"
	"close or cancel is a close or a cancel, or by its newest record;\n"
	"\"alertspool end\" ends one by hand. TOLD is the number of its\n"
	"deliveries. \"open?\" had no delivery for a week.\n"
	"\n"
	"With --since or --until, prints alerts of every state that existed\n"
	"in that time, and when they were opened and ended. TIME is as for\n"
	"list.\n"
	"\n"
	"With ALERT, prints its life: each delivery, and under it the\n"
	"result. ALERT is an alert's id, with +SOURCE for sources other\n"
	"than default, or a beginning that no other alert has; or the ID of\n"
	"a record.\n"
	"\n"
	"If the output is not a terminal, prints lines of columns separated\n"
	"by TAB: id of the newest record, alert, severity, since, state,\n"
	"deliveries, last, project, where, value, summary, ended. With\n"
	"--json, one object a line.\n"
	"\n"
	"With --check, the exit code is 69 if an alert this bad or worse is\n"
	"open and not acknowledged; alerts without a severity never count.\n"
	"\n"
	"Examples:\n"
	"  alertspool alerts\n"
	"  alertspool alerts --cluster shop --since 02:00 --until 04:00\n"
	"  alertspool alerts --state open --until 2d\n"
	"  alertspool alerts --check ERROR\n"
	"  alertspool alerts 5d1b6f8e\n",
    .options = alerts_options,
    .min_operands = 0,
    .max_operands = CLI_ANY,
    .run = alerts_run,
};
