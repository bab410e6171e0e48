import { ariFailure, ariMessage } from '../../src/adapters/ari/ari-failure';
import { TelephonyUnavailable } from '../../src/ports/telephony';

/** Answers of Asterisk 22.10.1. */
test.each([
  ['{"message":"Channel not found"}', 'channel-gone'],
  ['{"message":"Provided channel was not found"}', 'channel-gone'],
  ['{"message":"Failed to execute function"}', 'channel-gone'],
  ['{"message":"Failed to answer channel"}', 'cannot-be-answered'],
  ['{"message":"Snoop channel could not be created"}', 'cannot-snoop'],
  ['{"message":"Bridge not in Stasis application"}', 'not-in-stasis'],
  ['{"message":"Bridge not found"}', 'bridge-gone'],
  ['{"message":"Channel not in this bridge"}', 'not-in-bridge'],
  ['{"message":"Channel not in Stasis application"}', 'not-in-stasis'],
  ['{"message":"Channel with given unique ID already exists"}', 'already-exists'],
  [`{"message":"Bridge with id '0ff419d793fd44f2b2a9205c52375b92' already exists"}`, 'already-exists'],
  ['{"message":"Provided variable was not found"}', 'no-variable'],
  ['{"message":"Unable to read provided function"}', 'no-function'],
  [`{"message":"Object with id '900' not found"}`, 'no-object'],
  [`{"message":"Creation of object '901' failed field value validation"}`, 'object-refused'],
  ['{"error":"Allocation failed"}', 'cannot-be-rung'],
  ['{"message":"Something else"}', 'unknown'],
  ['HTTP status 500', 'unknown'],
  ['', 'unknown'],
])('given %s, it means %s', (text, failure) => {
  expect(ariFailure(new Error(text))).toBe(failure);
});

test('given no answer in time, no text of it is taken for an answer', () => {
  expect(ariFailure(new TelephonyUnavailable('hang up: channel not found'))).toBe('unknown');
});

test.each([
  ['{"message":"Bridge with id \'a\' already exists"}', "Bridge with id 'a' already exists"],
  ['{"error":"Allocation failed"}', 'Allocation failed'],
  ['connect ECONNREFUSED 127.0.0.1:8088', 'connect ECONNREFUSED 127.0.0.1:8088'],
  ['', 'no reason given'],
])('given %s, a person reads %s', (text, message) => {
  expect(ariMessage(new Error(text))).toBe(message);
});
