-- SPDX-License-Identifier: ISC
-- load.lua: what wrk sends: signed alerts of about 1 KB, no two alike, made on
-- the fly. $BENCH_SECRET is the key, $BENCH_BODY a body with "%024x" where its
-- number goes, $BENCH_RUN a number that no other run has. Prints one line:
-- "result requests refused broken microseconds p50-us p99-us".

local ffi = require("ffi")
local crypto = ffi.load("libcrypto.so.3")

ffi.cdef[[
const void *EVP_sha1(void);
unsigned char *HMAC(const void *md, const void *key, int key_len,
    const unsigned char *d, size_t n, unsigned char *out, unsigned int *out_len);
int EVP_EncodeBlock(unsigned char *t, const unsigned char *f, int n);
]]

local mac, text = ffi.new("unsigned char[20]"), ffi.new("unsigned char[32]")
local length = ffi.new("unsigned int[1]")
local sha1 = crypto.EVP_sha1()
local threads = 0

function setup(thread)
	thread:set("number", threads)
	threads = threads + 1
end

function init(args)
	secret = os.getenv("BENCH_SECRET")
	local file = assert(io.open(os.getenv("BENCH_BODY"), "rb"))
	local body = file:read("*a")
	file:close()
	local at = assert(body:find("%024x", 1, true))
	before, after = body:sub(1, at - 1), body:sub(at + 5)
	-- 24 digits: run, thread, count
	prefix = string.format("%08x%04x", tonumber(os.getenv("BENCH_RUN")), number)
	count = 0
	headers = {
		["Content-Type"] = "application/json",
		["X-MMS-Event"] = "alert.open",
	}
end

function request()
	count = count + 1
	local body = before .. prefix .. string.format("%012x", count) .. after
	crypto.HMAC(sha1, secret, #secret, body, #body, mac, length)
	crypto.EVP_EncodeBlock(text, mac, 20)
	headers["X-MMS-Signature"] = ffi.string(text, 28)
	return wrk.format("POST", nil, headers, body)
end

function done(summary, latency, requests)
	local e = summary.errors
	io.write(string.format("result %d %d %d %d %d %d\n", summary.requests,
		e.status, e.connect + e.read + e.write + e.timeout,
		summary.duration, latency:percentile(50), latency:percentile(99)))
end
