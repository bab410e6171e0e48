import type { AppId, Instant } from '../../src/domain/ids';
import { Refusal } from '../../src/domain/refusal';
import { StorageUnavailable } from '../../src/ports/storage';
import { KeptAnswers } from '../../src/runtime/kept-answers';
import { aBatch } from '../contract/storage-objects';
import { MemoryStorage } from '../support/memory-storage/memory-storage';
import { APP, NOW } from '../support/worlds';

const OTHER_APP = 'other' as AppId;
const DAY_MS = 86_400_000;
const once = (key: string, fingerprint = 'a call to 123') => ({ key, fingerprint });
const USED = { reason: 'idempotency-key-used', details: { 'Idempotency-Key': 'one' } };

let storage: MemoryStorage;
let now: Instant;
let answers: KeptAnswers;
let begun: string[];

beforeEach(async () => {
  storage = new MemoryStorage();
  await storage.open();
  now = NOW;
  answers = new KeptAnswers(storage, { now: () => now });
  begun = [];
});

/** What takes its time, until it is told how it ends. */
function work(name: string) {
  let end!: { readonly answer: (value: string) => void; readonly refuse: (error: Error) => void };
  const ended = new Promise<string>((answer, refuse) => (end = { answer, refuse }));
  const carryOut = (): Promise<string> => {
    begun.push(name);
    return ended;
  };
  return { carryOut, ...end };
}

async function keep(
  key: string,
  parts: { readonly at?: number; readonly fingerprint?: string } = {},
): Promise<void> {
  const { at = NOW, fingerprint = 'a call to 123' } = parts;
  await storage.commit(
    aBatch(1, { answers: [{ app: APP, key, fingerprint, at: at as Instant, answer: 'the first answer' }] }),
  );
}

const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

describe('while a request is under way', () => {
  test('its repeats wait for it and get its answer; nothing is begun again', async () => {
    const [first, second] = [work('first'), work('second')];
    const all = [first, second, second].map(({ carryOut }) => answers.once(APP, once('one'), carryOut));
    await settled();
    expect(begun).toEqual(['first']);

    first.answer('call 1');
    expect(await Promise.all(all)).toEqual(['call 1', 'call 1', 'call 1']);
    expect(begun).toEqual(['first']);
  });

  test('its repeats are refused when it is, and then its key is free again', async () => {
    const [first, third] = [work('first'), work('third')];
    const all = [first, first].map(({ carryOut }) => answers.once(APP, once('one'), carryOut));
    first.refuse(new Refusal('agent-busy'));
    await expect(all[0]).rejects.toMatchObject({ reason: 'agent-busy' });
    await expect(all[1]).rejects.toMatchObject({ reason: 'agent-busy' });

    third.answer('call 3');
    expect(await answers.once(APP, once('one', 'a call to 456'), third.carryOut)).toBe('call 3');
    expect(begun).toEqual(['first', 'third']);
  });

  test('another request with its key is refused at once', async () => {
    const [first, second] = [work('first'), work('second')];
    const waiting = answers.once(APP, once('one'), first.carryOut);

    await expect(answers.once(APP, once('one', 'a call to 456'), second.carryOut)).rejects.toMatchObject(USED);
    first.answer('call 1');
    expect(await waiting).toBe('call 1');
    expect(begun).toEqual(['first']);
  });

  test('other keys, and the same of another application, wait for nothing', async () => {
    const [first, second, third] = [work('first'), work('second'), work('third')];
    void answers.once(APP, once('one'), first.carryOut);
    second.answer('call 2');
    third.answer('call 3');

    expect(await answers.once(APP, once('two'), second.carryOut)).toBe('call 2');
    expect(await answers.once(OTHER_APP, once('one'), third.carryOut)).toBe('call 3');
  });
});

describe('given an answer that is kept', () => {
  const never = (): Promise<string> => Promise.reject(new Error('begun again'));

  test('a repeat gets it, for a day', async () => {
    await keep('one', { at: NOW - DAY_MS });
    expect(await answers.once(APP, once('one'), never)).toBe('the first answer');

    now = (NOW + 1) as Instant;
    await expect(answers.once(APP, once('one'), never)).rejects.toThrow('begun again');
  });

  test('another request with its key is refused', async () => {
    await keep('one');
    await expect(answers.once(APP, once('one', 'a call to 456'), never)).rejects.toMatchObject(USED);
  });

  test('the same key of another application is none', async () => {
    await keep('one');
    await expect(answers.once(OTHER_APP, once('one'), never)).rejects.toThrow('begun again');
  });
});

test('given a store that cannot be asked, nothing is begun, and the key is free again', async () => {
  const { carryOut, answer } = work('first');
  answer('call 1');
  jest.spyOn(storage, 'findAnswer').mockRejectedValueOnce(new StorageUnavailable('away'));

  await expect(answers.once(APP, once('one'), carryOut)).rejects.toThrow(StorageUnavailable);
  expect(begun).toEqual([]);
  expect(await answers.once(APP, once('one'), carryOut)).toBe('call 1');
});
