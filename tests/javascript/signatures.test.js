// The AWS SDK for JavaScript signs, for a server that requires it.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { CreateQueueCommand, ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';

import { start } from './millpond.js';

const KEY = { accessKeyId: 'AKIAJAVASCRIPT000000', secretAccessKey: 'a secret' };
const FILE = `
[[keys]]
id = "${KEY.accessKeyId}"
account = "123456789012"
secret = "${KEY.secretAccessKey}"
identity = "node"
policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sqs:CreateQueue","sqs:SendMessage"],"Resource":"*"}]}'
`;

let folder;
let server;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millpond-'));
  const file = join(folder, 'millpond.toml');
  await writeFile(file, FILE);
  server = await start('--config', file);
});
after(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const client = (Client, credentials) =>
  new Client({ endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 });

test('who has the secret is let in, and so are temporary credentials of the same', async () => {
  const sts = client(STSClient, KEY);
  const { Credentials: issued } = await sts.send(new GetSessionTokenCommand({}));
  const temporary = {
    accessKeyId: issued.AccessKeyId,
    secretAccessKey: issued.SecretAccessKey,
    sessionToken: issued.SessionToken,
  };
  for (const credentials of [KEY, temporary]) {
    const { Arn } = await client(STSClient, credentials).send(new GetCallerIdentityCommand({}));
    assert.equal(Arn, 'arn:aws:iam::123456789012:user/node');
    const sqs = client(SQSClient, credentials);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'zwei Enten für «Ä»' }));
  }
});

test('who is let in may do what the policy says and nothing else', async () => {
  const sqs = client(SQSClient, KEY);
  await assert.rejects(sqs.send(new ListQueuesCommand({})), (error) => {
    assert.match(error.name, /^AccessDenied/);
    assert.match(error.message, /user\/node is not authorized to perform: sqs:ListQueues/);
    return true;
  });
});

test('who has not is told so', async () => {
  const sqs = client(SQSClient, { ...KEY, secretAccessKey: 'another' });
  await assert.rejects(sqs.send(new CreateQueueCommand({ QueueName: 'orders' })), (error) => {
    assert.equal(error.name, 'SignatureDoesNotMatch');
    assert.equal(error.$metadata.httpStatusCode, 403);
    return true;
  });
});
