/* SPDX-License-Identifier: ISC */
/*
 * fcgi_library: feeds libfcgi over a socket pair.
 *
 * libfcgi takes our end of the pair if ipcFd is set before FCGX_Accept_r(), and keeps it
 * because each request that we write asks for that. ipcFd is below the header's "don't
 * use", so fcgi_library_open() tests it. Everything that it reads is written before, and
 * answers are small, so no call waits. After an error the pair may still hold bytes, and
 * is replaced.
 */
#include "config.h"

#include <fcgiapp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "responder/fcgi_library.h"
#include "responder/fcgi_stream.h"

#define CHUNK 16384

struct fcgi_library {
	FCGX_Request request; /* its ipcFd is the other end */
	int ours;	      /* -1: there is no pair */
	bool clean;	      /* nothing is left in the pair */
};

/* Our end first, because libfcgi waits for that when it closes its own. */
static void
close_pair(struct fcgi_library *l)
{
	if (l->ours == -1)
		return;
	close(l->ours);
	l->ours = -1;
	FCGX_Free(&l->request, 1);
}

static int
open_pair(struct fcgi_library *l)
{
	int pair[2];

	if (FCGX_InitRequest(&l->request, -1, FCGI_FAIL_ACCEPT_ON_INTR) != 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	l->ours = pair[0];
	l->request.ipcFd = pair[1];
	l->request.keepConnection = 1; /* or libfcgi would close it at once */
	return 0;
}

char *const *
fcgi_library_begin(struct fcgi_library *l, const struct fcgi_stream *s)
{
	struct buf text = BUF_INIT;
	bool taken;

	fcgi_stream_put_request(s, &text);
	l->clean = false;
	taken = !text.failed && (l->ours != -1 || open_pair(l) == 0) &&
	    send(l->ours, text.data, text.len, MSG_DONTWAIT | MSG_NOSIGNAL) ==
		(ssize_t)text.len &&
	    FCGX_Accept_r(&l->request) == 0 &&
	    FCGX_GetChar(l->request.in) == -1 && /* the end of the body */
	    FCGX_GetError(l->request.in) == 0;
	buf_wipe(&text);
	return taken ? l->request.envp : NULL;
}

int
fcgi_library_answer(struct fcgi_library *l, const void *bytes, size_t n,
    struct buf *records)
{
	char chunk[CHUNK];
	ssize_t got;

	if (FCGX_PutStr(bytes, (int)n, l->request.out) != (int)n)
		return -1;
	/* Closing the last stream sends the end of the request. */
	FCGX_FClose(l->request.err);
	if (FCGX_FClose(l->request.out) != 0)
		return -1;
	do {
		got = recv(l->ours, chunk, sizeof(chunk), MSG_DONTWAIT);
		if (got > 0)
			buf_add(records, chunk, (size_t)got);
	} while (got == (ssize_t)sizeof(chunk));
	l->clean = true;
	return records->failed ? -1 : 0;
}

void
fcgi_library_end(struct fcgi_library *l)
{
	if (l->clean)
		FCGX_Finish_r(&l->request);
	if (!l->clean || l->request.ipcFd == -1)
		close_pair(l);
}

/* Test with the smallest request. */
static bool
works(struct fcgi_library *l)
{
	struct buf records = BUF_INIT;
	struct fcgi_stream hello;
	const char *value = NULL;
	bool well;

	fcgi_stream_init(&hello, 0);
	hello.id = 1;
	buf_adds(&hello.params, "\001\001Ab"); /* A=b */
	if (fcgi_library_begin(l, &hello) != NULL)
		value = FCGX_GetParam("A", l->request.envp);
	well = value != NULL && strcmp(value, "b") == 0 &&
	    fcgi_library_answer(l, "x", 1, &records) == 0;
	fcgi_library_end(l);
	buf_free(&records);
	fcgi_stream_free(&hello);
	return well;
}

int
fcgi_library_open(struct fcgi_library **library, struct error *error)
{
	struct fcgi_library *l = calloc(1, sizeof(*l));

	*library = NULL;
	if (l == NULL)
		return error_sys(error, ERROR_UNAVAILABLE, "libfcgi");
	l->ours = -1;
	/* Milliseconds; read once, by FCGX_Init(). */
	if (setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "10", 1) == -1 ||
	    FCGX_Init() != 0 || !works(l)) {
		error_set(error, ERROR_UNAVAILABLE,
		    "libfcgi does not accept our socket pair");
		fcgi_library_close(l);
		return -1;
	}
	*library = l;
	return 0;
}

void
fcgi_library_close(struct fcgi_library *l)
{
	if (l == NULL)
		return;
	close_pair(l);
	free(l);
}
