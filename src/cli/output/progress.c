/* SPDX-License-Identifier: ISC */
/*
 * progress: cuts the line to the terminal's width less one, so that it never wraps and a
 * carriage return always leads to its beginning.
 */
#include "config.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/output/progress.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"

#define SPAN_MS 5000 /* the rate is that of the last 5 to 10 s */
#define WIDTH_DEFAULT 80

void
progress_init(struct progress *p)
{
	const char *term = getenv("TERM");

	*p = (struct progress){
	    .enabled = isatty(STDERR_FILENO) == 1 && term != NULL &&
		strcmp(term, "dumb") != 0,
	};
	p->begin = p->begin_before = clock_ms();
}

static int
terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return WIDTH_DEFAULT;
}

/* A stopped terminal (Ctrl-S) must not stop the runner. */
static bool
takes_bytes(void)
{
	struct pollfd p = {.fd = STDERR_FILENO, .events = POLLOUT};

	return poll(&p, 1, 0) == 1;
}

static void
put(const char *text)
{
	/* It does not matter if a progress line cannot be drawn. */
	if (takes_bytes())
		(void)file_write_full(STDERR_FILENO, text, strlen(text));
}

void
progress_clear(struct progress *p)
{
	char blank[2 * sizeof(p->drawn)];

	if (p->drawn[0] == '\0')
		return;
	snprintf(blank, sizeof(blank), "\r%*s\r", (int)strlen(p->drawn), "");
	put(blank);
	p->drawn[0] = '\0';
}

static double
rate(struct progress *p, uint64_t ended, int64_t now)
{
	double n = (double)(ended - p->ended_before);

	if (now - p->begin > SPAN_MS) {
		p->begin_before = p->begin;
		p->ended_before = p->ended;
		p->begin = now;
		p->ended = ended;
		n = (double)(ended - p->ended_before);
	}
	if (now <= p->begin_before)
		return 0;
	return n * 1000 / (double)(now - p->begin_before);
}

static void
spell(struct progress *p, const struct progress_counts *c, int64_t now,
    char *text, size_t size)
{
	uint64_t ended = c->done + c->failed + c->dead;
	int width = terminal_width();

	snprintf(text, size,
	    "%" PRIu64 " done, %" PRIu64 " failed, %zu waiting, %.1f/s, "
	    "%" PRIu64 " dead, %zu running",
	    c->done, c->failed, c->waiting, rate(p, ended, now), c->dead,
	    c->running);
	if ((size_t)width <= strlen(text))
		text[width - 1] = '\0';
}

void
progress_draw(struct progress *p, const struct progress_counts *c, int64_t now)
{
	char text[sizeof(p->drawn)];

	if (!p->enabled || now - p->drawn_at < PROGRESS_INTERVAL_MS)
		return;
	spell(p, c, now, text, sizeof(text));
	if (strcmp(text, p->drawn) == 0)
		return;
	progress_clear(p);
	put(text);
	snprintf(p->drawn, sizeof(p->drawn), "%s", text);
	p->drawn_at = now;
}

void
progress_end(struct progress *p, const struct progress_counts *c)
{
	if (!p->enabled)
		return;
	p->drawn_at = clock_ms() - PROGRESS_INTERVAL_MS;
	progress_draw(p, c, clock_ms());
	put("\n");
}
