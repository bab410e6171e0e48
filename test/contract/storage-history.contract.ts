import type { Conversation } from '../../src/domain/conversation/conversation';
import type { AgentName, AppId, ConversationId, Instant } from '../../src/domain/ids';
import type { Batch, ConversationQuery, Storage } from '../../src/ports/storage';
import {
  aConversation,
  agentMember,
  anAgent,
  APP,
  began,
  change,
  neverBegan,
  outsideMember,
  over,
} from './storage-objects';

/** The part of the contract that is about reading conversations, running or long over. */
export function describeHistory(opened: () => Storage, commit: (parts: Partial<Batch>) => Promise<void>): void {
  async function keep(...conversations: readonly Conversation[]): Promise<void> {
    await commit({ changes: conversations.map(change) });
  }
  async function listed(query: Partial<ConversationQuery> = {}): Promise<readonly string[]> {
    const page = await opened().listConversations({ app: APP, offset: 0, limit: 20, ...query });
    expect(page.total).toBe(page.conversations.length); // As long as all are on one page.
    return page.conversations.map(({ id }) => id);
  }

  describe('one conversation', () => {
    test.each([
      ['running', began],
      ['completed', over],
      ['gathering', { at: 'gathering' } as const],
      ['never begun', neverBegan],
    ])('is found while %s, as it was committed last', async (_, stage) => {
      await keep(aConversation('1', { stage: { at: 'gathering' } }));
      const latest = aConversation('1', { stage, members: [agentMember('ann', 2_000)] });
      await keep(latest);

      expect(await opened().findConversation(APP, latest.id)).toStrictEqual(latest);
    });

    test("is not found when there is none, nor as another application's", async () => {
      await keep(aConversation('1'));
      await commit({ changes: [anAgent('ann')] });

      expect(await opened().findConversation(APP, '2' as ConversationId)).toBeUndefined();
      expect(await opened().findConversation(APP, 'app/ann' as ConversationId)).toBeUndefined();
      expect(await opened().findConversation('other' as AppId, '1' as ConversationId)).toBeUndefined();
    });
  });

  describe('the list of conversations', () => {
    test('is empty where there is none', async () => {
      expect(await listed()).toEqual([]);
    });

    test('is newest first by begin time, then by id, whatever the order of the commits', async () => {
      await keep(aConversation('b', { beginTime: 500 as Instant }), aConversation('a'));
      await keep(aConversation('c'), aConversation('d', { beginTime: 2_000 as Instant }), aConversation('b2'));

      expect(await listed()).toEqual(['d', 'c', 'b2', 'a', 'b']);
    });

    test('gives whole conversations, in pages, with the number of all', async () => {
      const all = Array.from({ length: 7 }, (_, index) => aConversation(`${index}`));
      await keep(...all);
      const page = { app: APP, limit: 3 };

      expect(await opened().listConversations({ ...page, offset: 0 })).toStrictEqual({
        total: 7,
        conversations: [all[6], all[5], all[4]],
      });
      const last = await opened().listConversations({ ...page, offset: 6 });
      expect(last).toStrictEqual({ total: 7, conversations: [all[0]] });
      expect(await opened().listConversations({ ...page, offset: 7 })).toEqual({ total: 7, conversations: [] });
    });

    test('has those that begun, running or over, and no other', async () => {
      await keep(aConversation('gathering', { stage: { at: 'gathering' }, members: [outsideMember('+491')] }));
      await keep(aConversation('never', { stage: neverBegan, members: [outsideMember('+491')] }));
      await keep(aConversation('running', { members: [outsideMember('+491')] }));
      await keep(aConversation('over', { stage: over, members: [outsideMember('+491')] }));

      expect(await listed()).toEqual(['running', 'over']);
      expect(await listed({ telnumber: '+491' })).toEqual(['running', 'over']);
    });

    test('takes in a conversation when it begins, and has it completed when it ends', async () => {
      await keep(aConversation('1', { stage: { at: 'gathering' } }));
      expect(await listed()).toEqual([]);

      await keep(aConversation('1'));
      expect(await listed({ state: 'running' })).toEqual(['1']);
      expect(await listed({ state: 'completed' })).toEqual([]);

      await keep(aConversation('1', { stage: over }));
      expect(await listed({ state: 'running' })).toEqual([]);
      expect(await listed({ state: 'completed' })).toEqual(['1']);
    });

    test('finds members who were there from the start, came later, left, or came twice', async () => {
      await keep(aConversation('1', { members: [outsideMember('+491')] }));
      await keep(aConversation('1', { members: [outsideMember('+491', 1_600), agentMember('ann')] }));
      const twice = [
        outsideMember('+491', 1_600),
        agentMember('ann', 1_700),
        agentMember('ann'),
        outsideMember(null),
      ];
      await keep(aConversation('1', { members: twice }), aConversation('2', { members: [agentMember('bob')] }));

      expect(await listed({ agent: 'ann' as AgentName })).toEqual(['1']);
      expect(await listed({ telnumber: '+491' })).toEqual(['1']);
      expect(await listed({ agent: 'eve' as AgentName })).toEqual([]);
      expect(await listed({ agent: '+491' as AgentName })).toEqual([]); // A number is not a name.
      expect(await listed({ telnumber: 'bob' })).toEqual([]);
    });

    test("never has another application's", async () => {
      const other = { app: 'other' as AppId, members: [agentMember('ann')] };
      await keep(aConversation('1', { members: [agentMember('ann')] }), aConversation('2', other));

      expect(await listed()).toEqual(['1']);
      expect(await listed({ agent: 'ann' as AgentName })).toEqual(['1']);
      expect(await listed({ ...other, agent: 'ann' as AgentName, state: 'running', from: 0 as Instant })).toEqual([
        '2',
      ]);
    });

    describe('given every combination of what a conversation can be', () => {
      const values = {
        state: ['running', 'completed'],
        type: ['queue', 'call_out', 'call_agent'],
        agent: ['ann', 'bob'],
        telnumber: ['+491', '+492'],
        beginTime: [1_000, 2_000, 3_000],
      } as const;
      const all = values.state.flatMap((state) =>
        values.type.flatMap((type) =>
          values.agent.flatMap((agent) =>
            values.telnumber.flatMap((telnumber) =>
              values.beginTime.map((beginTime) => ({ state, type, agent, telnumber, beginTime })),
            ),
          ),
        ),
      );
      const conversations = all.map(({ state, type, agent, telnumber, beginTime }, index) =>
        aConversation(`${100 + index}`, {
          type,
          stage: state === 'running' ? began : over,
          beginTime: beginTime as Instant,
          members: [agentMember(agent), outsideMember(telnumber, 1_600), agentMember(`only-${index}`)],
        }),
      );
      const filters: Partial<ConversationQuery>[] = [{}];
      for (const filter of [
        { state: 'completed' },
        { type: 'call_out' },
        { agent: 'ann' },
        { telnumber: '+492' },
        { from: 2_000 },
        { to: 2_000 },
      ]) {
        filters.push(...filters.map((each) => ({ ...each, ...filter }) as Partial<ConversationQuery>));
      }

      test('each of the 64 combinations of filters gives those for which all of it is so', async () => {
        await keep(...conversations);
        for (const filter of filters) {
          const wanted = all
            .map((each, index) => ({ ...each, id: `${100 + index}` }))
            .filter(({ state }) => filter.state === undefined || state === filter.state)
            .filter(({ type }) => filter.type === undefined || type === filter.type)
            .filter(({ agent }) => filter.agent === undefined || agent === filter.agent)
            .filter(({ telnumber }) => filter.telnumber === undefined || telnumber === filter.telnumber)
            .filter(({ beginTime }) => filter.from === undefined || beginTime >= filter.from)
            .filter(({ beginTime }) => filter.to === undefined || beginTime <= filter.to)
            .sort((one, other) => other.beginTime - one.beginTime || Number(other.id) - Number(one.id))
            .map(({ id }) => id);
          expect(wanted.length).toBeGreaterThan(0);
          expect({ filter, ids: await listed({ ...filter, limit: 100 }) }).toEqual({ filter, ids: wanted });
        }
        expect(filters).toHaveLength(64);
      });
    });

    test('given filters that are there but undefined, they do not count', async () => {
      await keep(aConversation('1'));
      const none = { state: undefined, type: undefined, agent: undefined, telnumber: undefined };

      expect(await listed({ ...none, from: undefined, to: undefined })).toEqual(['1']);
    });
  });
}
