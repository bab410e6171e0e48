import { unavailable } from '../../src/adapters/storage/postgres-failure';
import { StorageUnavailable } from '../../src/ports/storage';

test.each<[string, Error, string]>([
  ['a message', new Error('connect ECONNREFUSED 127.0.0.1:5432'), 'connect ECONNREFUSED 127.0.0.1:5432'],
  [
    'a code alone, as of a name with several addresses',
    Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }),
    'ECONNREFUSED',
  ],
])('given a failure with %s, it says what it was', (_, error, reason) => {
  const problem = unavailable('db.example/parley', error);
  expect(problem).toBeInstanceOf(StorageUnavailable);
  expect([problem.message, problem.cause]).toEqual([`db.example/parley: ${reason}`, error]);
});
