/* SPDX-License-Identifier: ISC */
/* cli: one run from the first word to the exit code, and helpers that verbs share. */
#include "config.h"
#include "installed.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/frame/cli.h"
#include "cli/frame/help.h"
#include "cli/frame/network.h"
#include "cli/frame/options.h"
#include "lib/base/escape.h"
#include "lib/base/file.h"
#include "lib/base/identity.h"
#include "lib/base/log.h"
#include "lib/base/moment.h"
#include "lib/base/quantity.h"

#define OTHER_DESCRIPTORS 64 /* for the spool, the terminal, libraries */

/* ---- options -------------------------------------------------------- */

const char *
cli_next(const struct cli *cli, const char *option, size_t *i)
{
	while (*i < cli->ngiven) {
		const struct cli_given *given = &cli->given[(*i)++];

		if (strcmp(given->option->name, option) == 0)
			return given->value;
	}
	return NULL;
}

const char *
cli_value(const struct cli *cli, const char *option)
{
	const char *value, *last = NULL;
	size_t i = 0;

	while ((value = cli_next(cli, option, &i)) != NULL)
		last = value;
	return last;
}

int
cli_number(const struct cli *cli, const char *option, long min, long max,
    long fallback, long *number, struct error *error)
{
	const char *text = cli_value(cli, option);
	int64_t n = fallback;

	if (text != NULL &&
	    quantity_number(text, strlen(text), min, max, &n) == -1)
		return error_set(error, ERROR_USAGE,
		    "option --%s: \"%.40s\" is not a whole number from %ld to "
		    "%ld",
		    option, text, min, max);
	*number = (long)n;
	return 0;
}

int
cli_time(const struct cli *cli, const struct cli_time *time, int64_t *ms,
    struct error *error)
{
	const char *text = cli_value(cli, time->option);

	*ms = time->fallback;
	if (text == NULL)
		return 0;
	if (quantity_duration(text, ms) == 0 && *ms >= time->min &&
	    *ms <= time->max)
		return 0;
	return error_set(error, ERROR_USAGE,
	    "option --%s: \"%.40s\" is not a time of %s, like 90s or 1h30m",
	    time->option, text, time->range);
}

int
cli_moment(const struct cli *cli, const char *option, bool *has, time_t *t,
    struct error *error)
{
	const char *text = cli_value(cli, option);

	*has = text != NULL;
	if (text == NULL || moment_parse(text, time(NULL), t) == 0)
		return 0;
	return error_set(error, ERROR_USAGE,
	    "option --%s: \"%.40s\" is not a time like " MOMENT_FORMS, option,
	    text);
}

/* ---- descriptors ---------------------------------------------------- */

int
cli_descriptors(struct cli *cli, const char *option, size_t n, size_t each,
    struct error *error)
{
	rlim_t wanted = n * each + OTHER_DESCRIPTORS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_cur >= wanted)
		return 0;
	error_set(error, ERROR_UNAVAILABLE,
	    "--%s %zu takes up to %llu open files, and %llu are allowed",
	    option, n, (unsigned long long)wanted,
	    (unsigned long long)limit.rlim_cur);
	return cli_advise(cli,
	    "\"ulimit -n\", or LimitNOFILE= of the service, allows more");
}

/* ---- errors --------------------------------------------------------- */

int
cli_advise(struct cli *cli, const char *format, ...)
{
	char *text;
	va_list ap;
	int n;

	if (cli->advice.len > 0)
		return -1;
	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	if (n == -1)
		return -1; /* the error itself is printed anyway */
	buf_adds(&cli->advice, text);
	free(text);
	return -1;
}

void
cli_say(const char *text, size_t n)
{
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);

	/* Text that standard error does not take is lost; the exit code still shows the
	 * failure. */
	(void)file_write_full(STDERR_FILENO, text, n);
	(void)signal(SIGPIPE, before);
}

int
cli_tell(struct cli *cli, struct error *error)
{
	int code = error_exit_code(error);
	struct buf line = BUF_INIT;

	buf_adds(&line, log_prefix(LEVEL_ERROR));
	buf_adds(&line, "alertspool");
	if (cli->command != NULL)
		buf_addf(&line, " %s", cli->command->name);
	buf_adds(&line, ": ");
	/* Libraries escape text from outside; words of the command line come through here
	 * unescaped. */
	escape_terminal(&line, error->text, strlen(error->text));
	if (cli->advice.len > 0) {
		buf_adds(&line, "; ");
		escape_terminal(&line, cli->advice.data, cli->advice.len);
	}
	buf_addc(&line, '\n');
	(void)fflush(stdout);
	if (!line.failed)
		cli_say(line.data, line.len);
	buf_free(&line);
	buf_reset(&cli->advice);
	error_clear(error);
	return code;
}

void
cli_fail(struct cli *cli, struct error *error, int *code)
{
	int failed = cli_tell(cli, error);

	if (*code == EX_OK)
		*code = failed;
}

/* ---- what verbs need ------------------------------------------------ */

