/* SPDX-License-Identifier: ISC */
/*
 * findings: the findings of "alertspool check", for a person or a program.
 *
 * A finding is what, where, why it matters, and how to fix it. What is as it
 * should be is a finding, too, of one line.
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

struct finding {
	enum finding_level level;
	const char *check; /* which check: a word of the manual's table */
	const char *where; /* a path, a URL, a source; any bytes */
	const char *why;   /* static; NULL for FINDING_OK */
	char what[FINDING_TEXT];
	char fix[FINDING_TEXT]; /* "" for FINDING_OK */
};

/* Say what was found, and what mends it; what does not fit is cut. */
void finding_what(struct finding *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void finding_fix(struct finding *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

struct findings {
	bool json;
	bool colours;
	unsigned int count[FINDING_LEVELS];
	bool left_out; /* something, for want of memory */
};

/* As the verb's options and standard output want it. */
void findings_init(struct findings *, bool json);

/* Print one finding on standard output: as one JSON object a line, or as text
 * that no byte of it can steer a terminal with. */
void findings_add(struct findings *, const struct finding *);

/* One that is as it should be. */
void findings_ok(struct findings *, const char *check, const char *where,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Something could not be looked at, or told, for want of memory. That is no
 * finding, but without it the others would pass for all; findings_end() fails. */
void findings_leave_out(struct findings *);

/* Is it for want of memory that something could not be looked at? It is left out
 * then. */
bool findings_no_memory(struct findings *, const struct error *why);

/* The last line, for people: how many of what. 0, or -1 with ERROR_IO when
 * something was left out. */
int findings_end(const struct findings *, struct error *)
    __attribute__((warn_unused_result));

#endif
