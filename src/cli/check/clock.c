/* SPDX-License-Identifier: ISC */
/*
 * clock: leases, deferrals and retain_* depend on the clock. This machine cannot know
 * whether it is right, but can see whether it disagrees with the kernel, with itself or
 * with the sender.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "cli/check/check.h"
#include "cli/output/format.h"
#include "cli/records/record_view.h"
#include "lib/base/timestamp.h"
#include "lib/spool/metrics.h"

#define FIRST_YEAR 1767225600 /* 2026-01-01: nothing was received before */
#define SLACK 60	      /* seconds of difference that are acceptable */
#define SENDER_SLACK 300

static void
tell_clock(struct check *c, enum finding_level level, const char *what,
    int64_t by, const char *fix)
{
	char age[FORMAT_SIZE];

	format_age(age, by);
	findings_add(&c->findings, level, "clock", "this machine",
	    "leases and deferrals end at the wrong time, and records are "
	    "deleted too early or too late",
	    fix, "%s by %s", what, age);
}

/* When the newest record was received according to itself, and how late that was by the
 * sender's clock. */
static bool
newest(struct check *c, struct timespec *received, time_t *sent)
{
	struct error error = ERROR_INIT;
	struct spool_scan *scan = NULL;
	struct spool_entry entry;
	struct record_view view = RECORD_VIEW_INIT;
	const char *text;
	bool found = false;

	*sent = 0;
	if (spool_scan_open(&scan, c->spool, SPOOL_ANYWHERE, SPOOL_DESCENDING,
		&error) == 0 &&
	    spool_scan_next(scan, &entry, &error) == 1 &&
	    record_view_read(&view, c->spool, &entry, &error) == 0) {
		text = record_view_text(&view, "received_at");
		found = text != NULL &&
		    timestamp_parse(text, strlen(text), received) == 0;
		if (view.name.has_time)
			*sent = view.name.time;
	}
	(void)findings_no_memory(&c->findings, &error);
	record_view_free(&view);
	spool_scan_close(scan);
	return found;
}

static bool
check_kernel(struct check *c)
{
	struct timex t = {.modes = 0};

	if (adjtimex(&t) != TIME_ERROR && (t.status & STA_UNSYNC) == 0)
		return true;
	findings_add(&c->findings, FINDING_WARNING, "clock", "this machine",
	    "leases, deferrals and retain_* depend on it",
	    "run chrony or systemd-timesyncd; on a virtual machine with the "
	    "host's clock, nothing",
	    "the kernel's clock is not synchronised");
	return false;
}

static bool
check_records(struct check *c, time_t now)
{
	struct timespec received;
	struct metrics metrics;
	time_t sent;
	int fd = metrics_open_read(spool_root(c->spool));
	bool good = true;

	metrics_read(fd, &metrics);
	if (fd != -1)
		close(fd);
	if ((time_t)metrics.since > now + SLACK) {
		tell_clock(c, FINDING_WARNING,
		    "went back since the counters began",
		    (int64_t)metrics.since - now,
		    "find out what sets it; see clock_settime(2) in the logs");
		good = false;
	}
	if (!newest(c, &received, &sent))
		return good;
	if (received.tv_sec > now + SLACK) {
		tell_clock(c, FINDING_WARNING,
		    "went back since the newest record", received.tv_sec - now,
		    "set it right; run an NTP client");
		good = false;
	}
	if (sent > received.tv_sec + SENDER_SLACK) {
		tell_clock(c, FINDING_WARNING, "was behind the sender's",
		    sent - received.tv_sec, "set it right; run an NTP client");
		good = false;
	}
	return good;
}

void
check_clock(struct check *c)
{
	time_t now = time(NULL);
	char text[TIMESTAMP_SIZE];
	bool good = true;

	if (now < FIRST_YEAR) {
		tell_clock(c, FINDING_ERROR, "is behind 2026", FIRST_YEAR - now,
		    "set it; run an NTP client");
		return;
	}
	if (c->spool != NULL)
		good = check_records(c, now);
	good = check_kernel(c) && good;
	timestamp_format(text, (struct timespec){.tv_sec = now}, 0);
	if (good)
		findings_ok(&c->findings, "clock", "this machine", "%s", text);
}
