// sns-validator, which reads documents and verifies their signatures with code of its own. It fetches
// certificates over TLS only; whom Node trusts is read when it starts, so a validator is a process.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { startAt } from './millpond.js';

const file = (path) => fileURLToPath(new URL(path, import.meta.url));
const certificate = (name) => file(`../certificates/${name}`);
const TLS = ['--tls-cert', certificate('server.pem'), '--tls-key', certificate('server.key')];

let folder;
let server;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millpond-'));
  await run('127.0.0.1:0');
});
after(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

async function run(listen) {
  server = await startAt(listen, ...TLS, '--data-dir', folder);
}

/** Runs a program that trusts the server; answers what it printed. */
async function trusting(program, words, input = '') {
  const child = spawn(process.execPath, [file(`support/${program}`), ...words], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate('authority.pem') },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(input);
  return JSON.parse(await text(child.stdout));
}

/** Documents that queues got: a notification of each signature version, and a request to confirm. */
const documents = () => trusting('documents.js', [server.url]);

/** What the validator says of each document, if it trusts this host: nothing, or why it refuses it. */
const verdicts = (given, host = new URL(server.url).host) =>
  trusting('validate.js', [host], JSON.stringify(given));

test('notifications of both signature versions and requests to confirm are what they say', async () => {
  const given = await documents();
  const kinds = given.map((text) => JSON.parse(text)).map((one) => [one.Type, one.SignatureVersion]);
  assert.deepEqual(kinds, [
    ['Notification', '1'],
    ['Notification', '1'],
    ['Notification', '2'],
    ['Notification', '2'],
    ['SubscriptionConfirmation', '1'],
    ['SubscriptionConfirmation', '2'],
  ]);
  assert.deepEqual(await verdicts(given), given.map(() => null));
});

test('a document is still what it says when the program has been started again', async () => {
  const given = await documents();
  await server.stop();
  await run(new URL(server.url).host);
  assert.deepEqual(await verdicts(given), given.map(() => null));
});

test('a changed document is refused, and so is one from a host that is not trusted', async () => {
  const given = await documents();
  const changed = (name) =>
    given.map((text) => {
      const document = JSON.parse(text);
      return JSON.stringify({ ...document, [name]: `${document[name]} ` });
    });
  for (const name of ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn']) {
    const expected = given.map(() => 'The message signature is invalid.');
    assert.deepEqual(await verdicts(changed(name)), expected, name);
  }
  const elsewhere = given.map(() => 'The certificate is located on an invalid domain.');
  assert.deepEqual(await verdicts(given, 'sns.us-east-1.amazonaws.com'), elsewhere);
});
