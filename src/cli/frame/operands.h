/* SPDX-License-Identifier: ISC */
/* operands: finds the records for a verb's operands. */
#ifndef ALERTSPOOL_FRAME_OPERANDS_H
#define ALERTSPOOL_FRAME_OPERANDS_H

#include "cli/frame/cli.h"

/* What a verb does with one record: 0, or -1 with an error. */
typedef int operands_work(void *context, const struct spool_entry *,
    struct error *);

/*
 * Do it with the record of every operand: a name, its beginning, or digits of its DIGEST.
 * The operand "-" stands for the first words of the lines of standard input, so that the
 * output of "list" can be piped in. All are tried, and each failure is reported at once.
 * The exit code: 0 or that of the first failure.
 */
int operands_each(struct cli *, const struct spool *, operands_work *,
    void *context);

#endif
