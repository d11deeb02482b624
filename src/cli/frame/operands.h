/* SPDX-License-Identifier: ISC */
/*
 * operands: the records that a verb's operands mean.
 */
#ifndef ALERTSPOOL_FRAME_OPERANDS_H
#define ALERTSPOOL_FRAME_OPERANDS_H

#include "cli/frame/cli.h"

/* What a verb does with one record: 0, or -1 with an error. */
typedef int operands_work(void *context, const struct spool_entry *,
    struct error *);

/*
 * Do it with the record of every operand: a name, its front, or digits of its
 * DIGEST. The operand "-" stands for the first words of the lines of standard
 * input, so that what "list" prints can be piped in. All are tried, and each
 * failure is told at once. The exit code: 0 or that of the first failure.
 */
int operands_each(struct cli *, const struct spool *, operands_work *,
    void *context);

#endif
