/* SPDX-License-Identifier: ISC */
/*
 * log: for the requests of this check, only what was appended since the log was opened is
 * read, in pieces that overlap by the length of the searched text; for requests that the
 * rate limit refused, the end of the older part.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/check/check.h"

#define PIECE ((size_t)64 * 1024)
#define PATIENCE 20 /* looks at a log that did not grow */
#define PAUSE_MS 100
#define REFUSED_BYTES ((off_t)16 * 1024 * 1024) /* size of the end of a log */

void
check_log_open(struct check_log *log, const char *path)
{
	*log = (struct check_log){.path = path};
	log->fd = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (log->fd == -1)
		log->sys = errno;
	else
		log->end = lseek(log->fd, 0, SEEK_END);
}

void
check_log_close(struct check_log *log)
{
	if (log->fd != -1)
		close(log->fd);
}

/* Web servers may write a moment after they answered. */
static bool
wait_for_more(const struct check_log *log)
{
	struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
	struct stat st;

	for (int i = 0; i < PATIENCE; i++) {
		if (fstat(log->fd, &st) == 0 && st.st_size > log->end)
			return true;
		(void)nanosleep(&pause, NULL);
	}
	return false;
}

/* Texts found in the log. */
struct trace {
	bool asked; /* one of our requests */
	bool token, signature;
};

static bool
has_text(const char *text, size_t n, const char *wanted)
{
	return memmem(text, n, wanted, strlen(wanted)) != NULL;
}

static int
read_on(const struct check_log *log, const struct check_canary *canary,
    struct trace *trace)
{
	char piece[PIECE];
	size_t kept = 0, overlap = sizeof(canary->token);
	off_t at = log->end;
	ssize_t n = 1;

	*trace = (struct trace){.asked = false};
	while (n > 0) {
		n = pread(log->fd, piece + kept, sizeof(piece) - kept, at);
		if (n == -1)
			return -1;
		at += n;
		kept += (size_t)n;
		trace->asked |= has_text(piece, kept, CHECK_NOBODY);
		trace->token |= has_text(piece, kept, canary->token);
		trace->signature |= has_text(piece, kept, canary->signature);
		if (kept > overlap) {
			memmove(piece, piece + kept - overlap, overlap);
			kept = overlap;
		}
	}
	return 0;
}

/* Report nothing, or what a reader of the log could do. */
static void
judge_trace(struct check *c, const char *path, const struct trace *trace)
{
	if (trace->token)
		findings_add(&c->findings, FINDING_ERROR, "log", path,
		    "anybody who reads the log has the token, and can send "
		    "alerts to a source that requires nothing else",
		    "use the shipped log format, which has only the path; then "
		    "make a new token, because this log and its copies have "
		    "the old one",
		    "has the token of a query string in it");
	else if (trace->signature)
		findings_add(&c->findings, FINDING_WARNING, "log", path,
		    "no other alert can be signed with it, but somebody who "
		    "also has the body can send that alert again",
		    "take $http_x_mms_signature or %{X-MMS-Signature}i from "
		    "the log's format",
		    "has the signature of a request in it");
	else
		findings_ok(&c->findings, "log", path, "%s",
		    trace->asked
			? "has these requests, without token or signature"
			: "grew, but has none of these requests");
}

static void
tell_unread(struct check *c, const char *path, const char *fix,
    const char *what)
{
	findings_add(&c->findings, FINDING_WARNING, "log", path,
	    "whether tokens get into it was not checked", fix, "%s", what);
}

/* Count lines about requests refused by the rate limit: in an access log the status
 * follows the quoted request line; nginx's error log has words for it. -1: the log cannot
 * be read. */
static long
count_refused(const struct check_log *log)
{
	int fd = fcntl(log->fd, F_DUPFD_CLOEXEC, 0);
	FILE *file = fd == -1 ? NULL : fdopen(fd, "r");
	off_t begin = log->end > REFUSED_BYTES ? log->end - REFUSED_BYTES : 0;
	char line[PIECE];
	long n = -1;

	if (file == NULL) {
		if (fd != -1)
			close(fd);
		return -1;
	}
	if (fseeko(file, begin, SEEK_SET) == 0) {
		n = 0;
		while (fgets(line, sizeof(line), file) != NULL)
			n += strstr(line, "\" 429 ") != NULL ||
			    strstr(line, "limiting requests, excess") != NULL;
	}
	fclose(file);
	return n;
}

static void
judge_refused(struct check *c, const struct check_log *log)
{
	long n = count_refused(log);

	if (n > 0)
		findings_add(&c->findings, FINDING_WARNING, "log", log->path,
		    "alerts may be among them, and the sender may not try "
		    "again",
		    "set real_ip behind another proxy, exempt the sender's "
		    "addresses "
		    "(examples/allow-list nginx-geo), or raise the limit",
		    "has %ld requests that a rate limit refused (429)", n);
}

void
check_log_look(struct check *c, struct check_log *log,
    const struct check_canary *canary)
{
	struct trace trace;
	char what[FINDING_TEXT];

	if (log->fd != -1 && log->end != -1)
		judge_refused(c, log);
	snprintf(what, sizeof(what), "cannot be read: %s",
	    strerror(log->fd == -1 ? log->sys : ESPIPE));
	if (log->fd == -1 || log->end == -1) {
		tell_unread(c, log->path,
		    "name a file that exists, and run this as root", what);
	} else if (!wait_for_more(log)) {
		tell_unread(c, log->path,
		    "name the log of this URL's server, and one that is not "
		    "buffered",
		    "has none of these requests");
	} else if (read_on(log, canary, &trace) == -1) {
		snprintf(what, sizeof(what), "cannot be read: %s",
		    strerror(errno));
		tell_unread(c, log->path, "look at the file", what);
	} else {
		judge_trace(c, log->path, &trace);
	}
}
