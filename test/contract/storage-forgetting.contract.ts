import type { AgentName, AppId, ConversationId, EventId, Instant, QueueTaskId } from '../../src/domain/ids';
import type { Batch, Storage } from '../../src/ports/storage';
import {
  aBatch,
  aConversation,
  agentMember,
  anAgent,
  anEvent,
  APP,
  aTask,
  change,
  outsideMember,
  over,
} from './storage-objects';

/** The part of the contract that is about dropping what is long over. */
export function describeForgetting(opened: () => Storage, commit: (parts: Partial<Batch>) => Promise<void>): void {
  const at = (time: number) => time as Instant;

  async function forget(before: number): Promise<readonly number[]> {
    const counts: number[] = [];
    do counts.push(await opened().forgetEnded(at(before)));
    while (counts.at(-1) !== 0);
    return counts;
  }
  async function listed(query: object = {}): Promise<readonly string[]> {
    const page = await opened().listConversations({ app: APP, offset: 0, limit: 20, ...query });
    expect(page.total).toBe(page.conversations.length);
    return page.conversations.map(({ id }) => id);
  }

  describe('forgetting what is over', () => {
    const members = [agentMember('ann'), outsideMember('+491')];
    const ended = (id: string) => change(aConversation(id, { stage: over, members }));

    test('given conversations that ended, those before the moment are in no list, not found, and not counted', async () => {
      await commit({ at: at(100), changes: [change(aConversation('1', { members }))] });
      await commit({ at: at(200), changes: [ended('1')] });
      await commit({ at: at(300), changes: [ended('2')] });
      await commit({ at: at(400), changes: [ended('3')] });

      expect(await forget(300)).toEqual([1, 0]);
      expect(await listed()).toEqual(['3', '2']);
      expect(await forget(301)).toEqual([1, 0]);
      for (const query of [{}, { state: 'completed' }, { agent: 'ann' as AgentName }, { telnumber: '+491' }]) {
        expect(await listed(query)).toEqual(['3']);
      }
      expect(await opened().findConversation(APP, '1' as ConversationId)).toBeUndefined();
      expect(await opened().findConversation(APP, '3' as ConversationId)).toBeDefined();
    });

    test('given what lives, however old, it stays', async () => {
      const live = [change(aConversation('1', { members })), anAgent('ann')];
      await commit({ at: at(100), changes: [...live, { kind: 'queueTasks', value: aTask('t'), live: true }] });

      expect(await forget(9_999)).toEqual([0]);
      expect(await listed({ state: 'running' })).toEqual(['1']);
      expect((await opened().open()).aggregates).toHaveLength(3);
    });

    test('given queue tasks, agents and whatever else has ended, it is dropped alike', async () => {
      const dead = { ...anAgent('ann'), live: false };
      await commit({ at: at(100), changes: [{ kind: 'queueTasks', value: aTask('t'), live: false }, dead] });
      expect(await forget(100)).toEqual([0]);
      expect(await opened().findTask(APP, 't' as QueueTaskId)).toBeDefined();

      expect(await forget(101)).toEqual([2, 0]);
      expect(await opened().findTask(APP, 't' as QueueTaskId)).toBeUndefined();
    });

    test('given an agent who ended and came again, it lives and stays', async () => {
      await commit({ at: at(100), changes: [{ ...anAgent('ann'), live: false }] });
      await commit({ at: at(200), changes: [anAgent('ann')] });

      expect(await forget(9_999)).toEqual([0]);
      expect((await opened().open()).aggregates).toEqual([anAgent('ann')]);
    });

    test('given events, those told before the moment are dropped, but for what still has to be delivered', async () => {
      const url = 'https://receiver.example/hook';
      const told = (sequence: number, time: number) => anEvent(sequence, { at: at(time) });
      const toDeliver = (sequence: number) => ({ app: APP, url, event: anEvent(sequence).id });
      await commit({
        at: at(100),
        events: [told(1, 100), told(2, 100), told(3, 100), told(4, 200)],
        deliveries: [toDeliver(2), toDeliver(3)],
      });
      await commit({ at: at(150), settled: [{ ...toDeliver(3), problem: 'HTTP status 500', at: at(150) }] });

      expect(await forget(200)).toEqual([3, 0]); // Of the third, the delivery that was given up as well.
      const kept = await opened().eventsAfter(APP, '' as EventId, 9);
      expect(kept.map(({ id }) => id)).toEqual([anEvent(2).id, anEvent(4).id]);

      await commit({ settled: [{ ...toDeliver(2), problem: null, at: at(300) }] });
      await forget(9_999);
      expect((await opened().open()).lastEvent).toBe(anEvent(4).id);
    });

    test('given events that are forgotten, the last of each application is known for good', async () => {
      const other = 'other' as AppId;
      const told = (sequence: number, time: number, parts: object = {}) =>
        anEvent(sequence, { at: at(time), ...parts });
      const toDeliver = { app: APP, url: 'https://receiver.example/hook', event: anEvent(1).id };
      const failed = told(5, 200, { event: 'callcenter.conversation.call_failed', numbered: null });
      const lastForgotten = () => Promise.all([APP, other].map((app) => opened().lastForgottenEvent(app)));
      await commit({
        at: at(100),
        events: [told(1, 100), told(2, 200), told(3, 100), told(4, 200), failed, told(6, 300)],
        deliveries: [toDeliver],
      });
      await commit({ at: at(100), events: [told(7, 100, { app: other })] });
      expect(await lastForgotten()).toEqual([null, null]);

      await forget(150); // The first still has to be delivered.
      expect(await lastForgotten()).toEqual([anEvent(3).id, anEvent(7).id]);
      await commit({ settled: [{ ...toDeliver, problem: null, at: at(300) }] });
      await forget(150); // An earlier one, later.
      expect(await lastForgotten()).toEqual([anEvent(3).id, anEvent(7).id]);
      await forget(250); // Of what is for the journal alone nobody is told.
      expect(await lastForgotten()).toEqual([anEvent(4).id, anEvent(7).id]);
      await opened().open();
      expect(await lastForgotten()).toEqual([anEvent(4).id, anEvent(7).id]);
    });

    test('given more than is dropped at once, it goes on with the next call', async () => {
      await commit({
        at: at(100),
        changes: Array.from({ length: 1_200 }, (_, index) => ended(`${10_000 + index}`)),
      });
      await commit({ at: at(200), changes: [ended('1')] });

      expect(await forget(200)).toEqual([500, 500, 200, 0]);
      expect(await listed()).toEqual(['1']);
    });

    test('given a batch after it, all goes on', async () => {
      await commit({ at: at(100), changes: [ended('1')] });
      await forget(200);
      await commit({ at: at(300), changes: [ended('2')] });
      await opened().commit(aBatch(2));

      expect(await listed()).toEqual(['2']);
    });
  });
}
