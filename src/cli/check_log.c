/* SPDX-License-Identifier: ISC */
/*
 * Only what was appended since the log was opened is read, in pieces that
 * overlap by the length of what is looked for.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/check.h"
#include "lib/auth.h"
#include "lib/encode.h"

#define TOKEN_BYTES 20
#define PIECE ((size_t)64 * 1024)
#define PATIENCE 20 /* looks at a log that did not grow */
#define PAUSE_MS 100

int
check_canary_make(struct check_canary *canary, struct error *error)
{
	unsigned char random[TOKEN_BYTES + AUTH_SIGNATURE_BYTES];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return error_sys(error, ERROR_UNAVAILABLE, "random numbers");
	encode_hex(canary->token, random, TOKEN_BYTES);
	encode_base64(canary->signature, random + TOKEN_BYTES,
	    AUTH_SIGNATURE_BYTES);
	return 0;
}

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

/* What of the canary is in the text: a phrase, or NULL. */
static const char *
find_canary(const char *text, size_t n, const struct check_canary *canary)
{
	if (memmem(text, n, canary->token, strlen(canary->token)) != NULL)
		return "has the token of a query string in it";
	if (memmem(text, n, canary->signature, strlen(canary->signature)) !=
	    NULL)
		return "has the signature of a request in it";
	return NULL;
}

/* The phrase, NULL for nothing, "" with errno when it cannot be read; and
 * whether what was asked is in it. */
static const char *
read_on(const struct check_log *log, const struct check_canary *canary,
    bool *asked)
{
	static const char nobody[] = CHECK_NOBODY;
	char piece[PIECE];
	size_t kept = 0, overlap = sizeof(canary->token);
	const char *found = NULL;
	off_t at = log->end;
	ssize_t n = 1;

	*asked = false;
	while (n > 0 && found == NULL) {
		n = pread(log->fd, piece + kept, sizeof(piece) - kept, at);
		if (n == -1)
			return "";
		at += n;
		kept += (size_t)n;
		found = find_canary(piece, kept, canary);
		*asked = *asked ||
		    memmem(piece, kept, nobody, strlen(nobody)) != NULL;
		if (kept > overlap) {
			memmove(piece, piece + kept - overlap, overlap);
			kept = overlap;
		}
	}
	return found;
}

void
check_log_look(struct check *c, struct check_log *log,
    const struct check_canary *canary)
{
	const char *found;
	bool asked;
	struct finding f = {
	    .level = FINDING_WARNING,
	    .check = "log",
	    .where = log->path,
	    .why = "nobody looked whether tokens get into it",
	};

	if (log->fd == -1 || log->end == -1) {
		finding_what(&f, "cannot be read: %s",
		    strerror(log->fd == -1 ? log->sys : ESPIPE));
		finding_mend(&f,
		    "name a file that exists, and run this as root");
	} else if (!wait_for_more(log)) {
		finding_what(&f, "did not grow by what was asked");
		finding_mend(&f,
		    "name the log of this URL's server, and one "
		    "that is not buffered");
	} else if ((found = read_on(log, canary, &asked)) == NULL) {
		report_ok(&c->report, "log", log->path,
		    asked ? "has what was asked, without token or signature"
			  : "grew, but by nothing of what was asked");
		return;
	} else if (*found == '\0') {
		finding_what(&f, "cannot be read: %s", strerror(errno));
		finding_mend(&f, "look at the file");
	} else {
		f.level = FINDING_ERROR;
		f.why = "whoever reads the log can send alerts";
		finding_what(&f, "%s", found);
		finding_mend(&f,
		    "use the shipped log format, which has the path "
		    "alone; then make a new token, this log and its "
		    "copies have the old one");
	}
	report_add(&c->report, &f);
}
