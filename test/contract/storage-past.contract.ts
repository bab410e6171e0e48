import fc from 'fast-check';
import type { AppId, Instant, QueueTaskId } from '../../src/domain/ids';
import type { Change } from '../../src/domain/world';
import type { Batch, PastChange, Storage } from '../../src/ports/storage';
import { aBatch, aConversation, anAgent, APP, aTask, change } from './storage-objects';

/** The part of the contract that is about what was: agents, extensions and conditions at an earlier time. */
export function describePast(
  opened: () => Storage,
  another: () => Storage,
  commit: (parts: Partial<Batch>) => Promise<void>,
): void {
  async function asOf(at: number, app: AppId = APP): Promise<readonly Change[]> {
    return opened().asOf(app, at as Instant);
  }
  async function forgetBefore(at: number): Promise<number> {
    return opened().forgetBefore(at as Instant);
  }

  describe('what was', () => {
    test('given an agent that changed, it is as of just before the moment', async () => {
      await commit({ past: [ann(100, 'online')] });
      await commit({ past: [ann(200, 'idle')] });

      expect(await asOf(100)).toEqual([]);
      expect(await asOf(101)).toStrictEqual([ann(100, 'online').change]);
      expect(await asOf(200)).toStrictEqual([ann(100, 'online').change]);
      expect(await asOf(201)).toStrictEqual([ann(200, 'idle').change]);
      expect(await asOf(9_999)).toStrictEqual([ann(200, 'idle').change]);
    });

    test('given several changes in one batch, each counts from its time on', async () => {
      await commit({ past: [ann(100, 'online'), ann(200, 'idle'), ann(300, 'fetching')] });

      const states = await Promise.all([150, 250, 350].map((at) => asOf(at)));
      expect(states).toStrictEqual([
        [ann(100, 'online').change],
        [ann(200, 'idle').change],
        [ann(300, 'fetching').change],
      ]);
    });

    test('given changes of the same millisecond, in one batch or in two, the last one given counts', async () => {
      await commit({ past: [ann(100, 'online'), ann(100, 'idle')] });
      expect(await asOf(101)).toStrictEqual([ann(100, 'idle').change]);

      await commit({ past: [ann(100, 'talking')] });
      expect(await asOf(101)).toStrictEqual([ann(100, 'talking').change]);
      expect(await asOf(100)).toEqual([]);
    });

    test('given one that died and came back, it is missing in between', async () => {
      await commit({ past: [ann(100, 'online'), gone(200), ann(300, 'idle')] });

      expect(await asOf(200)).toStrictEqual([ann(100, 'online').change]);
      expect(await asOf(201)).toEqual([]);
      expect(await asOf(300)).toEqual([]);
      expect(await asOf(301)).toStrictEqual([ann(300, 'idle').change]);
    });

    test('given one that came and went within a millisecond, it never was', async () => {
      await commit({ past: [ann(100, 'online'), gone(100)] });
      await commit({ past: [gone(150)] });

      expect(await asOf(101)).toEqual([]);
      expect(await asOf(151)).toEqual([]);
    });

    test('given that the clock went back, what was given last counts', async () => {
      await commit({ past: [ann(100, 'online'), ann(300, 'talking')] });
      await commit({ past: [ann(200, 'idle')] });

      expect(await asOf(200)).toStrictEqual([ann(100, 'online').change]);
      expect(await asOf(350)).toStrictEqual([ann(200, 'idle').change]);
      await commit({ past: [gone(50)] });
      expect(await asOf(350)).toEqual([]);
    });

    test('given agents, extensions and conditions, they come by kind, then by id', async () => {
      const all = [extension('e2'), extension('e1'), pastOf(anAgent('bob')), condition('c1'), ann(100, 'idle')];
      await commit({ past: all });

      const order = [all[4], all[2], all[3], all[1], all[0]].map((each) => each!.change);
      expect(await asOf(101)).toStrictEqual(order);
    });

    test('given another application, each has its own', async () => {
      const other = 'other' as AppId;
      const theirs = { ...anAgent('ann').value, id: 'other/ann', app: other } as never;
      await commit({
        past: [ann(100, 'online'), { at: 100 as Instant, change: { kind: 'agents', value: theirs, live: true } }],
      });

      expect(await asOf(101)).toStrictEqual([ann(100, 'online').change]);
      expect((await asOf(101, other)).map(({ value }) => value)).toStrictEqual([theirs]);
      expect(await asOf(101, 'third' as AppId)).toEqual([]);
    });

    test('given a property that comes, goes or changes inside, the whole is right at each time', async () => {
      const values = [
        { skills: [{ name: 'de', score: 1, enabled: true }], num: null },
        { skills: [{ name: 'de', score: 1, enabled: false }], num: '7' },
        { skills: [], num: '7', more: { a: [1, null, 'x'] } },
        { skills: [], num: '7' },
        { skills: [], num: undefined },
        { skills: Array.from({ length: 30 }, (_, score) => ({ name: `s${score}`, score, enabled: true })) },
      ];
      await commit({ past: values.map((parts, index) => agentAt(100 * (index + 1), 'ann', parts)) });

      for (const [index, parts] of values.entries()) {
        const [was] = await asOf(100 * (index + 1) + 1);
        expect(was!.value).toEqual({ ...anAgent('ann').value, ...parts });
      }
    });

    test('given another writer since, it knows what was', async () => {
      await commit({ past: [ann(100, 'online')] });
      const later = another();
      await later.open();
      await later.commit(aBatch(2, { past: [ann(200, 'idle')] }));

      const last = another();
      await last.open();
      expect(await last.asOf(APP, 150 as Instant)).toStrictEqual([ann(100, 'online').change]);
      expect(await last.asOf(APP, 250 as Instant)).toStrictEqual([ann(200, 'idle').change]);
    });

    test('given a batch that is refused, nothing of its past is kept', async () => {
      await commit({ past: [ann(100, 'online')] });
      const parts = {
        past: [ann(200, 'idle')],
        changes: [change(aConversation('1', { endsAt: NaN as Instant }))],
      };
      await expect(commit(parts)).rejects.toThrow('cannot be stored');
      await expect(opened().commit(aBatch(2, { past: [ann(200, NaN)] }))).rejects.toThrow('cannot be stored');

      expect(await asOf(300)).toStrictEqual([ann(100, 'online').change]);
    });

    test('given a batch twice, its past is kept once', async () => {
      await commit({ past: [ann(100, 'online')] });
      await opened().commit(aBatch(1, { past: [ann(100, 'idle')] }));

      expect(await asOf(300)).toStrictEqual([ann(100, 'online').change]);
    });

    test('given more than are read at once, none is missing', async () => {
      const names = Array.from({ length: 1_234 }, (_, index) => `n${10_000 + index}`);
      await commit({ past: names.map((name) => pastOf(anAgent(name))) });

      expect((await asOf(101)).map(({ value }) => value.id)).toEqual(names.map((name) => `app/${name}`));
    });
  });

  describe('forgetting what was', () => {
    test('given states that were over before the moment, they are dropped and the rest stays', async () => {
      await commit({ past: [ann(100, 'online'), ann(200, 'idle'), ann(300, 'talking'), ann(400, 'idle')] });

      expect(await forgetBefore(300)).toBe(1); // What began at 200 is what was just before 300.
      expect(await forgetBefore(300)).toBe(0);
      expect(await asOf(200)).toEqual([]);
      expect(await asOf(300)).toStrictEqual([ann(200, 'idle').change]);
      expect(await asOf(301)).toStrictEqual([ann(300, 'talking').change]);

      expect(await forgetBefore(9_999)).toBe(2);
      expect(await asOf(9_999)).toStrictEqual([ann(400, 'idle').change]);
    });

    test('given one that died, nothing of it is left, and it may come again', async () => {
      await commit({ past: [ann(100, 'online'), ann(200, 'idle'), gone(300)] });

      expect(await forgetBefore(301)).toBe(2);
      expect(await asOf(301)).toEqual([]);
      await commit({ past: [ann(400, 'talking')] });
      expect(await asOf(401)).toStrictEqual([ann(400, 'talking').change]);
    });

    test('given more than is forgotten at once, it goes on with the next call', async () => {
      await commit({
        past: Array.from({ length: 1_500 }, (_, index) => ann(index, index % 2 ? 'idle' : 'talking')),
      });

      const counts: number[] = [];
      do counts.push(await forgetBefore(9_999));
      while (counts.at(-1) !== 0);
      expect(Math.max(...counts)).toBeLessThanOrEqual(500);
      expect(counts.reduce((sum, each) => sum + each)).toBe(1_499);
      expect(await asOf(9_999)).toStrictEqual([ann(1_499, 'idle').change]);
    });

    test('given any changes in any batches, what was is as if all were kept and looked through', async () => {
      let runs = 0;
      const step = fc.oneof(
        { weight: 8, arbitrary: fc.record({ do: fc.constant('change' as const), change: anyChange }) },
        { weight: 3, arbitrary: fc.record({ do: fc.constant('commit' as const) }) },
        { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), at: fc.nat(LAST) }) },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const app = `app${++runs}` as AppId; // What was there before is of other applications.
          const given: PastChange[] = [];
          let staged: PastChange[] = [];
          let known = 0;
          for (const each of [...steps, { do: 'commit' } as const]) {
            if (each.do === 'change') {
              staged.push(inApp(app, each.change));
            } else if (each.do === 'commit') {
              await commit({ past: staged });
              given.push(...staged);
              staged = [];
            } else {
              while ((await forgetBefore(each.at)) > 0);
              known = Math.max(known, each.at);
            }
          }
          for (let at = known; at <= LAST + 1; at++) {
            expect({ at, was: await asOf(at, app) }).toStrictEqual({ at, was: lookedThrough(given, at) });
          }
        }),
        { numRuns: 150 },
      );
    }, 60_000); // Each run asks many times, perhaps across a network.
  });

  describe('one queue task', () => {
    test.each([
      ['live', true],
      ['over', false],
    ])('is found while %s, as it was committed last', async (_, live) => {
      await commit({ changes: [{ kind: 'queueTasks', value: aTask('1'), live: true }] });
      const latest = { ...aTask('1'), priority: 7 };
      await commit({ changes: [{ kind: 'queueTasks', value: latest, live }] });

      expect(await opened().findTask(APP, latest.id)).toStrictEqual(latest);
    });

    test("is not found when there is none, nor as another application's, nor another kind of thing", async () => {
      await commit({
        changes: [{ kind: 'queueTasks', value: aTask('1'), live: true }, change(aConversation('2'))],
      });

      expect(await opened().findTask(APP, '3' as QueueTaskId)).toBeUndefined();
      expect(await opened().findTask(APP, '2' as QueueTaskId)).toBeUndefined();
      expect(await opened().findTask('other' as AppId, '1' as QueueTaskId)).toBeUndefined();
    });
  });
}

