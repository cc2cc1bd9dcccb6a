// Starts the real program for the tests of one file, and makes clients of it.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';

const PROGRAM =
  process.env.PROGRAM_UNDER_TEST ??
  fileURLToPath(new URL('../../target/debug/millpond', import.meta.url));

// Settings of whoever runs the tests are none of the tests' settings.
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('MILLPOND_')),
);

/** Starts a server in memory on a port of its own; answers its address and how to end it. */
export const start = (...flags) => startAt('127.0.0.1:0', '--memory', ...flags);

/** Starts a server at that address and port; where it has its data is said by the flags. */
export async function startAt(listen, ...flags) {
  const child = spawn(PROGRAM, ['--listen', listen, ...flags], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await address(child);
  return { url, stop: () => ended(child) };
}

function address(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the program ended (${code}):\n${text}`)));
    child.stdout.on('data', (bytes) => {
      text += bytes;
      const found = /listens on (https?:\/\/\S+)/.exec(text);
      if (found) resolve(found[1]);
    });
  });
}

function ended(child) {
  return new Promise((resolve) => {
    child.on('exit', resolve);
    child.kill('SIGKILL');
  });
}

let accounts = 200_000_000_000;

/** What every client of a test needs; each call names an account that no other test uses. */
export function configuration(url) {
  accounts += 1;
  return {
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: String(accounts), secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
}

/** An SQS client of an account of its own. */
export const sqsClient = (url) => new SQSClient(configuration(url));

/** Clients of SNS and SQS of one account, which is theirs alone. */
export function topicClients(url) {
  const given = configuration(url);
  return { sns: new SNSClient(given), sqs: new SQSClient(given) };
}

/** An STS client of an account of its own. */
export const stsClient = (url) => new STSClient(configuration(url));
