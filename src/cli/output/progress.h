/* SPDX-License-Identifier: ISC */
/*
 * progress: one line with the progress of a long run, redrawn in place.
 *
 * Only if standard error is a terminal that can go back in its line. Uses only printable
 * ASCII, blanks and carriage returns, so NO_COLOR does not matter.
 */
#ifndef ALERTSPOOL_OUTPUT_PROGRESS_H
#define ALERTSPOOL_OUTPUT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROGRESS_INTERVAL_MS 100

struct progress_counts {
	uint64_t done, failed, dead;
	size_t running, waiting;
};

struct progress {
	bool enabled;
	char drawn[128];  /* the text on the terminal; "" for none */
	int64_t drawn_at; /* clock_ms() */
	/* For the rate: how many had ended at the beginning of this span of time and of
	 * the one before. */
	int64_t begin, begin_before;
	uint64_t ended, ended_before;
};

void progress_init(struct progress *);

/* Clear the line for other output. */
void progress_clear(struct progress *);

/* Draw if it is time and the text changed. */
void progress_draw(struct progress *, const struct progress_counts *,
    int64_t now);

/* Leave the last state as a line. */
void progress_end(struct progress *, const struct progress_counts *);

#endif
