/* SPDX-License-Identifier: ISC */
/*
 * json_memory: where the JSON values of one request live.
 *
 * A small body makes some eighty of them, all of which are freed at its end: in
 * one block that costs a tenth of what malloc(3) takes. For a process with one
 * thread that keeps no value for long.
 */
#ifndef ALERTSPOOL_RESPONDER_JSON_MEMORY
#define ALERTSPOOL_RESPONDER_JSON_MEMORY

/* Give Jansson's allocations to the block from now on. Does nothing
 * in a build with AddressSanitizer, which could not tell one value from the next
 * there. */
void json_memory_start(void);

#endif
