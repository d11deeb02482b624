/* SPDX-License-Identifier: ISC */
/*
 * reply: what the answer to a test alert means.
 */
#ifndef ALERTSPOOL_HTTP_ANSWER
#define ALERTSPOOL_HTTP_ANSWER

#include <stdbool.h>

struct cli;
struct post_answer;

/* Tell what is wrong with an answer and what to do. The exit code: 0 for 2xx,
 * 77 for 403, 75 for 503, 76 for the rest, and when the same alert was sent
 * again and this does not say "duplicate". */
int reply_code(struct cli *, const struct post_answer *, bool again);

#endif
