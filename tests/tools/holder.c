/* SPDX-License-Identifier: ISC */
/* holder SPOOL NAME: hold the lock of a record's alert until killed. */
#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/spool/spool.h"

int
main(int argc, char **argv)
{
	struct error error = ERROR_INIT;
	struct spool *spool;

	if (argc != 3) {
		fputs("usage: holder SPOOL NAME\n", stderr);
		return 64;
	}
	if (spool_open(&spool, argv[1], SPOOL_WRITE, &error) == -1 ||
	    spool_lock_alert(spool, argv[2], &error) == -1) {
		fprintf(stderr, "holder: %s\n", error.text);
		return 1;
	}
	puts("held");
	fflush(stdout);
	for (;;)
		pause();
}
