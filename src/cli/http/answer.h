/* SPDX-License-Identifier: ISC */
/* answer: judges the answer to a test alert. */
#ifndef ALERTSPOOL_HTTP_ANSWER_H
#define ALERTSPOOL_HTTP_ANSWER_H

#include <stdbool.h>

struct cli;
struct client_answer;

/* Report what is wrong with an answer and what to do. The exit code: 0 for 2xx, 77 for
 * 403, 75 for 503, 76 for the rest, and when the same alert was sent again and this is
 * not "duplicate". */
int answer_code(struct cli *, const struct client_answer *, bool again);

#endif
