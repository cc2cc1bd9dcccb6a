// Publishes over TLS, for sns_validator.test.js; prints the documents that queues got.

import { CreateTopicCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';

import { topicClients } from '../millpond.js';

const url = process.argv[2];
const { sns, sqs } = topicClients(url);
const other = topicClients(url);

/** What comes to a queue once it is subscribed and something is published, if it is. */
async function received({ sqs }, SignatureVersion, ...published) {
  const Name = `v${SignatureVersion}`;
  const Attributes = { SignatureVersion };
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name, Attributes }));
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: Name, Attributes: { VisibilityTimeout: '43200' } }),
  );
  const found = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const Endpoint = found.Attributes.QueueArn;
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
  const bodies = [];
  for (const message of published) {
    await sns.send(new PublishCommand({ TopicArn, ...message }));
  }
  while (bodies.length < Math.max(published.length, 1)) {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20, MaxNumberOfMessages: 10 }),
    );
    bodies.push(...Messages.map((message) => message.Body));
  }
  return bodies;
}

const plain = { Message: 'two ducks' };
const rich = { Message: 'línea uno\n"línea" 漢 🐟', Subject: 'a subject' };
const all = [
  ...(await received({ sqs }, '1', plain, rich)),
  ...(await received({ sqs }, '2', plain, rich)),
  // A queue of another account is asked to confirm.
  ...(await received(other, '1')),
  ...(await received(other, '2')),
];
console.log(JSON.stringify(all));
