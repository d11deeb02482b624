// SPDX-License-Identifier: ISC
// server.js SOCKET: the same promise with Node's http: check the signature,
// parse, keep the body durably, answer. File work is asynchronous.
'use strict';
const crypto = require('crypto');
const fs = require('fs/promises');
const http = require('http');
const path = require('path');

const spool = process.env.BENCH_SPOOL;
const secret = process.env.BENCH_SECRET;
let directory;

async function keep(name, body) {
	const temporary = path.join(spool, '.' + name);
	const file = await fs.open(temporary, 'wx');
	await file.writeFile(body);
	await file.sync();
	await file.close();
	await fs.rename(temporary, path.join(spool, name));
	await directory.sync();
}

async function receive(request, response) {
	const parts = [];
	for await (const part of request)
		parts.push(part);
	const body = Buffer.concat(parts);
	const right = crypto.createHmac('sha1', secret).update(body).digest();
	const sent = Buffer.from(request.headers['x-mms-signature'] || '', 'base64');
	if (sent.length !== right.length || !crypto.timingSafeEqual(sent, right)) {
		response.writeHead(403).end();
		return;
	}
	const alert = JSON.parse(body);
	const digest = crypto.createHash('sha256').update(body).digest('hex');
	const name = alert.id + '.' + digest.slice(0, 32);
	await keep(name, body);
	response.writeHead(200, { 'Content-Type': 'application/json' });
	response.end(JSON.stringify({ status: 'stored', id: name }));
}

async function main() {
	directory = await fs.open(spool, 'r');
	http.createServer((request, response) => {
		receive(request, response).catch((error) => {
			console.error(error);
			response.writeHead(503).end();
		});
	}).listen(process.argv[2]);
}

main();