/** Times in the property are 0 to this. */
const LAST = 12;
const anyChange = fc.record({
  at: fc.nat(LAST),
  kind: fc.constantFrom('agents', 'extensions', 'conditions'),
  id: fc.constantFrom('1', '2'),
  live: fc.boolean(),
  state: fc.constantFrom('idle', 'talking', 'busy/for a good reason, which is long enough to matter'),
  skills: fc.array(fc.nat(3), { maxLength: 3 }),
  num: fc.option(fc.constant('7'), { nil: undefined }),
});

type AnyChange = typeof anyChange extends fc.Arbitrary<infer Each> ? Each : never;

function inApp(app: AppId, { at, kind, id, live, state, skills, num }: AnyChange): PastChange {
  const value = { id: `${app}/${id}`, app, state, skills, ...(num === undefined ? {} : { num }) };
  return { at: at as Instant, change: { kind, value, live } as unknown as Change };
}

/** The naive way: of everything that was ever given, the last one with an earlier time. */
function lookedThrough(given: readonly PastChange[], at: number): readonly Change[] {
  const latest = new Map<string, Change>();
  for (const each of given) {
    if (each.at < at) latest.set(`${each.change.kind} ${each.change.value.id}`, each.change);
  }
  return [...latest]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, each]) => each)
    .filter(({ live }) => live);
}

function ann(at: number, state: unknown): PastChange {
  return agentAt(at, 'ann', { state });
}

function gone(at: number): PastChange {
  return { at: at as Instant, change: { ...anAgent('ann'), live: false } };
}

function agentAt(at: number, name: string, parts: object): PastChange {
  const value = { ...anAgent(name).value, ...parts };
  return { at: at as Instant, change: { kind: 'agents', value, live: true } };
}

function pastOf(of: Change): PastChange {
  return { at: 100 as Instant, change: of };
}

function extension(id: string): PastChange {
  const value = { id, app: APP, line: { type: '3', telnum: '+491' }, enabled: true, boundTo: null };
  return pastOf({ kind: 'extensions', value: value as never, live: true });
}

function condition(id: string): PastChange {
  const value = { id, app: APP, priority: 3, queueTimeoutSeconds: 60, fetchTimeoutSeconds: 45, remark: null };
  return pastOf({ kind: 'conditions', value: value as never, live: true });
}
