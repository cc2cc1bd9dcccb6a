// SQS through the AWS SDK for JavaScript, which checks the digests of what it sends and receives.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  QueueDoesNotExist,
  QueueNameExists,
  ReceiptHandleIsInvalid,
  ReceiveMessageCommand,
  SendMessageCommand,
  paginateListQueues,
} from '@aws-sdk/client-sqs';

import { sqsClient, start } from './millpond.js';

let server;
before(async () => {
  server = await start();
});
after(() => server.stop());

async function emptyQueue(Attributes) {
  const sqs = sqsClient(server.url);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'q', Attributes }));
  return { sqs, QueueUrl };
}

async function receive({ sqs, QueueUrl }, more = {}) {
  const answer = await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...more }));
  return answer.Messages ?? [];
}

test('a message is sent, received with its attributes, and deleted', async () => {
  const queue = await emptyQueue();
  const { sqs, QueueUrl } = queue;
  const MessageAttributes = {
    text: { DataType: 'String', StringValue: 'värde 漢' },
    number: { DataType: 'Number', StringValue: '-1.5' },
    bytes: { DataType: 'Binary', BinaryValue: Uint8Array.from([0, 127, 128, 255]) },
  };
  const sent = await sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody: 'hello 🐟\r\n', MessageAttributes }),
  );
  const [message] = await receive(queue, {
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['All'],
  });
  assert.equal(message.MessageId, sent.MessageId);
  assert.equal(message.Body, 'hello 🐟\r\n');
  assert.equal(message.MD5OfMessageAttributes, sent.MD5OfMessageAttributes);
  assert.deepEqual(message.MessageAttributes, MessageAttributes);
  assert.equal(message.Attributes.ApproximateReceiveCount, '1');
  const { ReceiptHandle } = message;
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  assert.equal(Attributes.ApproximateNumberOfMessages, '0');
  assert.equal(Attributes.ApproximateNumberOfMessagesNotVisible, '0');
});

test('an empty queue answers without messages', async () => {
  assert.deepEqual(await receive(await emptyQueue()), []);
});

test('a long poll gets a message that is sent while it waits', async () => {
  const queue = await emptyQueue();
  const { sqs, QueueUrl } = queue;
  const waiting = receive(queue, { WaitTimeSeconds: 20 });
  await sqs.send(new ListQueuesCommand({}));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'at last' }));
  const messages = await waiting;
  assert.deepEqual(
    messages.map((message) => message.Body),
    ['at last'],
  );
});

test('a message made visible again is received again', async () => {
  const queue = await emptyQueue();
  const { sqs, QueueUrl } = queue;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'twice' }));
  const [{ ReceiptHandle }] = await receive(queue);
  assert.deepEqual(await receive(queue), []);
  await sqs.send(
    new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
  );
  const [again] = await receive(queue, { MessageSystemAttributeNames: ['All'] });
  assert.equal(again.Attributes.ApproximateReceiveCount, '2');
});

test('queues are listed in pages', async () => {
  const sqs = sqsClient(server.url);
  const made = [];
  for (let number = 0; number < 5; number += 1) {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `q-${number}` }));
    made.push(QueueUrl);
  }
  const listed = [];
  for await (const page of paginateListQueues({ client: sqs, pageSize: 2 }, {})) {
    listed.push(...page.QueueUrls);
  }
  assert.deepEqual(listed.sort(), made);
});

test('a queue that is not there is refused with its own exception class', async () => {
  const { sqs, QueueUrl } = await emptyQueue();
  await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  const refusals = [
    new GetQueueUrlCommand({ QueueName: 'q' }),
    new SendMessageCommand({ QueueUrl, MessageBody: 'x' }),
    new ReceiveMessageCommand({ QueueUrl }),
  ];
  for (const command of refusals) {
    await assert.rejects(sqs.send(command), (error) => {
      assert.ok(error instanceof QueueDoesNotExist, error);
      assert.equal(error.message, 'The specified queue does not exist.');
      assert.equal(error.$metadata.httpStatusCode, 400);
      return true;
    });
  }
});

test('a queue of the same name with another attribute is refused', async () => {
  const { sqs } = await emptyQueue({ VisibilityTimeout: '45' });
  await assert.rejects(
    sqs.send(
      new CreateQueueCommand({ QueueName: 'q', Attributes: { VisibilityTimeout: '46' } }),
    ),
    QueueNameExists,
  );
});

test('a receipt handle that never was one is refused', async () => {
  const { sqs, QueueUrl } = await emptyQueue();
  await assert.rejects(
    sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'abc' })),
    ReceiptHandleIsInvalid,
  );
});

test('a value beyond its limits is refused by name', async () => {
  const { sqs, QueueUrl } = await emptyQueue();
  const command = new SendMessageCommand({ QueueUrl, MessageBody: 'x', DelaySeconds: 901 });
  await assert.rejects(sqs.send(command), (error) => {
    assert.match(error.name, /^InvalidParameterValue/);
    assert.match(error.message, /^Value 901 for parameter DelaySeconds is invalid\./);
    return true;
  });
});
