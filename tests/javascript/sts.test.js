// STS through the AWS SDK for JavaScript, which speaks Query to it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';

import { start, stsClient } from './millpond.js';

let server;
before(async () => {
  server = await start();
});
after(() => server.stop());

test('a caller learns its account', async () => {
  const sts = stsClient(server.url);
  const { accessKeyId } = await sts.config.credentials();
  const identity = await sts.send(new GetCallerIdentityCommand({}));
  assert.equal(identity.Account, accessKeyId);
  assert.match(identity.Arn, new RegExp(`^arn:aws:\\w+::${accessKeyId}:`));
});
