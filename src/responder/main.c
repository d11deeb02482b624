/* SPDX-License-Identifier: ISC */
/*
 * main: alertspool.fcgi receives alerts. Depending on how it was started, it is a CGI
 * program, a FastCGI responder on descriptor 0 or on --listen, or a check of the
 * settings.
 */
#include "config.h"
#include "installed.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/auth/auth.h"
#include "lib/base/error.h"
#include "lib/base/identity.h"
#include "lib/base/log.h"
#include "lib/base/quantity.h"
#include "lib/settings/atlas.h"
#include "lib/settings/queues.h"
#include "lib/settings/settings.h"
#include "lib/spool/spool.h"
#include "responder/gateway_cgi.h"
#include "responder/gateway_fcgi.h"
#include "responder/listen.h"
#include "responder/owner.h"
#include "responder/sandbox.h"
#include "responder/serve.h"
#include "responder/supervisor.h"
#include "responder/tally.h"

#define PROGRAM "alertspool.fcgi"

struct options {
	const char *settings; /* -c, or NULL */
	const char *listen;   /* --listen, or NULL */
	int workers;	      /* --workers, or 0 */
	bool test;
};

static const char usage[] =
    "usage: " PROGRAM " [-c FILE] [--listen ADDRESS] [--workers N] [-t]\n";

static const char help[] =
    "\n"
    "Receives MongoDB Atlas alert webhooks and writes each as one record into\n"
    "a spool directory. Web servers start it as CGI or FastCGI program.\n"
    "\n"
    "  -c, --config FILE   settings; default $ALERTSPOOL_CONF, else\n"
    "                      " SYSCONFDIR "/alertspool/alertspool.conf\n"
    "  --listen ADDRESS    serve FastCGI on unix:/path or 127.0.0.1:9000\n"
    "  --workers N         worker processes; 1 serves in this process\n"
    "  -t, --test          check settings and spool: exit 0, or 78\n"
    "  --version, --help\n"
    "\n"
    "Without --listen it serves FastCGI when descriptor 0 is a listening\n"
    "socket, and CGI when GATEWAY_INTERFACE is set. See alertspool.fcgi(8).\n";

/* ---- options -------------------------------------------------------- */

/* Fail if the output was not written. */
static int
finish_output(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EX_OK;
	fprintf(stderr, PROGRAM ": standard output: %s\n", strerror(errno));
	return EX_IOERR;
}

static int
parse_workers(const char *text)
{
	int64_t n;

	if (quantity_number(text, strlen(text), 1, SETTINGS_WORKERS_MAX, &n) ==
	    -1) {
		fprintf(stderr, PROGRAM ": --workers needs 1 to %d\n",
		    SETTINGS_WORKERS_MAX);
		exit(EX_USAGE);
	}
	return (int)n;
}

static struct options
parse_options(int argc, char **argv)
{
	static const struct option table[] = {
	    {"config", required_argument, NULL, 'c'},
	    {"listen", required_argument, NULL, 'l'},
	    {"workers", required_argument, NULL, 'w'},
	    {"test", no_argument, NULL, 't'},
	    {"version", no_argument, NULL, 'V'},
	    {"help", no_argument, NULL, 'h'},
	    {NULL, 0, NULL, 0},
	};
	struct options o = {0};
	int letter;

	while ((letter = getopt_long(argc, argv, "c:t", table, NULL)) != -1) {
		switch (letter) {
		case 'c':
			o.settings = optarg;
			break;
		case 'l':
			o.listen = optarg;
			break;
		case 'w':
			o.workers = parse_workers(optarg);
			break;
		case 't':
			o.test = true;
			break;
		case 'V':
			puts(PROGRAM " " PACKAGE_VERSION);
			exit(finish_output());
		case 'h':
			printf("%s%s", usage, help);
			exit(finish_output());
		default:
			fputs(usage, stderr);
			exit(EX_USAGE);
		}
	}
	if (optind < argc) {
		fprintf(stderr, PROGRAM ": no arguments are taken\n%s", usage);
		exit(EX_USAGE);
	}
	return o;
}

/* ---- settings and secrets ------------------------------------------- */

static void
warn_secret(void *context, enum auth_warning warning, const char *phrase)
{
	(void)context;
	(void)warning;
	log_message(LEVEL_WARNING, "secret", "%s", phrase);
}

static void
unload(struct configuration *c)
{
	auth_free(c->auth);
	settings_free(&c->settings);
	*c = (struct configuration){.auth = NULL};
}

static int
load_settings(struct configuration *c, void *context, struct error *error)
{
	const struct options *o = context;
	const struct auth_warner warner = {.warn = warn_secret};

	if (settings_load(&c->settings, settings_path(o->settings), error) ==
	    -1)
		return -1;
	if (o->workers > 0)
		c->settings.workers = o->workers;
	if (c->settings.relative)
		log_message(LEVEL_WARNING, "settings",
		    "directory is not an absolute path; write %s",
		    c->settings.directory);
	if (auth_load(&c->auth, &c->settings, NULL, &warner, error) == 0)
		return 0;
	settings_free(&c->settings);
	return -1;
}

/* Check the sections that a responder skips. */
static int
check_queues(const struct settings *settings, struct error *error)
{
	struct queues queues;
	int rc = queues_load(&queues, settings->file, error);

	queues_free(&queues);
	return rc;
}

