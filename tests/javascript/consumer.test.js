// A real application: sqs-consumer, the polling loop that many services in JavaScript are built on.
// The clock is the test's own, so that a message is late exactly when the test says so.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';

import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';

import { sqsClient, start } from './millpond.js';

const BATCH = 10;
const VISIBILITY_SECONDS = 5;
const PATIENCE = { timeout: 60_000 };

let server;
before(async () => {
  server = await start('--clock', 'manual');
});
after(() => server.stop());

/** Moves the server's clock. */
async function advance(seconds) {
  const answer = await fetch(`${server.url}/_millpond/clock`, {
    method: 'POST',
    body: JSON.stringify({ advance_seconds: seconds }),
  });
  assert.equal(answer.status, 200, await answer.text());
}

/** A queue with this many messages, whose bodies are numbers from 0 on. */
async function queueWith(messages) {
  const sqs = sqsClient(server.url);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
  for (let first = 0; first < messages; first += BATCH) {
    const Entries = Array.from({ length: Math.min(BATCH, messages - first) }, (_, index) => ({
      Id: String(index),
      MessageBody: String(first + index),
    }));
    const { Successful } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    assert.equal(Successful.length, Entries.length);
  }
  return { sqs, QueueUrl };
}

async function counts({ sqs, QueueUrl }) {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  };
}

/** A consumer of the queue, which ends with the test at the latest. */
function consumerOf({ sqs, QueueUrl }, t, options) {
  const consumer = Consumer.create({
    queueUrl: QueueUrl,
    sqs,
    batchSize: BATCH,
    visibilityTimeout: VISIBILITY_SECONDS,
    messageSystemAttributeNames: ['ApproximateReceiveCount'],
    ...options,
  });
  t.after(() => consumer.stop({ abort: true }));
  return consumer;
}

/** Answers once such events have happened so many times in all; fails if the queue does. */
function happened(consumer, times, ...events) {
  return new Promise((resolve, reject) => {
    let left = times;
    for (const event of events) {
      consumer.on(event, () => {
        left -= 1;
        if (left === 0) resolve();
      });
    }
    consumer.on('error', (error) => {
      if (error.name === 'SQSError') reject(error);
    });
  });
}

/** How often each message was given to a handler. */
class Runs extends Map {
  add(message) {
    this.set(message.Body, (this.get(message.Body) ?? 0) + 1);
  }

  assertEach(messages, times) {
    const expected = Array.from({ length: messages }, (_, n) => [String(n), times(n)]);
    assert.deepEqual([...this].sort(([a], [b]) => a - b), expected);
  }
}

const isFirstReceive = (message) => message.Attributes.ApproximateReceiveCount === '1';

test('every message is handled, also when its handler throws at first', PATIENCE, async (t) => {
  const queue = await queueWith(200);
  const runs = new Runs();
  const isTricky = (number) => number % 10 === 3;
  const consumer = consumerOf(queue, t, {
    async handleMessage(message) {
      runs.add(message);
      if (isTricky(message.Body) && isFirstReceive(message)) throw new Error('not yet');
      return message;
    },
  });
  const tried = happened(consumer, 200, 'message_processed', 'processing_error');
  const processed = happened(consumer, 200, 'message_processed');
  consumer.start();
  await tried;
  assert.deepEqual(await counts(queue), { visible: 0, inFlight: 20 });
  await advance(VISIBILITY_SECONDS);
  await processed;
  runs.assertEach(200, (number) => (isTricky(number) ? 2 : 1));
  assert.deepEqual(await counts(queue), { visible: 0, inFlight: 0 });
});

test('what a batch handler does not acknowledge comes again', PATIENCE, async (t) => {
  const queue = await queueWith(100);
  const runs = new Runs();
  const isOdd = (number) => number % 2 === 1;
  const consumer = consumerOf(queue, t, {
    async handleMessageBatch(messages) {
      messages.forEach((message) => runs.add(message));
      return messages.filter((message) => !isOdd(message.Body) || !isFirstReceive(message));
    },
  });
  const received = happened(consumer, 100, 'message_received');
  const acknowledged = happened(consumer, 50, 'message_processed');
  const processed = happened(consumer, 100, 'message_processed');
  consumer.start();
  await Promise.all([received, acknowledged]);
  assert.deepEqual(await counts(queue), { visible: 0, inFlight: 50 });
  await advance(VISIBILITY_SECONDS);
  await processed;
  runs.assertEach(100, (number) => (isOdd(number) ? 2 : 1));
  assert.deepEqual(await counts(queue), { visible: 0, inFlight: 0 });
});

for (const handler of ['handleMessage', 'handleMessageBatch']) {
  test(`what ${handler} failed at comes again at once if asked for`, PATIENCE, async (t) => {
    const queue = await queueWith(50);
    const runs = new Runs();
    const consumer = consumerOf(queue, t, {
      terminateVisibilityTimeout: true,
      async [handler](given) {
        const messages = [given].flat();
        messages.forEach((message) => runs.add(message));
        if (messages.some(isFirstReceive)) throw new Error('not yet');
        return given;
      },
    });
    const processed = happened(consumer, 50, 'message_processed');
    consumer.start();
    await processed;
    assert.deepEqual(await counts(queue), { visible: 0, inFlight: 0 });
    assert.ok([...runs.values()].every((times) => times >= 2));
    assert.equal(runs.size, 50);
  });
}

test('a graceful stop finishes what was begun and leaves the rest', PATIENCE, async (t) => {
  const queue = await queueWith(2 * BATCH);
  const runs = new Runs();
  let open;
  const gate = new Promise((resolve) => {
    open = resolve;
  });
  const consumer = consumerOf(queue, t, {
    pollingCompleteWaitTimeMs: PATIENCE.timeout,
    async handleMessage(message) {
      runs.add(message);
      await gate;
      return message;
    },
  });
  const begun = happened(consumer, BATCH, 'message_received');
  const processed = happened(consumer, 2 * BATCH, 'message_processed');
  consumer.start();
  await begun;
  const stopped = once(consumer, 'stopped');
  consumer.stop();
  open();
  await stopped;
  assert.equal(runs.size, BATCH);
  assert.deepEqual(await counts(queue), { visible: BATCH, inFlight: 0 });
  consumer.start();
  await processed;
  runs.assertEach(2 * BATCH, () => 1);
  assert.deepEqual(await counts(queue), { visible: 0, inFlight: 0 });
});
