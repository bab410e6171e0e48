import { z } from 'zod';
import type { CallCenter } from '../../../ports/call-center';
import type { XmlParser } from '../../../ports/parsing';
import { CONVERSATION, CONVERSATION_TYPE, conversationJson, type LocalTime } from '../conversation-json';
import { enqueueDocument, readEnqueue } from '../enqueue-parameter';
import { id } from '../example-values';
import { agentName, body, instant, mode, query, text } from '../fields';
import { findConversation } from '../find-conversation';
import { operation, type Operation } from '../operation';
import { OUTSIDE_CALL, OUTSIDE_CALL_ALIASES, outsideCall } from '../outside-call';
import { offsetOf, page, PAGE, PAGE_ALIASES, pageOf } from '../page';
import { byAgent, callIdFrom, conversationIdFrom } from '../path-ids';

export function conversationRoutes(
  callCenter: CallCenter,
  parseXml: XmlParser,
  localTime: LocalTime,
): readonly Operation[] {
  return [
    operation({
      method: 'get',
      path: '/callcenter/conversation/{id}',
      summary: 'Get a conversation, running or completed',
      role: 'read',
      data: CONVERSATION,
      refusals: ['conversation-not-found'],
      run: async ({ application, params }) =>
        conversationJson(await findConversation(callCenter, application, params), localTime),
    }),
    operation({
      method: 'get',
      path: '/callcenter/conversation',
      summary: 'List the conversations, newest first',
      role: 'read',
      query: query({
        ...PAGE,
        state: z.enum(['running', 'completed']).optional(),
        type: CONVERSATION_TYPE.optional(),
        agent: agentName.optional().describe('an agent of this name has been a member'),
        telnumber: text(64).optional().describe('somebody outside with this number has been a member'),
        from: instant.optional().describe('begun at this time or later, in milliseconds since the epoch'),
        to: instant.optional().describe('begun at this time or earlier'),
      }),
      aliases: PAGE_ALIASES,
      data: pageOf(CONVERSATION),
      refusals: [],
      run: async ({ application, query: { pageNo, pageSize, ...filters } }) => {
        const wanted = { pageNo, pageSize };
        const { total, conversations } = await callCenter.listConversations({
          app: application.id,
          offset: offsetOf(wanted),
          limit: pageSize,
          ...filters,
        });
        return page(
          wanted,
          total,
          conversations.map((each) => conversationJson(each, localTime)),
        );
      },
    }),
    operation({
      method: 'delete',
      path: '/callcenter/conversation/{id}',
      summary: 'Dissolve a conversation',
      role: 'operate',
      refusals: ['conversation-not-found'],
      run: async ({ application, params }) => {
        const conversationId = conversationIdFrom(params.id);
        return callCenter.ask({ type: 'dissolve', app: application.id, conversationId });
      },
    }),
    operation({
      method: 'post',
      path: '/callcenter/conversation/{id}/agent/{name}/lsm',
      summary: 'Set what an agent hears and says in a conversation',
      role: 'operate',
      body: body({ mode }),
      refusals: ['agent-not-found', 'conversation-not-found', 'not-a-member'],
      run: async ({ application, params, body }) =>
        callCenter.ask({
          type: 'set-agent-mode',
          ...byAgent(application, params),
          conversationId: conversationIdFrom(params.id),
          mode: body.mode,
        }),
    }),
    operation({
      method: 'post',
      path: '/callcenter/conversation/{id}/call/{call_id}/lsm',
      summary: 'Set what a member hears and says in a conversation',
      role: 'operate',
      body: body({ mode }),
      refusals: ['call-not-found', 'conversation-not-found', 'not-a-member'],
      run: async ({ application, params, body }) =>
        callCenter.ask({
          type: 'set-call-mode',
          app: application.id,
          callId: callIdFrom(params.call_id),
          conversationId: conversationIdFrom(params.id),
          mode: body.mode,
        }),
    }),
    operation({
      method: 'post',
      path: '/callcenter/conversation/{id}/invite_agent',
      summary: 'Queue for an agent to join a conversation',
      role: 'operate',
      takesIdempotencyKey: true,
      body: body({
        enqueue: enqueueDocument,
        mode: mode.prefault(1).describe('listen/speak mode on joining'),
      }),
      data: z.object({ queue_id: id }),
      refusals: ['agent-not-found', 'condition-not-found', 'conversation-not-found', 'conversation-full'],
      run: async ({ application, params, body, once }) => {
        const enqueue = readEnqueue(parseXml, body.enqueue);
        const queueId = await callCenter.ask(
          {
            type: 'invite-agent',
            app: application.id,
            conversationId: conversationIdFrom(params.id),
            enqueue,
            mode: body.mode,
          },
          once,
        );
        return { queue_id: queueId };
      },
    }),
    operation({
      method: 'post',
      path: '/callcenter/conversation/{id}/invite_out',
      summary: 'Call an outside number into a conversation',
      role: 'operate',
      takesIdempotencyKey: true,
      body: body({
        ...OUTSIDE_CALL,
        mode: mode.prefault(1).describe('listen/speak mode on joining'),
      }),
      aliases: OUTSIDE_CALL_ALIASES,
      data: z.object({ call_id: id }),
      refusals: ['number-not-allowed', 'no-line', 'conversation-not-found', 'conversation-full'],
      run: async ({ application, params, body, once }) => {
        const callId = await callCenter.ask(
          {
            type: 'invite-out',
            app: application.id,
            conversationId: conversationIdFrom(params.id),
            ...outsideCall(body),
            mode: body.mode,
          },
          once,
        );
        return { call_id: callId };
      },
    }),
  ];
}
