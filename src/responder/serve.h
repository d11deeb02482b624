/* SPDX-License-Identifier: ISC */
/*
 * serve: one process that answers requests, from its preparations to its exit code: a
 * supervisor's worker, a process of mod_fcgid or a CGI run.
 */
#ifndef ALERTSPOOL_RESPONDER_SERVE_H
#define ALERTSPOOL_RESPONDER_SERVE_H

struct auth;
struct settings;
struct tally;

enum serve_exit {
	SERVE_STOPPED = 0,     /* stopped after finishing its requests */
	SERVE_UNPREPARED = 70, /* libgcrypt, libfcgi or the sandbox refuses */
	SERVE_SPOOL_LOST = 75  /* answered 503; start a new process */
};

/* Answer FastCGI requests on a listening socket until SIGTERM, SIGINT or
 * SIGHUP. auth is loaded, not started; the tally (or NULL) is shared with others.
 * Logs. */
enum serve_exit serve_fcgi(const struct settings *, struct auth *,
    int listen_fd, struct tally *);

/* Answer the one request of a CGI run. Logs. */
enum serve_exit serve_cgi(const struct settings *, struct auth *);

/* Answer the one request of a CGI run whose settings cannot be used: 503. */
void serve_cgi_failure(const char *why);

#endif
