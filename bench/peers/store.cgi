#!/bin/sh
# SPDX-License-Identifier: ISC
# store.cgi: the script that a person would write for fcgiwrap: check the
# signature, keep the body, not durable.

answer() { printf 'Status: %s\r\nContent-Type: application/json\r\n\r\n%s\n' "$1" "$2"; }

file=$(mktemp "$BENCH_SPOOL/.XXXXXXXXXX") || { answer 503 "{}"; exit; }
head -c "$CONTENT_LENGTH" >"$file"
signature=$(openssl dgst -sha1 -hmac "$BENCH_SECRET" -binary "$file" | base64)
if [ "$signature" = "$HTTP_X_MMS_SIGNATURE" ]; then
	mv "$file" "$BENCH_SPOOL/$(basename "$file" | cut -c 2-).json"
	answer 200 "$(printf '{"status":"stored","id":"%s"}' "${file##*/.}")"
else
	rm -f "$file"
	answer 403 "{}"
fi
