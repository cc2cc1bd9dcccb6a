// Validates the documents on its standard input, for sns_validator.test.js: prints what is wrong with each.

import { text } from 'node:stream/consumers';

import MessageValidator from 'sns-validator';

const host = process.argv[2].replaceAll('.', '\\.');
const validator = new MessageValidator(new RegExp(`^${host}$`), 'utf8');
const documents = JSON.parse(await text(process.stdin));

const verdict = (document) =>
  new Promise((resolve) => {
    validator.validate(document, (error) => resolve(error ? error.message : null));
  });
console.log(JSON.stringify(await Promise.all(documents.map(verdict))));
