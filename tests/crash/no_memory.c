/* SPDX-License-Identifier: ISC */
/*
 * no_memory.so, preloaded: the $FAIL_AT-th allocation of the process fails, once, in any
 * code: ours, Jansson, libgcrypt or libc. Standard error then gets "no_memory: failed for
 * FILE", FILE being the program or library that asked. calloc and realloc count like
 * malloc. glibc's name service asserts that it has memory, so getpwuid(3), getpwnam(3)
 * and getgrgid(3) always get it. So does OpenSSL, which makes thousands of allocations at
 * its start and continues without them. Code that cleans up after the program calls
 * no_memory_end(); after that no allocation fails.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

static long left = -1; /* allocations until the one that fails; -1: none does */
static __thread int asking; /* the name service */

void
no_memory_end(void)
{
	left = -1;
}

__attribute__((constructor)) static void
begin(void)
{
	const char *at = getenv("FAIL_AT");

	left = at != NULL ? atol(at) : -1;
}

/* And which file is it? */
static int
is_openssl(const void *caller, Dl_info *where)
{
	return dladdr(caller, where) != 0 && where->dli_fname != NULL &&
	    (strstr(where->dli_fname, "/libcrypto.") != NULL ||
		strstr(where->dli_fname, "/libssl.") != NULL);
}

static int
fails(const void *caller)
{
	Dl_info where = {.dli_fname = NULL};

	if (asking || __atomic_load_n(&left, __ATOMIC_RELAXED) <= 0 ||
	    is_openssl(caller, &where) ||
	    __atomic_sub_fetch(&left, 1, __ATOMIC_RELAXED) != 0)
		return 0;
	dprintf(2, "no_memory: failed for %s\n",
	    where.dli_fname != NULL ? where.dli_fname : "?");
	errno = ENOMEM;
	return 1;
}

#define FAILS fails(__builtin_return_address(0))

void *
malloc(size_t n)
{
	return FAILS ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return FAILS ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return FAILS ? NULL : __libc_realloc(p, n);
}

#define SPARED(result, name, type) \
	result name(type key) \
	{ \
		result (*next)(type) = dlsym(RTLD_NEXT, #name); \
		result found; \
\
		asking = 1; \
		found = next(key); \
		asking = 0; \
		return found; \
	}

SPARED(struct passwd *, getpwuid, uid_t)
SPARED(struct passwd *, getpwnam, const char *)
SPARED(struct group *, getgrgid, gid_t)
