/* SPDX-License-Identifier: ISC */
/*
 * A connection is closed while a thread of the library still runs: the memory that it may
 * touch must not be freed. The library's wait function is replaced by the one here.
 */
#include "config.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <nats/nats.h>

#include "cli/nats/client.h"
#include "cli/nats/servers.h"
#include "lib/base/error.h"

static natsStatus status;

natsStatus
nats_CloseAndWait(int64_t timeout)
{
	(void)timeout;
	return status;
}

static size_t
descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

/* A connection that fails is closed again. Returns how many of our descriptors stay open;
 * one of them is the one that wakes the reader. */
static size_t
left_open(natsStatus answer)
{
	static char url[] = "nats://127.0.0.1:1";
	struct servers servers = {.url = {url}, .n = 1};
	struct error error = ERROR_INIT;
	struct nats_client *client;
	size_t before;

	/* The library opens some descriptors of its own at the first time. */
	status = NATS_OK;
	assert_int_equal(nats_client_open(&client, &servers, &error), -1);
	before = descriptors();
	error_clear(&error);
	status = answer;
	assert_int_equal(nats_client_open(&client, &servers, &error), -1);
	assert_null(client);
	return descriptors() - before;
}

static void
test_threads_ended(void **state)
{
	(void)state;
	assert_int_equal(left_open(NATS_OK), 0);
}

/* In a child that is killed, because memory that is not freed would count as a leak when
 * it ends. It must run first, because the library's threads do not exist in a child. */
static void
test_threads_live(void **state)
{
	pid_t pid = fork();
	int ended;

	(void)state;
	if (pid == 0) {
		if (left_open(NATS_TIMEOUT) == 1)
			raise(SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &ended, 0), pid);
	assert_true(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_threads_live),
	    cmocka_unit_test(test_threads_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
