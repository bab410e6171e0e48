import type { ConversationJson } from '../../src/adapters/http/conversation-json';
import { faultsOfRecord } from '../../scripts/bench/recovery/call-record';
import { judge, type Leg, type Story } from '../../scripts/bench/recovery/call-story';

const SECOND = 1_000;
const START = Date.UTC(2026, 0, 1) - performance.timeOrigin;

const aLeg = (name: string, upAt: number | undefined, overAt: number, overBy: Leg['overBy'], more = {}): Leg => ({
  who: name === 'alice' || name === 'bob' ? 'agent' : 'caller',
  name,
  since: START,
  upAt: upAt === undefined ? undefined : START + upAt * SECOND,
  overAt: START + overAt * SECOND,
  overBy,
  ...more,
});
const aStory = (...legs: readonly Leg[]): Story => ({ kind: 'skill', number: '139', legs });
const AWAY = [{ from: START + 4 * SECOND, to: START + 8 * SECOND }];

test.each([
  ['the other one has hung up', aStory(aLeg('139', 0, 20, 'phone'), aLeg('alice', 2, 20.1, 'peer')), []],
  ['nobody has hung up', aStory(aLeg('139', 0, 20, 'peer'), aLeg('alice', 2, 20, 'peer')), ['139', 'alice']],
  [
    'the other one hangs up only then',
    aStory(aLeg('139', 0, 21, 'phone'), aLeg('alice', 2, 20, 'peer')),
    ['alice'],
  ],
  [
    'two of three are left',
    aStory(aLeg('139', 0, 30, 'phone'), aLeg('alice', 2, 20, 'phone'), aLeg('bob', 3, 21, 'peer')),
    ['bob'],
  ],
  [
    'it has asked to leave',
    aStory(
      aLeg('139', 0, 30, 'phone'),
      aLeg('alice', 2, 20, 'peer', { leftAt: START + 19 * SECOND }),
      aLeg('bob', 22, 30.1, 'peer'),
    ),
    [],
  ],
])('given %s, who was hung up on was dropped or not', (_, story, dropped) => {
  expect(judge(story, []).dropped.map(({ name }) => name)).toEqual(dropped);
});

test('given a phone that was answered while the service was away, its end is told apart', () => {
  const story = aStory(aLeg('139', 0, 20, 'phone'), aLeg('alice', 5, 5.1, 'peer'), aLeg('bob', 9, 20.1, 'peer'));
  expect(judge(story, AWAY)).toMatchObject({ dropped: [], cutOnAnswer: [{ name: 'alice' }] });
});

test.each([
  ['answered before the service went away, it is told apart: its dial is not tried twice', 3.9, 'alone'],
  ['answered while the service was away, it was cut off', 4.1, 'cutOnAnswer'],
  ['answered long before that, it was dropped', 1, 'dropped'],
] as const)('given an agent who calls somebody, whose phone was %s', (_, upAt, verdict) => {
  expect(judge(aStory(aLeg('alice', upAt, 9, 'peer')), AWAY)[verdict]).toHaveLength(1);
});

test('given a phone that rings and is given up, it is so for nothing unless somebody has hung up', () => {
  const ringing = aLeg('alice', undefined, 10, 'peer');
  expect(judge(aStory(aLeg('139', 0, 20, 'phone'), ringing), []).givenUp).toHaveLength(1);
  expect(judge(aStory(aLeg('139', 0, 9.9, 'phone'), ringing), []).givenUp).toHaveLength(0);
});

const at = (second: number): string => `2026-01-01 00:00:${String(second).padStart(2, '0')}`;
const aRecord = (overrides: Partial<ConversationJson> = {}): ConversationJson => ({
  id: 'c',
  type: 'queue',
  state: 'completed',
  channel_id: null,
  queue_id: null,
  condition_id: null,
  begin_time: 0,
  end_time: 1,
  end_reason: 'dismiss',
  agent_call_id: null,
  members: [
    { telnumber: '139', call_id: '1', mode: 1, begin_time: at(0), end_time: at(20) },
    { name: 'alice', extension_id: 'e', call_id: '2', mode: 1, begin_time: at(2), end_time: at(20) },
  ],
  ...overrides,
});
const TALK = aStory(aLeg('139', 0, 20, 'phone'), aLeg('alice', 2, 20.1, 'peer'));
const ended = (second: number | null): ConversationJson =>
  aRecord({
    members: aRecord().members.map((each) => ({ ...each, end_time: second === null ? null : at(second) })),
  });

test.each([
  ['it is as the phones say', [aRecord()], [], 0],
  ['there is none', [], [], 1],
  ['there are two', [aRecord(), aRecord()], [], 1],
  ['it is still running', [aRecord({ state: 'running', end_reason: null })], [], 1],
  ['it has ended for another reason', [aRecord({ end_reason: 'lost' })], [], 1],
  ['somebody is missing', [aRecord({ members: aRecord().members.slice(0, 1) })], [], 1],
  ['somebody has no end', [ended(null)], [], 2],
  ['the end is too early', [ended(12)], [], 2],
  ['the end is too late', [ended(40)], [], 2],
  ['the end is late because the service was away', [ended(40)], [{ from: START + 19_000, to: START + 38_000 }], 0],
])('given a talk and that %s, its record has faults or not', (_, records, absences, count) => {
  expect(faultsOfRecord(TALK, records, absences, ['dismiss'])).toHaveLength(count);
});

test('given somebody who answers while the service is away and hangs up before it is back, there need be no record', () => {
  const story = aStory(aLeg('139', 0, 20, 'phone'), aLeg('alice', 5, 8, 'phone'));
  expect(faultsOfRecord(story, [], AWAY, ['dismiss'])).toEqual([]);
});

test('given a service that is away again before it has taken somebody over who has answered meanwhile, there need be no record', () => {
  const kept = aStory(aLeg('139', 0, 14, 'phone'), aLeg('alice', 5, 14.1, 'peer'));
  const again = { from: START + 8.5 * SECOND, to: START + 12.5 * SECOND };
  const asItIsHandedOver = { from: START + 9.2 * SECOND, to: START + 12.5 * SECOND };
  const afterwards = { from: START + 9.5 * SECOND, to: START + 12.5 * SECOND };

  expect(faultsOfRecord(kept, [], [...AWAY, again], ['dismiss'])).toHaveLength(0);
  expect(faultsOfRecord(kept, [], [...AWAY, asItIsHandedOver], ['dismiss'])).toHaveLength(0);
  expect(faultsOfRecord(kept, [], [...AWAY, afterwards], ['dismiss'])).toHaveLength(1);
});