static int
check_atlas(const struct settings *settings, struct error *error)
{
	struct atlas_settings atlas;
	int rc = atlas_settings_load(&atlas, settings, error);

	atlas_settings_free(&atlas);
	return rc;
}

static int
check_spool(const struct settings *settings, struct error *error)
{
	struct spool *spool;
	bool links;
	int rc;

	if (spool_open(&spool, settings->directory, SPOOL_WRITE, error) == -1)
		return -1;
	rc = spool_check_room(spool, settings->min_free, error);
	if (rc == 0 && spool_try_move(spool, &links, error) == -1)
		rc = -1;
	spool_close(spool);
	return rc;
}

/* -t, like nginx -t. */
static int
test(struct options *o)
{
	struct configuration c = {.auth = NULL};
	struct error error = ERROR_INIT;
	int rc = EX_CONFIG;

	if (owner_become(o->settings, !o->test, &error) == -1 ||
	    load_settings(&c, o, &error) == -1 ||
	    auth_start(c.auth, &error) == -1 ||
	    check_spool(&c.settings, &error) == -1 ||
	    check_queues(&c.settings, &error) == -1 ||
	    check_atlas(&c.settings, &error) == -1) {
		fprintf(stderr, PROGRAM ": %s\n", error.text);
		fprintf(stderr, PROGRAM ": configuration test failed\n");
	} else {
		printf(PROGRAM ": %s: configuration ok\n", c.settings.file);
		rc = finish_output();
	}
	unload(&c);
	return rc;
}

/* Any error of settings and secrets is EX_CONFIG, like -t. */
static int
start_exit_code(const struct error *error)
{
	switch (error->kind) {
	case ERROR_USAGE:
	case ERROR_CREATE:
	case ERROR_UNAVAILABLE:
		return error_exit_code(error);
	default:
		return EX_CONFIG;
	}
}

/* ---- the two ways to serve ------------------------------------------ */

/* Once for a responder, not by each worker. */
static void
tell_sandbox(void)
{
	const char *why = sandbox_missing();

	if (why != NULL)
		log_message(LEVEL_NOTICE, "sandbox",
		    "%s; the process can open what its user can", why);
}

static int
be_cgi(struct options *o)
{
	struct configuration c = {.auth = NULL};
	struct error error = ERROR_INIT;
	int rc;

	if (load_settings(&c, o, &error) == -1 ||
	    sandbox_harden(&error) == -1) {
		serve_cgi_failure(error.text);
		unload(&c);
		return EX_CONFIG;
	}
	tell_sandbox();
	rc = (int)serve_cgi(&c.settings, c.auth);
	unload(&c);
	return rc;
}

static void
tell_start(const struct settings *settings)
{
	struct log_line line;

	log_begin(&line, LEVEL_NOTICE, "start");
	log_number(&line, "pid", getpid());
	log_number(&line, "workers", settings->workers);
	log_text(&line, "settings", settings->file);
	log_text(&line, "spool", settings->directory);
	log_end(&line);
}

/* On this listening socket, or on the one of --listen (-1). */
static int
be_fastcgi(struct options *o, int listen_fd)
{
	struct configuration c = {.auth = NULL};
	struct error error = ERROR_INIT;
	int rc;

	if (owner_become(o->settings, !o->test, &error) == -1 ||
	    load_settings(&c, o, &error) == -1 ||
	    sandbox_harden(&error) == -1 ||
	    (listen_fd == -1 &&
		(listen_fd = listen_open(o->listen, &error)) == -1)) {
		log_message(LEVEL_ERROR, "start", "%s", error.text);
		unload(&c);
		return start_exit_code(&error);
	}
	if (geteuid() == 0)
		log_message(LEVEL_WARNING, "start",
		    "running as root; its own user is safer");
	tell_start(&c.settings);
	tell_sandbox();
	if (c.settings.workers == 1)
		rc = (int)serve_fcgi(&c.settings, c.auth, listen_fd,
		    tally_open());
	else
		rc = supervise(&c, listen_fd, load_settings, unload, o);
	unload(&c);
	return rc;
}

static int
be_lost(void)
{
	fputs(PROGRAM
	    ": nobody to answer: descriptor 0 is not a listening socket "
	    "(FastCGI),\nGATEWAY_INTERFACE is not set (CGI), and there is no "
	    "--listen.\n",
	    stderr);
	fputs(usage, stderr);
	return EX_USAGE;
}

/* The next opened file would take a closed descriptor 0, 1 or 2. Other inherited
 * descriptors are not used here. */
static void
clean_descriptors(void)
{
	int fd;

	closefrom(STDERR_FILENO + 1);

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd == -1)
		exit(EX_OSERR);
	close(fd);
}

/* A peer or a log reader that went away, and a file over RLIMIT_FSIZE, must be errors of
 * write(2), not the end of the process. */
static void
ignore_signals(void)
{
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
	    signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
		exit(EX_OSERR);
}

int
main(int argc, char **argv)
{
	struct options options = {0};
	bool listening = fcgi_is_listening(STDIN_FILENO);

	clean_descriptors();
	ignore_signals();
	umask(027);
	log_init();
	if (listening || !cgi_arguments_are_query())
		options = parse_options(argc, argv);
	if (options.test)
		return test(&options);
	if (options.listen != NULL)
		return be_fastcgi(&options, -1);
	if (listening)
		return be_fastcgi(&options, STDIN_FILENO);
	if (cgi_is_request())
		return be_cgi(&options);
	return be_lost();
}
