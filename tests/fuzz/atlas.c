/* SPDX-License-Identifier: ISC */
/*
 * Any bytes as answers of the Admin API: a dry run of reconcile for a project with three
 * alerts that are open here. A function in place of libcurl's takes answers from the
 * input, one up to each byte 0xFF; a first byte below '0' is its status. Each record that
 * would be written is complete and of an alert in some answer; each failure has an exit
 * code; no loop is endless.
 */
#include "config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/atlas/reconcile.h"
#include "cli/atlas/token.h"
#include "cli/http/transfer.h"
#include "lib/alert/alert.h"
#include "lib/base/error.h"
#include "lib/record/record.h"

#include "tests/fuzz/fuzz.h"
#include "tests/unit/scratch.h"

#define PROJECT "5f1e2d3c4b5a69788796a5b4"
#define END 0xff
#define REQUESTS_MOST 2000

/* ---- the API ----------------------------------------------------------- */

static const uint8_t *input;
static size_t left;
static int requests;

struct transfer {
	int unused;
};
static struct transfer only;

int
transfer_open(struct transfer **t, const char *ca_file, struct error *error)
{
	(void)ca_file;
	(void)error;
	*t = &only;
	return 0;
}

void
transfer_close(struct transfer *t)
{
	(void)t;
}

/* A request contains only what we put into it. */
static void
check_request(const struct transfer_request *r)
{
	INVARIANT(strncmp(r->url, "http://127.0.0.1:1/api/", 23) == 0);
	for (const char *c = r->url; *c != '\0'; c++)
		INVARIANT(*c > ' ' && *c <= '~');
	for (const char *const *h = r->headers; *h != NULL; h++)
		INVARIANT(strpbrk(*h, "\r\n") == NULL);
	INVARIANT(requests++ < REQUESTS_MOST);
}

int
transfer_send(struct transfer *t, const struct transfer_request *r,
    struct transfer_answer *answer, struct error *error)
{
	static const int statuses[] = {200, 302, 400, 401, 403, 404, 429, 503};
	const uint8_t *end = left == 0 ? NULL : memchr(input, END, left);
	size_t n = end == NULL ? left : (size_t)(end - input);

	(void)t;
	check_request(r);
	*answer = (struct transfer_answer){.status = 200, .retry_after = 500};
	if (n > 0 && input[0] < '0') {
		if (input[0] == '-')
			return error_set(error, ERROR_BUSY, "no answer");
		answer->status = statuses[input[0] % 8];
		buf_add(&answer->body, input + 1, n - 1);
	} else {
		buf_add(&answer->body, input, n);
	}
	input += n + (end != NULL);
	left -= n + (end != NULL);
	return 0;
}

/* ---- what would be written ------------------------------------------------ */

static struct cli cli;
static struct spool *spool;

static int
take(const struct own_record *r, enum spool_state into, struct error *error)
{
	struct buf text = BUF_INIT;
	struct name_view view;

	INVARIANT(into == SPOOL_NEW || into == SPOOL_DONE);
	INVARIANT(name_parse(r->name, &view));
	INVARIANT(view.transition == r->transition);
	INVARIANT(r->transition != TRANSITION_INFORM &&
	    r->transition != TRANSITION_UNKNOWN);
	INVARIANT(
	    record_encode(&text, r->name, &r->delivery, &r->alert, error) == 0);
	INVARIANT(record_is_whole(text.data, text.len, r->delivery.body_sha256,
		      error) == 1);
	buf_free(&text);
	return 0;
}

/* Three alerts that are open here: one may be acknowledged, two may be gone. */
static void
open_alerts(void)
{
	for (int i = 0; i < 3; i++) {
		struct error error = ERROR_INIT;
		enum spool_outcome outcome;
		char body[400];
		struct own_record r = {
		    .source = "default",
		    .method = RECORD_API,
		    .transition = TRANSITION_OPEN,
		    .body = body,
		    .now = {.tv_sec = 1764500000},
		};

		r.len = (size_t)snprintf(body, sizeof(body),
		    "{\"id\":\"66f0a1b2c3d4e5f60000000%d\",\"status\":\"OPEN\","
		    "\"groupId\":\"" PROJECT "\","
		    "\"created\":\"2025-11-30T06:00:00Z\","
		    "\"updated\":\"2025-11-30T06:00:00Z\"}",
		    i);
		INVARIANT(own_record_make(&r, &cli.settings, &error) == 0);
		INVARIANT(own_record_put(spool, &r, SPOOL_NEW, &outcome,
			      &error) == 0);
		own_record_free(&r);
	}
}

static void
write_file(const char *path, mode_t mode, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);

	INVARIANT(
	    fd != -1 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

static char *directory;

static void
remove_all(void)
{
	spool_close(spool);
	settings_free(&cli.settings);
	scratch_remove(directory);
}

/* An installation, made once. */
static void
begin(void)
{
	struct error error = ERROR_INIT;
	char path[300], conf[600];

	directory = scratch_make();
	snprintf(path, sizeof(path), "%s/spool", directory);
	INVARIANT(
	    spool_create(AT_FDCWD, path, (uid_t)-1, (gid_t)-1, &error) == 0);
	snprintf(path, sizeof(path), "%s/key", directory);
	write_file(path, 0600, "public:private\n");
	snprintf(conf, sizeof(conf),
	    "[spool]\ndirectory = %s/spool\nmin_free = 0\n[source default]\n"
	    "authentication = none\n",
	    directory);
	snprintf(path, sizeof(path), "%s/conf", directory);
	write_file(path, 0600, conf);
	INVARIANT(settings_load(&cli.settings, path, &error) == 0);
	snprintf(path, sizeof(path), "%s/spool", directory);
	INVARIANT(spool_open(&spool, path, SPOOL_WRITE, &error) == 0);
	open_alerts();
	atexit(remove_all);
}

/* Its messages are not part of the result. */
static int
run(const struct atlas_section *section)
{
	struct reconcile how = {
	    .cli = &cli,
	    .spool = spool,
	    .who = "fuzz",
	    .dry = true,
	    .wrote = take,
	};
	int keep = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY), code;

	INVARIANT(keep != -1 && null != -1);
	dup2(null, STDERR_FILENO);
	code = reconcile_section(&how, section);
	dup2(keep, STDERR_FILENO);
	close(keep);
	close(null);
	return code;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char project[] = PROJECT, *projects[] = {project};
	char name[] = "shop", source[] = "default", key[300];
	char url[] = "http://127.0.0.1:1";
	struct atlas_section section = {.name = name,
	    .project = projects,
	    .nprojects = 1,
	    .key_file = key,
	    .source = source,
	    .url = url};
	struct buf token = BUF_INIT;
	char *text;
	int code;

	if (directory == NULL)
		begin();
	snprintf(key, sizeof(key), "%s/key", directory);
	input = data;
	left = size;
	requests = 0;
	code = run(&section);
	INVARIANT(code == EX_OK || code == EX_DATAERR || code == EX_NOINPUT ||
	    code == EX_TEMPFAIL || code == EX_NOPERM || code == EX_CONFIG);
	text = fuzz_string(data, size);
	if (token_find(&token, text, strlen(text)) == 0)
		INVARIANT(strpbrk(token.data, " \r\n\t\"") == NULL);
	buf_wipe(&token);
	free(text);
	return 0;
}
