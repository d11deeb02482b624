/* SPDX-License-Identifier: ISC */
/*
 * findings: the findings of "alertspool check", for a person or a program.
 *
 * A finding has what, where, why it matters, and how to fix it. A check that passes is
 * also a finding, of one line.
 */
#ifndef ALERTSPOOL_OUTPUT_FINDINGS_H
#define ALERTSPOOL_OUTPUT_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

struct error;

enum finding_level {
	FINDING_OK,
	FINDING_WARNING,
	FINDING_ERROR,
	FINDING_LEVELS
};

#define FINDING_TEXT 600

struct findings {
	bool json;
	bool quiet; /* print only errors, and no last line */
	bool colours;
	unsigned int count[FINDING_LEVELS];
	bool left_out; /* something, for lack of memory */
};

/* Set up as the verb's options and standard output require. */
void findings_init(struct findings *, bool json, bool quiet);

/*
 * Print one finding on standard output: as one JSON object a line, or as text that cannot
 * steer a terminal. check is a word of the manual's table; where is a path, a URL or a
 * source, of any bytes; why says why it matters, and fix what to do about it (both NULL
 * for FINDING_OK). The format makes the text of what was found; it is cut at
 * FINDING_TEXT.
 */
void findings_add(struct findings *, enum finding_level, const char *check,
    const char *where, const char *why, const char *fix, const char *format,
    ...) __attribute__((format(printf, 7, 8)));

/* A finding of a check that passed: format and arguments. */
#define findings_ok(findings, check, where, ...) \
	findings_add(findings, FINDING_OK, check, where, NULL, NULL, \
	    __VA_ARGS__)

/* Something could not be checked, or reported, for lack of memory. That is not a finding,
 * but the others must not be taken for complete; findings_end() fails. */
void findings_leave_out(struct findings *);

/* Did a check fail for lack of memory? Then it counts as left out. */
bool findings_no_memory(struct findings *, const struct error *why);

/* Print the last line, for people: the numbers of errors and warnings. 0, or -1 with
 * ERROR_IO when something was left out. */
int findings_end(const struct findings *, struct error *)
    __attribute__((warn_unused_result));

#endif
