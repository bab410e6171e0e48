import { eventJson } from '../../src/adapters/http/event-json';
import type { AgentName, CallId, ConversationId, EventId, Instant } from '../../src/domain/ids';
import type { Notification } from '../../src/domain/notification';
import { EventNumbers } from '../../src/runtime/event-numbers';
import { newNumbers } from '../support/fakes';
import { APP, NOW } from '../support/worlds';

const SEED = 'abcdef012345678';
const parts = (id: string): Notification => ({
  event: 'callcenter.conversation.parts_changed',
  app: APP,
  id: id as ConversationId,
  userData: null,
});
const idle = (name: string): Notification => ({
  event: 'callcenter.agent.state_changed',
  app: APP,
  name: name as AgentName,
  previousState: 'talking',
  latestState: 'idle',
  currentTime: NOW,
  userData: null,
});
const told = (numbers: EventNumbers, notifications: readonly Notification[], at: number = NOW) =>
  numbers.number({ notifications, changes: [] }, at as Instant, SEED);

test('each conversation and each agent is counted by itself', () => {
  const numbers = newNumbers();
  const first = told(numbers, [parts('1'), idle('ann'), parts('2')]);
  const second = told(numbers, [parts('1'), idle('ann')]);

  expect([...first, ...second].map(({ numbered }) => numbered!.as)).toEqual([1, 1, 1, 2, 2]);
});

test('what is for the journal alone has an id in order, and no number', () => {
  const numbers = newNumbers();
  const failed: Notification = {
    event: 'callcenter.conversation.call_failed',
    app: APP,
    id: '1' as ConversationId,
    callId: 'c' as CallId,
    telnumber: '13800000000',
    cause: 17,
    currentTime: NOW,
    userData: null,
  };
  const all = told(numbers, [parts('1'), failed, parts('1')]);

  expect(all.map(({ numbered }) => numbered?.as)).toEqual([1, undefined, 2]);
  expect([...all.map(({ id }) => id)].sort()).toEqual(all.map(({ id }) => id));
  expect(JSON.parse(all[1]!.body)).toEqual({
    action: 'event_notify',
    event: 'callcenter.conversation.call_failed',
    id: '1',
    call_id: 'c',
    telnumber: '13800000000',
    cause: 17,
    current_time: NOW,
    event_id: all[1]!.id,
    app_id: APP,
  });
});

test('ids are in order, even when the clock goes back or many come at once', () => {
  const numbers = newNumbers();
  const ids = [
    ...told(
      numbers,
      Array.from({ length: 5_000 }, () => parts('1')),
    ),
    ...told(numbers, [parts('1')], NOW - 10_000),
    ...told(numbers, [parts('1')], NOW + 10_000),
  ].map(({ id }) => id);

  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => /^[0-9a-f]{12}7[0-9a-f]{3}8[0-9a-f]{15}$/.test(id))).toBe(true);
});

test('given a restart, ids and numbers go on', () => {
  const later = (NOW + 60_000).toString(16).padStart(12, '0');
  const lastEvent = `${later}7fff8${SEED}` as EventId;
  const numbers = new EventNumbers({ lastEvent, sequences: new Map([['conversations 1', 4]]) }, eventJson);
  const [event] = told(numbers, [parts('1')]);

  expect(event!.numbered!.as).toBe(5);
  expect(event!.id > lastEvent).toBe(true);
});

test('what is told has the id, the number and the application in it', () => {
  const [event] = told(newNumbers(), [idle('ann')]);

  expect(JSON.parse(event!.body)).toEqual({
    action: 'event_notify',
    event: 'callcenter.agent.state_changed',
    name: 'ann',
    previous_state: 'talking',
    latest_state: 'idle',
    current_time: NOW,
    event_id: event!.id,
    app_id: APP,
    sequence: 1,
  });
});
