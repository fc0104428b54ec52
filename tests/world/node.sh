#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# node: an HTTP server and its clients, worker threads, child processes, files.
# NEEDS node=nodejs
[ "$1" = prepare ] && cat >app.js <<'EOF' && exit
const http = require('http');
const { Worker } = require('worker_threads');
const { execFile } = require('child_process');
const fs = require('fs');
const get = (port, path) => new Promise((resolve, reject) =>
	http.get({ port, path, host: '127.0.0.1' }, (res) => {
		let text = '';
		res.on('data', (d) => { text += d; });
		res.on('end', () => resolve(text));
	}).on('error', reject));
const work = (n) => new Promise((resolve, reject) => {
	const w = new Worker('const { parentPort, workerData } = require("worker_threads");' +
		'let t = 0; for (let i = 0; i < 1e6; i++) t += i % workerData; parentPort.postMessage(t);',
		{ eval: true, workerData: n });
	w.on('message', resolve);
	w.on('error', reject);
});
const child = (n) => new Promise((resolve) =>
	execFile('sh', ['-c', `exit ${n}`], (e) => resolve(e ? e.code : 0)));
(async () => {
	const server = http.createServer((req, res) => res.end(req.url.slice(1)));
	await new Promise((r) => server.listen(0, '127.0.0.1', r));
	const port = server.address().port;
	const texts = await Promise.all([...Array(100).keys()].map((n) => get(port, `/${n}`)));
	console.log(texts.length, texts[0], texts[99]);
	server.close();
	console.log(await Promise.all([3, 5, 7].map(work)));
	console.log(await Promise.all([0, 1, 2, 3].map(child)));
	fs.writeFileSync('file', 'x'.repeat(100000));
	console.log((await fs.promises.readFile('file')).length);
	process.exit(5);
})();
EOF
node app.js
