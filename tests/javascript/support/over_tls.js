// One client's life over TLS, for tls.test.js: sends and receives, and prints what it saw.

import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';

import { sqsClient } from '../millpond.js';

const sqs = sqsClient(process.argv[2]);
const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }));
await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'over TLS' }));
const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
console.log(JSON.stringify({ url: QueueUrl, body: Messages[0].Body }));
