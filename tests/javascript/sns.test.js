// SNS through the AWS SDK for JavaScript, which speaks Query to it and knows its errors as exception classes.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
  BatchEntryIdsNotDistinctException,
  CreateTopicCommand,
  DeleteTopicCommand,
  EmptyBatchRequestException,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  InvalidParameterException,
  InvalidParameterValueException,
  ListTagsForResourceCommand,
  NotFoundException,
  PublishBatchCommand,
  PublishCommand,
  ResourceNotFoundException,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
  paginateListSubscriptionsByTopic,
  paginateListTopics,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';

import { start, topicClients } from './millpond.js';

let server;
before(async () => {
  server = await start();
});
after(() => server.stop());

/** A topic, and the clients that reach it. */
async function newTopic(Name = 'orders', Attributes = {}) {
  const clients = topicClients(server.url);
  const { TopicArn } = await clients.sns.send(new CreateTopicCommand({ Name, Attributes }));
  return { ...clients, TopicArn };
}

/** A queue that is subscribed to the topic. */
async function subscribed({ sns, sqs, TopicArn }, QueueName, Attributes = {}) {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }));
  const found = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const Endpoint = found.Attributes.QueueArn;
  const { SubscriptionArn } = await sns.send(
    new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }),
  );
  return { QueueUrl, SubscriptionArn };
}

/** The bodies of this many messages that came to a queue, sorted. */
async function bodies({ sqs }, { QueueUrl }, messages) {
  const found = [];
  while (found.length < messages) {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20, MaxNumberOfMessages: 10 }),
    );
    assert.ok(Messages, `only ${found.length} messages came`);
    found.push(...Messages.map((message) => message.Body));
  }
  return found.sort();
}

const colour = (StringValue) => ({ colour: { DataType: 'String', StringValue } });
const RAW = { RawMessageDelivery: 'true' };

test('a message goes to every queue whose filter takes it', async () => {
  const topic = await newTopic();
  const { sns, TopicArn } = topic;
  const all = await subscribed(topic, 'all', RAW);
  const green = await subscribed(topic, 'green', {
    ...RAW,
    FilterPolicy: JSON.stringify({ colour: ['green'] }),
  });
  const large = await subscribed(topic, 'large', {
    ...RAW,
    FilterPolicyScope: 'MessageBody',
    FilterPolicy: JSON.stringify({ amount: [{ numeric: ['>', 10] }] }),
  });
  const publish = (Message, MessageAttributes) =>
    sns.send(new PublishCommand({ TopicArn, Message, MessageAttributes }));
  await publish('{"amount":1}', colour('green'));
  await publish('{"amount":20}', colour('red'));
  await publish('{"amount":30}', colour('green'));
  assert.deepEqual(await bodies(topic, all, 3), ['{"amount":1}', '{"amount":20}', '{"amount":30}']);
  assert.deepEqual(await bodies(topic, green, 2), ['{"amount":1}', '{"amount":30}']);
  assert.deepEqual(await bodies(topic, large, 2), ['{"amount":20}', '{"amount":30}']);
});

test('a queue gets a document with what was published, or its raw text with the attributes', async () => {
  const topic = await newTopic();
  const { sns, sqs, TopicArn } = topic;
  const documents = await subscribed(topic, 'documents');
  const raw = await subscribed(topic, 'raw', RAW);
  const MessageAttributes = {
    ...colour('värde 漢'),
    bytes: { DataType: 'Binary', BinaryValue: Uint8Array.from([0, 127, 128, 255]) },
  };
  const { MessageId } = await sns.send(
    new PublishCommand({ TopicArn, Subject: 'a subject', Message: 'hello 🐟\n', MessageAttributes }),
  );
  const document = JSON.parse((await bodies(topic, documents, 1))[0]);
  assert.equal(document.Type, 'Notification');
  assert.equal(document.TopicArn, TopicArn);
  assert.equal(document.MessageId, MessageId);
  assert.equal(document.Subject, 'a subject');
  assert.equal(document.Message, 'hello 🐟\n');
  assert.deepEqual(document.MessageAttributes, {
    colour: { Type: 'String', Value: 'värde 漢' },
    bytes: { Type: 'Binary', Value: 'AH+A/w==' },
  });
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: raw.QueueUrl,
      WaitTimeSeconds: 20,
      MessageAttributeNames: ['All'],
    }),
  );
  assert.equal(Messages[0].Body, 'hello 🐟\n');
  assert.deepEqual(Messages[0].MessageAttributes, MessageAttributes);
});

