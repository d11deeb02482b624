/* SPDX-License-Identifier: ISC */
/*
 * serve: prepares (keys, spool, counters, sandbox), then for each request: reads it,
 * calls receive(), writes the answer, and only then logs and counts, so that neither
 * delays the sender. Signals only set a flag that is checked between requests. If the
 * spool is gone, the process answers its current requests with 503 and ends, because its
 * sandbox is tied to the old directory. A process that never had a spool looks for it at
 * each request, and can open only the directory around it.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/auth/auth.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/settings/settings.h"
#include "lib/spool/heard.h"
#include "lib/spool/metrics.h"
#include "lib/spool/spool.h"
#include "responder/gateway_cgi.h"
#include "responder/gateway_fcgi.h"
#include "responder/http.h"
#include "responder/receive.h"
#include "responder/refusals.h"
#include "responder/sandbox.h"
#include "responder/serve.h"
#include "responder/tally.h"

#define HOST_SIZE 256
#define LOGGED_MAX 64
#define HINT_PAUSE_MS 1000

struct server {
	struct receiver receiver;
	struct spool *spool;  /* NULL while there is none */
	struct error problem; /* why there is none */
	struct heard *heard;  /* or NULL */
	struct tally *tally;  /* or NULL */
	struct refusals refusals;
	int64_t hint_due; /* clock_ms() of the next search for a hint */
	char host[HOST_SIZE];
};

static volatile sig_atomic_t stop;

static void
raise_flag(int signal)
{
	(void)signal;
	stop = 1;
}

