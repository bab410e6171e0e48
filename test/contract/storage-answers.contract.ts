import type { AppId, Instant } from '../../src/domain/ids';
import { Superseded, type Batch, type KeptAnswer, type Storage } from '../../src/ports/storage';
import { aBatch, anAgent, APP } from './storage-objects';

const OTHER_APP = 'other' as AppId;

/** What every storage promises of answers to requests that may be sent again. */
export function describeAnswers(
  storage: () => Storage,
  another: () => Storage,
  commit: (parts: Partial<Batch>) => Promise<void>,
): void {
  describe('answers', () => {
    test.each([
      ['an id', 'f'.repeat(32)],
      ['nothing', null],
      ['an object', { callId: 'c1', line: { type: '1', telnum: null }, text: '\u00fc \u{1f600} \u0000' }],
    ])('%s is found again under its key, by the next writer too', async (_, answer) => {
      await commit({ answers: [anAnswer('one', { answer })] });

      expect(await storage().findAnswer(APP, 'one')).toStrictEqual(anAnswer('one', { answer }));
      await another().open();
      expect(await another().findAnswer(APP, 'one')).toStrictEqual(anAnswer('one', { answer }));
    });

    test.each(['with Blanks', `"'%_\\;--`, '~'.repeat(255)])(
      '%s is a key, and no other is the same',
      async (key) => {
        await commit({ answers: [anAnswer(key)] });

        expect(await storage().findAnswer(APP, key)).toStrictEqual(anAnswer(key));
        for (const other of ['with blanks', key.slice(1), `${key} `, '%']) {
          expect(await storage().findAnswer(APP, other)).toBeUndefined();
        }
      },
    );

    test('the same key of another application is another key', async () => {
      const others = anAnswer('one', { app: OTHER_APP, answer: 'of the other' });
      await commit({ answers: [anAnswer('one'), others] });
      await commit({ withdrawn: [{ app: APP, key: 'one' }] });

      expect(await storage().findAnswer(APP, 'one')).toBeUndefined();
      expect(await storage().findAnswer(OTHER_APP, 'one')).toStrictEqual(others);
    });

    test('a later answer takes the place of the one before', async () => {
      const later = anAnswer('one', { at: 9_000 as Instant, fingerprint: 'of another', answer: 'again' });
      await commit({ answers: [anAnswer('one'), anAnswer('two')] });
      await commit({ answers: [later] });

      expect(await storage().findAnswer(APP, 'one')).toStrictEqual(later);
      expect(await storage().findAnswer(APP, 'two')).toStrictEqual(anAnswer('two'));
    });

    test('given one that cannot be stored, nothing of its batch is', async () => {
      const broken = commit({ changes: [anAgent('ann')], answers: [anAnswer('one', { answer: NaN })] });
      await expect(broken).rejects.toThrow('cannot be stored');

      expect((await another().open()).aggregates).toEqual([]);
    });

    test('given a writer that was superseded, its answer is not kept', async () => {
      await commit({});
      await another().open();

      await expect(storage().commit(aBatch(2, { answers: [anAnswer('one')] }))).rejects.toThrow(Superseded);
      expect(await storage().findAnswer(APP, 'one')).toBeUndefined();
    });

    test('those given before the moment are forgotten, so many at once', async () => {
      const old = Array.from({ length: 600 }, (_, index) => anAnswer(`old ${index}`, { at: 100 as Instant }));
      await commit({ answers: [...old, anAnswer('kept', { at: 200 as Instant })] });

      const dropped = [];
      do dropped.push(await storage().forgetAnswers(200 as Instant));
      while (dropped.at(-1) !== 0);

      expect(dropped).toEqual([500, 100, 0]);
      expect(await storage().findAnswer(APP, 'old 599')).toBeUndefined();
      expect(await storage().findAnswer(APP, 'kept')).toBeDefined();
    });
  });
}

function anAnswer(key: string, parts: Partial<KeptAnswer> = {}): KeptAnswer {
  return { app: APP, key, fingerprint: 'f1', at: 4_000 as Instant, answer: 'the first', ...parts };
}
