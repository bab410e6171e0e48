import { z } from 'zod';
import { Refusal } from '../../../domain/refusal';
import type { CallCenter } from '../../../ports/call-center';
import { JOURNAL_ENTRY } from '../event-json';
import { journalEntryJson, SET_ASIDE, setAsideJson } from '../event-record-json';
import { body, integer, query } from '../fields';
import { findConversation } from '../find-conversation';
import { operation, type Operation } from '../operation';
import { offsetOf, page, PAGE, PAGE_ALIASES, pageOf } from '../page';
import { eventIdFrom } from '../path-ids';

const MAX_REPLAYED = 1000;

export function eventRoutes(callCenter: CallCenter): readonly Operation[] {
  const { events } = callCenter;
  return [
    operation({
      method: 'get',
      path: '/callcenter/conversation/{id}/events',
      role: 'read',
      summary: 'The journal of a conversation: everything that happened in it, in order',
      data: z.array(JOURNAL_ENTRY),
      refusals: ['conversation-not-found'],
      run: async ({ application, params }) => {
        const { id } = await findConversation(callCenter, application, params);
        const journal = await events.ofConversation(application.id, id);
        return journal.map(journalEntryJson);
      },
    }),
    operation({
      method: 'get',
      path: '/callcenter/event/{id}',
      role: 'read',
      summary: 'Get an event by its event_id',
      data: JOURNAL_ENTRY,
      refusals: ['event-not-found'],
      run: async ({ application, params }) => {
        const id = eventIdFrom(params.id);
        const record = await events.find(application.id, id);
        if (record === undefined) throw new Refusal('event-not-found', { event_id: id });
        return journalEntryJson(record);
      },
    }),
    operation({
      method: 'post',
      path: '/callcenter/event/{id}/replay',
      role: 'admin',
      summary: 'Send an event once more, to every callback URL',
      refusals: ['event-not-found'],
      run: async ({ application, params }) => {
        await events.replay(application.id, eventIdFrom(params.id));
        return null;
      },
    }),
    operation({
      method: 'get',
      path: '/callcenter/delivery',
      role: 'read',
      summary: 'List the deliveries that were given up after a day, oldest event first',
      query: query(PAGE),
      aliases: PAGE_ALIASES,
      data: pageOf(SET_ASIDE),
      refusals: [],
      run: async ({ application, query: wanted }) => {
        const { total, deliveries } = await events.setAside(application.id, offsetOf(wanted), wanted.pageSize);
        return page(wanted, total, deliveries.map(setAsideJson));
      },
    }),
    operation({
      method: 'post',
      path: '/callcenter/delivery/replay',
      role: 'admin',
      summary: 'Send the oldest events that were given up once more',
      body: body({ limit: integer(1, MAX_REPLAYED).prefault(MAX_REPLAYED).describe('how many at most') }),
      data: z.object({ replayed: z.int().meta({ examples: [100] }) }),
      refusals: [],
      run: async ({ application, body: { limit } }) => ({
        replayed: await events.replaySetAside(application.id, limit),
      }),
    }),
  ];
}