static void
catch_signals(void)
{
	static const int ending[] = {SIGTERM, SIGINT, SIGHUP};
	struct sigaction end = {
	    .sa_handler = raise_flag,
	    .sa_flags = SA_RESTART,
	};
	sigset_t none;

	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		sigaction(ending[i], &end, NULL);
	signal(SIGCHLD, SIG_IGN); /* process 1 gets unrelated children */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Count for all processes. Counts that had to wait for the spool get a log line. */
static void
count(struct server *s, int metrics_fd, const struct metrics_delta *delta)
{
	int lock = s->spool != NULL ? spool_lock_file(s->spool) : -1;
	uint64_t late = tally_count(s->tally, metrics_fd, lock, delta);

	if (late > 0)
		log_message(LEVEL_NOTICE, "metrics",
		    "%" PRIu64 " requests that were answered without a spool "
		    "are counted now",
		    late);
}

/* ---- preparing ------------------------------------------------------ */

/* Close everything; the state is as before open_spool(). */
static void
close_spool(struct server *s)
{
	if (s->receiver.metrics_fd != -1)
		close(s->receiver.metrics_fd);
	s->receiver.metrics_fd = -1;
	heard_close(s->heard);
	s->heard = NULL;
	spool_close(s->spool);
	s->receiver.spool = s->spool = NULL;
}

/* Open what is optional: without counters, or without heard/, alerts are stored anyway. */
static void
open_notes(struct server *s)
{
	const char *directory = s->receiver.settings->directory;
	struct error why = ERROR_INIT;

	s->receiver.metrics_fd = metrics_open_add(spool_root(s->spool));
	if (s->receiver.metrics_fd == -1)
		log_message(LEVEL_WARNING, "metrics", "%s/metrics: %s",
		    directory, strerror(errno));
	if (heard_open(&s->heard, spool_root(s->spool), &why) == -1)
		log_message(LEVEL_WARNING, "heard",
		    "%s/%s; the times of last deliveries are not noted",
		    directory, why.text);
}

/* Open spool and counters, and close the sandbox around them. */
static int
open_spool(struct server *s)
{
	const struct settings *settings = s->receiver.settings;

	error_clear(&s->problem);
	if (spool_open(&s->spool, settings->directory, SPOOL_WRITE,
		&s->problem) == -1)
		return -1;
	open_notes(s);
	if (sandbox_close(spool_root(s->spool), &s->problem) == -1) {
		close_spool(s); /* never serve without it */
		return -1;
	}
	s->receiver.spool = s->spool;
	count(s, s->receiver.metrics_fd, &(struct metrics_delta){.add = {0}});
	return 0;
}

/* The disk may be mounted later, or somebody may fix a mistake: until there is a spool,
 * each request tries again, so that none is refused once it exists. */
static void
find_spool(struct server *s)
{
	if (s->spool == NULL && open_spool(s) == 0)
		log_message(LEVEL_NOTICE, "spool", "%s is there now",
		    s->receiver.settings->directory);
}

static int
prepare_server(struct server *s, const struct settings *settings,
    struct auth *auth, struct tally *tally)
{
	struct error error = ERROR_INIT;

	memset(s, 0, sizeof(*s));
	if (gethostname(s->host, sizeof(s->host) - 1) == -1)
		snprintf(s->host, sizeof(s->host), "localhost");
	s->tally = tally;
	s->receiver.settings = settings;
	s->receiver.auth = auth;
	s->receiver.host = s->host;
	s->receiver.metrics_fd = -1;
	s->receiver.spool_problem = s->problem.text;
	json_object_seed(0); /* reads /dev/urandom */
	if (auth_start(auth, &error) == -1) {
		log_message(LEVEL_ERROR, "start", "%s", error.text);
		close_spool(s);
		return -1;
	}
	if (open_spool(s) == -1) {
		log_message(LEVEL_ERROR, "spool", "%s", s->problem.text);
		if (sandbox_close_near(settings->directory, &error) == -1)
			log_message(LEVEL_ERROR, "sandbox", "%s", error.text);
	}
	return 0;
}

/* ---- one request ---------------------------------------------------- */

static enum log_level
level_of(const struct http_request *request, int status)
{
	if (status >= 500)
		return LEVEL_ERROR;
	if (status < 400)
		return LEVEL_INFO;
	/* A scanner's GET of a wrong path is not worth a warning. */
	if (status == 404 &&
	    (request->method == NULL || strcmp(request->method, "POST") != 0))
		return LEVEL_INFO;
	return LEVEL_WARNING;
}

/* Log a stranger's text, cut to this size. */
static void
log_cut(struct log_line *line, const char *key, const char *value)
{
	char text[LOGGED_MAX + 1];
	size_t n;

	if (value == NULL)
		return;
	n = strnlen(value, LOGGED_MAX);
	memcpy(text, value, n);
	text[n] = '\0';
	log_text(line, key, text);
}

static void
log_request(const struct http_request *request, int status, bool delivered,
    const struct receipt *receipt, const char *hint, int64_t begin)
{
	char text[sizeof("the secret of source ") + NAME_SOURCE_MAX];
	struct log_line line;

	log_begin(&line, level_of(request, status), "request");
	log_number(&line, "status", status);
	log_text(&line, "outcome", receipt->outcome);
	log_cut(&line, "method", request->method);
	log_text(&line, "source", receipt->source);
	if (receipt->judged) {
		log_text(&line, "signature", auth_word(receipt->signature));
		log_text(&line, "token", auth_word(receipt->token));
		log_text(&line, "key", receipt->key);
	}
	if (receipt->id[0] != '\0')
		log_text(&line, "id", receipt->id);
	log_number(&line, "bytes", (int64_t)request->body.len);
	log_cut(&line, "remote", request->remote_addr);
	log_ms(&line, "ms", clock_us() - begin);
	if (!delivered)
		log_text(&line, "answer", "undelivered");
	if (receipt->detail[0] != '\0')
		log_text(&line, "detail", receipt->detail);
	if (hint != NULL) {
		snprintf(text, sizeof(text), "the secret of source %s", hint);
		log_text(&line, "hint", text);
	}
	log_end(&line);
}

/* What a request needs between its reading and its end. */
struct exchange {
	struct http_request request;
	struct http_response response;
	struct receipt receipt;
	int64_t begin;
	bool delivered;
};

static void
exchange(struct server *s, const struct gateway *gateway, struct exchange *x)
{
	struct timespec now;
	int rc;

	x->begin = clock_us();
	find_spool(s);
	rc = http_read(&x->request, gateway, s->receiver.settings->max_body);
	clock_gettime(CLOCK_REALTIME, &now);
	if (rc == 0)
		receive(&s->receiver, &x->request, now, &x->response,
		    &x->receipt);
	else
		receive_failure("no memory for the request", &x->response,
		    &x->receipt);
	x->delivered = http_write(&x->response, gateway) == 0;
	if (x->request.unread && gateway->drain != NULL)
		gateway->drain(gateway->context);
}

/* For a signature that is wrong for its source, find the source whose secret made it. The
 * sender has the answer already, so timing shows nothing. At most once a second, so that
 * a flood takes only a share of the worker's time. */
static const char *
find_hint(struct server *s, const struct exchange *x, int64_t now)
{
	const struct receipt *receipt = &x->receipt;
	const struct settings_source *source;
	const struct auth_claim claim = {
	    .signature = x->request.signature,
	    .body = x->request.body.data,
	    .body_len = x->request.body.len,
	};

	if (!receipt->judged || receipt->signature != AUTH_WRONG ||
	    now < s->hint_due)
		return NULL;
	s->hint_due = now + HINT_PAUSE_MS;
	source = settings_source(s->receiver.settings, receipt->source,
	    strlen(receipt->source));
	return source != NULL ? auth_hint(s->receiver.auth, source, &claim)
			      : NULL;
}

/* Log, note, count and free, all after the answer. True when the spool was lost. */
static bool
conclude_request(struct server *s, struct exchange *x)
{
	bool lost = x->receipt.spool_lost;
	struct metrics_delta *delta = &x->receipt.metrics;
	const int64_t now = clock_ms();

	refusals_sum(&s->refusals, now, false);
	if (refusals_want(&s->refusals, x->response.status, x->receipt.outcome,
		now))
		log_request(&x->request, x->response.status, x->delivered,
		    &x->receipt, find_hint(s, x, now), x->begin);
	if (x->receipt.heard)
		heard_touch(s->heard, x->receipt.source, now);
	delta->add[METRIC_LOG_LINES_DROPPED] = log_take_dropped();
	/* Nobody reads the counters of a spool that is gone. */
	count(s, lost ? -1 : s->receiver.metrics_fd, delta);
	http_response_free(&x->response);
	http_request_free(&x->request);
	return lost;
}

/* ---- processes ------------------------------------------------------ */

/* Was the spool removed or replaced while there were no requests? */
static bool
lost_spool(const struct server *s)
{
	return s->spool != NULL && !spool_is_current(s->spool);
}

/* Requests wait in the socket's queue meanwhile; each outage is logged once. */
static void
note_outage(enum fcgi_event event, bool *outage)
{
	bool is_outage = event == FCGI_EXHAUSTED;

	if (is_outage && !*outage)
		log_message(LEVEL_ERROR, "accept", "%s; trying again",
		    strerror(errno));
	*outage = is_outage;
}

static enum serve_exit
loop(struct server *s, struct fcgi *fcgi)
{
	const struct gateway *gateway;
	enum fcgi_event event;
	bool outage = false, lost = false;
	struct exchange x;

	/* Accepted requests are finished in any case. */
	while ((!stop && !lost) || fcgi_leave(fcgi)) {
		event = fcgi_accept(fcgi, &gateway);
		note_outage(event, &outage);
		switch (event) {
		case FCGI_REQUEST:
			exchange(s, gateway, &x);
			fcgi_finish(fcgi);
			if (conclude_request(s, &x))
				lost = true;
			break;
		case FCGI_EXHAUSTED:
		case FCGI_INTERRUPTED:
			lost = lost || lost_spool(s);
			refusals_sum(&s->refusals, clock_ms(), false);
			break;
		case FCGI_BROKEN:
			log_message(LEVEL_ERROR, "accept", "%s",
			    strerror(errno));
			return SERVE_UNPREPARED;
		}
	}
	return lost ? SERVE_SPOOL_LOST : SERVE_STOPPED;
}

enum serve_exit
serve_fcgi(const struct settings *settings, struct auth *auth, int listen_fd,
    struct tally *tally)
{
	enum serve_exit rc = SERVE_UNPREPARED;
	struct error error = ERROR_INIT;
	struct fcgi *fcgi = NULL;
	struct server s;

	catch_signals(); /* before libfcgi installs its own handlers */
	if (prepare_server(&s, settings, auth, tally) == -1)
		return SERVE_UNPREPARED;
	if (fcgi_open(&fcgi, listen_fd, settings->request_timeout,
		settings->max_body, &error) == -1) {
		log_message(LEVEL_ERROR, "start", "%s", error.text);
		goto out;
	}
	rc = loop(&s, fcgi);
	refusals_sum(&s.refusals, 0, true);
out:
	fcgi_close(fcgi);
	close_spool(&s);
	return rc;
}

enum serve_exit
serve_cgi(const struct settings *settings, struct auth *auth)
{
	struct exchange x = {.delivered = false};
	struct server s;

	if (prepare_server(&s, settings, auth, NULL) == -1) {
		serve_cgi_failure("not prepared, see above");
		return SERVE_UNPREPARED;
	}
	exchange(&s, cgi_gateway(settings->request_timeout), &x);
	/* The server has the whole answer now, and does not wait any more. */
	close(STDOUT_FILENO);
	conclude_request(&s, &x);
	close_spool(&s);
	return SERVE_STOPPED;
}

void
serve_cgi_failure(const char *why)
{
	struct exchange x = {.delivered = false};

	x.begin = clock_us();
	receive_failure(why, &x.response, &x.receipt);
	x.delivered = http_write(&x.response, cgi_gateway(0)) == 0;
	log_request(&x.request, x.response.status, x.delivered, &x.receipt,
	    NULL, x.begin);
	http_response_free(&x.response);
}
