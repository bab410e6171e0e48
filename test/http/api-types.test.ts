import { readFile } from 'node:fs/promises';
import { TYPES_FILE, typesOf } from '../../scripts/api/write-types';
import { API } from '../support/api-document';

test('the types of the client are those of the description: npm run api:types', async () => {
  expect((await readFile(TYPES_FILE, 'utf8')) === (await typesOf(API))).toBe(true);
}, 30_000);
