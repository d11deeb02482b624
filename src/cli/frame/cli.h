/* SPDX-License-Identifier: ISC */
/*
 * cli: the frame that runs every verb of alertspool.
 *
 * A verb is one file of command/ with one exported struct command, and one line in
 * COMMANDS below; verbs that share a noun are a group, a directory there and a row of
 * command_groups[]. A verb's options are a table, from which parsing, usage, help and the
 * manual's test are made. The frame finds the verb, parses, runs it, prints errors as
 * "alertspool VERB: what, where, why; what to do" on standard error, checks that standard
 * output was written, and returns one of sysexits(3).
 */
#ifndef ALERTSPOOL_FRAME_CLI_H
#define ALERTSPOOL_FRAME_CLI_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/settings/queues.h"
#include "lib/settings/settings.h"
#include "lib/spool/spool.h"

struct cli;

struct cli_option {
	const char *name;     /* the long name, without dashes */
	char letter;	      /* 0 for none */
	const char *argument; /* "FILE"; NULL: the option has no argument */
	const char *help;     /* one line, without a full stop */
};

#define CLI_ANY INT_MAX

/* The longest body that is read to be sent or signed: more than any responder accepts, so
 * that its refusal can be tested. */
#define CLI_BODY_MAX (4 * SETTINGS_BODY_MAX)

struct command {
	const char *name; /* both words for a group's verb: "source list" */
	const char *arguments; /* as in the usage: "ID…"; "" for none */
	const char *summary;   /* one line, without a full stop */
	const char *details;   /* paragraphs of whole lines */
	const struct cli_option *options; /* ends with a row without a name */
	int min_operands, max_operands;	  /* CLI_ANY: any number */
	bool
	    network; /* always needs libcurl or the NATS library: see frame/network.h */
	bool
	    runs_programs; /* the operator's, with our limits; such a verb reads no secret */

	/* Adds advice for an option that is not in the table; NULL: only that for help. */
	void (*advise_option)(struct cli *);

	/* The exit code, or -1 with an error, which the frame prints and turns into the
	 * exit code. */
	int (*run)(struct cli *, struct error *);
};

/* All verbs, in the order of "alertspool help". */
#define COMMANDS(X) \
	X(init) \
	X(sign) \
	X(verify) \
	X(send) \
	X(check) \
	X(alerts) \
	X(list) \
	X(show) \
	X(stats) \
	X(report) \
	X(claim) \
	X(ack) \
	X(release) \
	X(bury) \
	X(requeue) \
	X(end) \
	X(route) \
	X(run) \
	X(forward) \
	X(clean) \
	X(help)

#define COMMAND_DECLARE(verb) extern const struct command command_##verb;
COMMANDS(COMMAND_DECLARE)
#undef COMMAND_DECLARE

/* Ends with NULL. */
extern const struct command *const commands[];

/* The verbs of one noun: "alertspool source list". */
struct command_group {
	const char *name;    /* the noun */
	const char *summary; /* one line, without a full stop */
	const struct command *const *commands; /* ends with NULL */
};

/* All groups, listed after the verbs by "alertspool help"; ends with a row without a
 * name. */
extern const struct command_group command_groups[];

/* The verb of exactly this name, or NULL. */
const struct command *command_find(const char *name);

/* The group of exactly this name, or NULL; and the verb of a group with this second word,
 * or NULL. */
const struct command_group *command_group_find(const char *name);
const struct command *command_group_verb(const struct command_group *,
    const char *word);

/* The known verb or group (in a group: its verb, both words) most similar to this word,
 * or NULL. */
const char *command_nearest(const struct command_group *, const char *word);

/* The options of every verb, allowed before and after its name. */
extern const struct cli_option global_options[];

/* One option as given. */
struct cli_given {
	const struct cli_option *option;
	const char *value; /* borrowed from argv; "" without an argument */
};

/* One run of the program. */
struct cli {
	const struct command *command; /* NULL before it is known */
	int argc;
	char **argv;  /* as the program got them */
	char **words; /* the verb and the words after it, permuted by getopt */
	char **operands; /* the words that are not options */
	int noperands;
	struct cli_given *given; /* in the order of the command line */
	size_t ngiven;
	struct settings settings; /* after session_settings() */
	struct queues queues;	  /* likewise; empty when they are refused: */
	struct error queues_error;
	bool loaded;
	bool unknown_option; /* one that is not in the tables was refused */
	bool has_network;    /* libcurl and the NATS library are linked */
	bool became_owner;   /* was root, and is the spool's owner now */
	struct buf advice;   /* what to do, printed after the error */
};

/* The whole program, once its descriptors are open: the exit code. has_network: has it
 * libcurl and the NATS library? */
int cli_main(int argc, char **argv, bool has_network);

/* The last value of this option of the verb's table, "" if it has no argument; NULL when
 * it was not given. */
const char *cli_value(const struct cli *, const char *option);

/* The next value from position *i (0 at first) on, or NULL at the end. */
const char *cli_next(const struct cli *, const char *option, size_t *i);

/* The option's whole number, fallback when it was not given. ERROR_USAGE unless it is min
 * to max. 0 or -1. */
int cli_number(const struct cli *, const char *option, long min, long max,
    long fallback, long *number, struct error *);

/* The option's time in milliseconds, fallback when it was not given. ERROR_USAGE unless
 * it is min to max, which range has as text. 0 or -1. */
struct cli_time {
	const char *option;
	int64_t min, max, fallback;
	const char *range; /* "1s to 24h" */
};
int cli_time(const struct cli *, const struct cli_time *, int64_t *ms,
    struct error *);

/* The option's moment, as moment_parse() reads it now; *has is whether it was given. 0,
 * or -1 with ERROR_USAGE. */
int cli_moment(const struct cli *, const char *option, bool *has, time_t *t,
    struct error *);

/* May this process open enough files for n items of this option, "each" files per item?
 * Asked now, so that it does not fail in the middle of the queue. 0, or -1 and
 * ERROR_UNAVAILABLE with advice. */
int cli_descriptors(struct cli *, const char *option, size_t n, size_t each,
    struct error *);

/* Add advice for an error that is being returned. The first wins. Always returns -1. */
int cli_advise(struct cli *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Write to standard error. If its reader is gone, the process goes on, unlike with
 * standard output. */
void cli_say(const char *text, size_t n);

/* Print an error (and the advice) now, for verbs that continue after it; clears both.
 * Returns the error's exit code. */
int cli_tell(struct cli *, struct error *);

/* The same, and *code becomes that code unless it has one of an earlier failure. */
void cli_fail(struct cli *, struct error *, int *code);

/* Append all of standard input; over limit bytes is ERROR_INPUT. 0 or -1. */
int cli_read_stdin(struct buf *, size_t limit, struct error *);

#endif
