// The AWS SDK for JavaScript over TLS. Whom Node trusts is read when it starts, so a client is a process.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { start } from './millpond.js';

const file = (path) => fileURLToPath(new URL(path, import.meta.url));
const certificate = (name) => file(`../certificates/${name}`);

let server;
before(async () => {
  server = await start('--tls-cert', certificate('server.pem'), '--tls-key', certificate('server.key'));
});
after(() => server.stop());

/** Runs the client; answers what it printed. */
async function client(...environment) {
  const env = { ...process.env, ...Object.fromEntries(environment) };
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [file('support/over_tls.js'), server.url], { env });
  return JSON.parse(stdout);
}

test('a message goes through a queue over TLS', async () => {
  const trusting = ['NODE_EXTRA_CA_CERTS', certificate('authority.pem')];
  const { url, body } = await client(trusting);
  assert.ok(url.startsWith(`${server.url}/`) && url.startsWith('https://'));
  assert.equal(body, 'over TLS');
});

test('without trust the client refuses the server', async () => {
  await assert.rejects(client(['NODE_EXTRA_CA_CERTS', '']), /certificate/);
});
