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

struct findings {
	bool json;
	bool quiet; /* errors alone are printed, and no last line */
	bool colours;
	unsigned int count[FINDING_LEVELS];
	bool left_out; /* something, for want of memory */
};

/* As the verb's options and standard output want it. */
void findings_init(struct findings *, bool json, bool quiet);

/*
 * Print one finding on standard output: as one JSON object a line, or as text
 * that no byte of it can steer a terminal with. check is a word of the manual's
 * table; where is a path, a URL or a source, of any bytes; why says why it
 * matters, and fix what to do about it (both NULL for FINDING_OK). The format
 * says what was found; what does not fit FINDING_TEXT is cut.
 */
void findings_add(struct findings *, enum finding_level, const char *check,
    const char *where, const char *why, const char *fix, const char *format,
    ...) __attribute__((format(printf, 7, 8)));

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