test('entries of a batch succeed and fail on their own', async () => {
  const topic = await newTopic();
  const queue = await subscribed(topic, 'q', RAW);
  const answer = await topic.sns.send(
    new PublishBatchCommand({
      TopicArn: topic.TopicArn,
      PublishBatchRequestEntries: [
        { Id: 'a', Message: 'one' },
        { Id: 'b', Message: 'two', MessageAttributes: { n: { DataType: 'Number', StringValue: 'x' } } },
        { Id: 'c', Message: 'three' },
      ],
    }),
  );
  assert.deepEqual(answer.Successful.map(({ Id }) => Id), ['a', 'c']);
  assert.deepEqual(answer.Failed.map(({ Id, SenderFault }) => [Id, SenderFault]), [['b', true]]);
  assert.deepEqual(await bodies(topic, queue, 2), ['one', 'three']);
});

test('a FIFO topic numbers its messages and knows them again', async () => {
  const topic = await newTopic('orders.fifo', { FifoTopic: 'true' });
  const publish = (MessageDeduplicationId) =>
    topic.sns.send(
      new PublishCommand({
        TopicArn: topic.TopicArn,
        Message: 'x',
        MessageGroupId: 'g',
        MessageDeduplicationId,
      }),
    );
  const [first, again, second] = [await publish('1'), await publish('1'), await publish('2')];
  assert.equal(again.MessageId, first.MessageId);
  assert.equal(again.SequenceNumber, first.SequenceNumber);
  assert.ok(BigInt(second.SequenceNumber) > BigInt(first.SequenceNumber));
});

test('topics and subscriptions are listed in pages', async () => {
  const clients = topicClients(server.url);
  const { sns } = clients;
  const names = Array.from({ length: 101 }, (_, number) => `t-${String(number).padStart(3, '0')}`);
  const made = await Promise.all(
    names.map(async (Name) => (await sns.send(new CreateTopicCommand({ Name }))).TopicArn),
  );
  const listed = [];
  for await (const page of paginateListTopics({ client: sns }, {})) {
    listed.push(...page.Topics.map((topic) => topic.TopicArn));
  }
  assert.deepEqual(listed.sort(), made.sort());
  const topic = { ...clients, TopicArn: made[0] };
  const subscriptions = await Promise.all(names.map((name) => subscribed(topic, name)));
  const pages = [];
  const config = { client: sns };
  for await (const page of paginateListSubscriptionsByTopic(config, { TopicArn: made[0] })) {
    pages.push(page.Subscriptions.map((one) => one.SubscriptionArn));
  }
  assert.deepEqual(pages.map((page) => page.length), [100, 1]);
  const expected = subscriptions.map((one) => one.SubscriptionArn);
  assert.deepEqual(pages.flat().sort(), expected.sort());
});

test('a subscription is set, shown and ended', async () => {
  const topic = await newTopic();
  const { sns, TopicArn } = topic;
  const { SubscriptionArn } = await subscribed(topic, 'q');
  await sns.send(
    new SetSubscriptionAttributesCommand({
      SubscriptionArn,
      AttributeName: 'RawMessageDelivery',
      AttributeValue: 'true',
    }),
  );
  const shown = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
  assert.equal(shown.Attributes.RawMessageDelivery, 'true');
  await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
  await assert.rejects(
    sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn })),
    NotFoundException,
  );
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
  assert.equal(Attributes.SubscriptionsDeleted, '1');
});

test('each refusal is an exception of its own class', async () => {
  const topic = await newTopic();
  const { sns, TopicArn } = topic;
  const gone = `${TopicArn}-that-never-was`;
  const twice = [
    { Id: 'a', Message: 'x' },
    { Id: 'a', Message: 'y' },
  ];
  const bad = { n: { DataType: 'Number', StringValue: 'x' } };
  const publish = (given) => new PublishCommand({ TopicArn, ...given });
  const batch = (PublishBatchRequestEntries) =>
    new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries });
  const refusals = [
    [new PublishCommand({ TopicArn: gone, Message: 'x' }), NotFoundException, 404],
    [new GetTopicAttributesCommand({ TopicArn: gone }), NotFoundException, 404],
    [new ListTagsForResourceCommand({ ResourceArn: gone }), ResourceNotFoundException, 404],
    [new CreateTopicCommand({ Name: 'a name' }), InvalidParameterException, 400],
    [publish({ Message: '' }), InvalidParameterException, 400],
    [publish({ Message: 'x', MessageAttributes: bad }), InvalidParameterValueException, 400],
    [new SubscribeCommand({ TopicArn, Protocol: 'pigeon' }), InvalidParameterException, 400],
    [batch([]), EmptyBatchRequestException, 400],
    [batch(twice), BatchEntryIdsNotDistinctException, 400],
  ];
  for (const [command, expected, status] of refusals) {
    await assert.rejects(sns.send(command), (error) => {
      assert.ok(error instanceof expected, `${error.name}: ${error.message}`);
      assert.equal(error.$metadata.httpStatusCode, status);
      return true;
    });
  }
  await sns.send(new DeleteTopicCommand({ TopicArn }));
});