int
cli_read_stdin(struct buf *text, size_t limit, struct error *error)
{
	enum { STEP = 64 * 1024 };
	size_t begin = text->len;
	ssize_t n;

	do {
		if (buf_reserve(text, STEP) == -1)
			return buf_check(text, error);
		n = file_read_full(STDIN_FILENO, text->data + text->len, STEP);
		if (n == -1)
			return error_sys(error, ERROR_IO, "standard input");
		text->len += (size_t)n;
		text->data[text->len] = '\0';
		if (text->len - begin > limit)
			return error_set(error, ERROR_INPUT,
			    "standard input has over %zu bytes", limit);
	} while (n == STEP);
	return 0;
}

/* ---- one run -------------------------------------------------------- */

static int
unknown_verb(struct cli *cli, const struct command_group *g, const char *word,
    struct error *error)
{
	const char *nearest = command_nearest(g, word);

	error_set(error, ERROR_USAGE, "unknown command \"%s%s%.100s\"",
	    g == NULL ? "" : g->name, g == NULL ? "" : " ", word);
	if (nearest != NULL)
		return cli_advise(cli, "did you mean \"alertspool %s\"?",
		    nearest);
	return cli_advise(cli, "see \"alertspool help%s%s\"",
	    g == NULL ? "" : " ", g == NULL ? "" : g->name);
}

/* Find the verb at *at, and move *at to its last word: 1; 0 when help for a group was
 * printed instead; -1. */
static int
find_verb(struct cli *cli, int *at, struct error *error)
{
	const char *word = cli->argv[*at];
	const struct command_group *g = command_group_find(word);

	if (g == NULL) {
		cli->command = command_find(word);
		return cli->command != NULL
		    ? 1
		    : unknown_verb(cli, NULL, word, error);
	}
	if (++*at == cli->argc) {
		error_set(error, ERROR_USAGE,
		    "a command is missing after \"%s\"", g->name);
		return cli_advise(cli, "see \"alertspool help %s\"", g->name);
	}
	word = cli->argv[*at];
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		help_group(g);
		return 0;
	}
	cli->command = command_group_verb(g, word);
	return cli->command != NULL ? 1 : unknown_verb(cli, g, word, error);
}

static int
check_operands(struct cli *cli, struct error *error)
{
	const struct command *c = cli->command;

	if (cli->noperands < c->min_operands)
		error_set(error, ERROR_USAGE, "%s is missing", c->arguments);
	else if (cli->noperands > c->max_operands)
		error_set(error, ERROR_USAGE, "\"%.100s\" is one word too many",
		    cli->operands[c->max_operands]);
	else
		return 0;
	return cli_advise(cli, "usage: alertspool %s [OPTION]… %s", c->name,
	    c->arguments);
}

/* For an option that was refused. */
static int
advise_option(struct cli *cli)
{
	const struct command *c = cli->command;

	if (cli->unknown_option && c->advise_option != NULL)
		c->advise_option(cli);
	return cli_advise(cli, "see \"alertspool %s --help\"", c->name);
}

/* Answer options that end the run whatever else is given. Was there one? */
static bool
answered(const struct cli *cli)
{
	if (cli_value(cli, "help") != NULL && cli->command != NULL)
		help_command(cli->command);
	else if (cli_value(cli, "help") != NULL)
		help_overview();
	else if (cli_value(cli, "version") != NULL)
		printf("alertspool %s\n", PACKAGE_VERSION);
	else
		return false;
	return true;
}

static int
run(struct cli *cli, struct error *error)
{
	int verb, rc;

	if (options_parse_global(cli, &verb, error) == -1)
		return cli_advise(cli, "see \"alertspool help\"");
	if (answered(cli))
		return 0;
	if (verb == cli->argc) {
		error_set(error, ERROR_USAGE, "no command was given");
		return cli_advise(cli, "see \"alertspool help\"");
	}
	rc = find_verb(cli, &verb, error);
	if (rc != 1)
		return rc;
	if (options_parse_command(cli, verb, error) == -1)
		return advise_option(cli);
	if (answered(cli))
		return 0;
	if (check_operands(cli, error) == -1)
		return -1;
	if (cli->command->network && network_need(cli, error) == -1)
		return -1;
	if (!cli->command->runs_programs && identity_protect(error) == -1)
		return -1;
	return cli->command->run(cli, error);
}

/* Fail if the result could not be written. */
static int
close_stdout(struct cli *cli, int code)
{
	struct error error = ERROR_INIT;
	bool failed = ferror(stdout) != 0;

	if (fclose(stdout) == 0 && !failed)
		return code;
	if (errno != 0 && !failed)
		error_sys(&error, ERROR_IO, "standard output");
	else
		error_set(&error, ERROR_IO,
		    "standard output could not be written");
	return code != EX_OK ? code : cli_tell(cli, &error);
}

int
cli_main(int argc, char **argv, bool has_network)
{
	struct cli cli = {.argc = argc,
	    .argv = argv,
	    .has_network = has_network};
	struct error error = ERROR_INIT;
	int code = run(&cli, &error);

	if (code == -1)
		code = cli_tell(&cli, &error);
	code = close_stdout(&cli, code);
	settings_free(&cli.settings);
	queues_free(&cli.queues);
	options_free(&cli);
	buf_free(&cli.advice);
	return code;
}
