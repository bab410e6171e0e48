import { z } from 'zod';
import { agentId } from '../../../domain/agent/agent';
import type { ConversationId } from '../../../domain/ids';
import { Refusal } from '../../../domain/refusal';
import type { CallCenter } from '../../../ports/call-center';
import type { XmlParser } from '../../../ports/parsing';
import { CONVERSATION, conversationJson, type LocalTime } from '../conversation-json';
import { enqueueDocument, readEnqueue } from '../enqueue-parameter';
import { id } from '../example-values';
import { agentName, body, boolean, idOf, mode } from '../fields';
import { operation, type Operation } from '../operation';
import { OUTSIDE_CALL, OUTSIDE_CALL_ALIASES, outsideCall } from '../outside-call';
import { byAgent } from '../path-ids';
import { OWN_PHONE } from './agent-call-routes';

const conversationId = idOf<ConversationId>('id of the conversation');

const SEATED = ['agent-not-found', 'conversation-not-found', 'not-a-member'] as const;

/** What an agent does with conversations: hand one on, come in, go out. As for its calls, events tell what comes of it. */
export function agentConversationRoutes(
  callCenter: CallCenter,
  parseXml: XmlParser,
  localTime: LocalTime,
): readonly Operation[] {
  return [
    operation({
      method: 'post',
      path: '/callcenter/agent/{name}/xfer_agent',
      summary: 'Leave a conversation to another agent',
      role: 'operate',
      takesIdempotencyKey: true,
      body: body({ conversation_id: conversationId, enqueue: enqueueDocument }),
      aliases: { queue: 'enqueue' },
      data: z.object({ queue_id: id }),
      refusals: [...SEATED, 'condition-not-found'],
      run: async ({ application, params, body, once }) => {
        const enqueue = readEnqueue(parseXml, body.enqueue);
        const taskId = await callCenter.ask(
          {
            type: 'transfer-to-agent',
            ...byAgent(application, params),
            conversationId: body.conversation_id,
            enqueue,
          },
          once,
        );
        return { queue_id: taskId };
      },
    }),
    operation({
      method: 'post',
      path: '/callcenter/agent/{name}/xfer_out',
      summary: 'Leave a conversation to an outside number',
      role: 'operate',
      takesIdempotencyKey: true,
      body: body({ conversation_id: conversationId, ...OUTSIDE_CALL }),
      aliases: OUTSIDE_CALL_ALIASES,
      data: z.object({ call_id: id }),
      refusals: [...SEATED, 'number-not-allowed', 'no-line'],
      run: async ({ application, params, body, once }) => {
        const callId = await callCenter.ask(
          {
            type: 'transfer-out',
            ...byAgent(application, params),
            conversationId: body.conversation_id,
            ...outsideCall(body),
          },
          once,
        );
        return { call_id: callId };
      },
    }),
    operation({
      method: 'post',
      path: '/callcenter/agent/{name}/lsm',
      summary: 'Set what the agent hears and says in a conversation',
      role: 'operate',
      body: body({ conversation_id: conversationId, mode: mode.prefault(1) }),
      refusals: SEATED,
      run: async ({ application, params, body }) =>
        callCenter.ask({
          type: 'set-agent-mode',
          ...byAgent(application, params),
          conversationId: body.conversation_id,
          mode: body.mode,
        }),
    }),
    operation({
      method: 'post',
      path: '/callcenter/agent/{name}/enter',
      summary: 'Join a running conversation; with mode 2, as a supervisor who listens',
      role: 'operate',
      takesIdempotencyKey: true,
      body: body({
        conversation_id: conversationId,
        mode: mode.prefault(1),
        holding: boolean
          .prefault(true)
          .describe('true: on hold in the conversation it talks in now; false: out of it'),
      }),
      refusals: [...OWN_PHONE, 'conversation-not-found', 'conversation-full'],
      run: async ({ application, params, body, once }) =>
        callCenter.ask(
          {
            type: 'enter',
            ...byAgent(application, params),
            conversationId: body.conversation_id,
            mode: body.mode,
            holding: body.holding,
          },
          once,
        ),
    }),
    operation({
      method: 'post',
      path: '/callcenter/agent/{name}/coach',
      summary: 'Be heard by one agent of a conversation only, and hear all',
      role: 'operate',
      takesIdempotencyKey: true,
      body: body({ conversation_id: conversationId, to: agentName.describe('the agent to coach') }),
      refusals: [...OWN_PHONE, 'conversation-not-found', 'conversation-full', 'not-a-member'],
      run: async ({ application, params, body, once }) =>
        callCenter.ask(
          {
            type: 'coach',
            ...byAgent(application, params),
            conversationId: body.conversation_id,
            to: body.to,
          },
          once,
        ),
    }),
    operation({
      method: 'post',
      path: '/callcenter/agent/{name}/exit',
      summary: 'Leave a conversation; out of the last one the phone is hung up',
      role: 'operate',
      body: body({ conversation_id: conversationId }),
      refusals: SEATED,
      run: async ({ application, params, body }) =>
        callCenter.ask({
          type: 'exit',
          ...byAgent(application, params),
          conversationId: body.conversation_id,
        }),
    }),
    operation({
      method: 'post',
      path: '/callcenter/agent/{name}/merge',
      summary: 'Make one of two conversations that the agent is in',
      role: 'operate',
      body: body({
        src_conversation_id: idOf<ConversationId>('goes on'),
        dst_conversation_id: idOf<ConversationId>('ends: everybody else in it goes over'),
        mode: mode.prefault(1).describe('of those who go over'),
      }),
      refusals: [...SEATED, 'conversation-full'],
      run: async ({ application, params, body }) =>
        callCenter.ask({
          type: 'merge',
          ...byAgent(application, params),
          into: body.src_conversation_id,
          from: body.dst_conversation_id,
          mode: body.mode,
        }),
    }),
    operation({
      method: 'get',
      path: '/callcenter/agent/{name}/conversation',
      summary: 'The conversations that the agent is in now',
      role: 'read',
      data: z.array(CONVERSATION),
      refusals: ['agent-not-found'],
      run: async ({ application, params }) => {
        const { app, name } = byAgent(application, params);
        return callCenter.read(({ agents, calls, conversations }) => {
          const agent = agents.get(agentId(app, name));
          if (agent === undefined) throw new Refusal('agent-not-found', { name });
          const leg = agent.callId === null ? undefined : calls.get(agent.callId);
          const memberOf = leg?.memberOf ?? [];
          return memberOf.flatMap((id) => {
            const conversation = conversations.get(id);
            return conversation === undefined ? [] : [conversationJson(conversation, localTime)];
          });
        });
      },
    }),
  ];
}
