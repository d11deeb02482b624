/* SPDX-License-Identifier: ISC */
/*
 * empty: the least that a FastCGI or CGI program with our libraries can be. It
 * reads the body and answers 200. FastCGI with an argument, the number of its
 * processes, and a listening socket as descriptor 0.
 */
#include "config.h"

#include <err.h>
#include <fcgiapp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ANSWER \
	"Status: 200 OK\r\nContent-Type: application/json\r\n" \
	"Content-Length: 2\r\n\r\n{}"

static void
serve(void)
{
	FCGX_Request request;
	char body[8192];

	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
		errx(70, "libfcgi");
	while (FCGX_Accept_r(&request) == 0) {
		while (FCGX_GetStr(body, sizeof(body), request.in) > 0)
			;
		FCGX_PutS(ANSWER, request.out);
		FCGX_Finish_r(&request);
	}
}

int
main(int argc, char **argv)
{
	char body[8192];

	if (argc > 1) {
		for (int i = atoi(argv[1]); i > 1; i--)
			if (fork() == 0)
				break;
		serve();
		return 1;
	}
	while (read(STDIN_FILENO, body, sizeof(body)) > 0)
		;
	fputs(ANSWER, stdout);
	return 0;
}
