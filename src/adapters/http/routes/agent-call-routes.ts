import { z } from 'zod';
import type { QueueTaskId } from '../../../domain/ids';
import type { CallCenter } from '../../../ports/call-center';
import type { XmlParser } from '../../../ports/parsing';
import { enqueueDocument, readEnqueue } from '../enqueue-parameter';
import { EXAMPLE, id } from '../example-values';
import { body, idOf, text } from '../fields';
import { operation, type Operation } from '../operation';
import { OUTSIDE_CALL, OUTSIDE_CALL_ALIASES, outsideCall } from '../outside-call';
import { byAgent } from '../path-ids';

const ringingTask = idOf<QueueTaskId>('id of the queue task that rings at the agent');
const userData = text(128)
  .optional()
  .meta({ examples: [EXAMPLE.userData] });

/** What the agent's phone must be able to do where the agent has no leg yet. */
export const OWN_PHONE = [
  'agent-not-found',
  'agent-busy',
  'agent-expired',
  'extension-unavailable',
  'number-not-allowed',
  'no-line',
] as const;

const STARTED = {
  call_id: id.describe("the agent's own call"),
  conversation_id: id.describe("there is one once the agent's phone is answered"),
};

/**
 * What an agent does with a call that rings at it, and the calls it makes. Answers tell that it is on record; what comes of
 * it, events tell.
 */
export function agentCallRoutes(callCenter: CallCenter, parseXml: XmlParser): readonly Operation[] {
  return [
    operation({
      method: 'post',
      path: '/callcenter/agent/{name}/reject',
      summary: 'Decline the call that rings',
      role: 'operate',
      body: body({ queue_id: ringingTask, user_data: userData.describe('handed to the dialplan') }),
      aliases: { queue_task_id: 'queue_id', data: 'user_data' },
      refusals: ['agent-not-found', 'queue-task-not-found', 'busy'],
      run: async ({ application, params, body }) =>
        callCenter.ask({
          type: 'reject',
          ...byAgent(application, params),
          taskId: body.queue_id,
          userData: body.user_data ?? null,
        }),
    }),
    operation({
      method: 'post',
      path: '/callcenter/agent/{name}/fwd_agent',
      summary: 'Send the call that rings on to another agent',
      role: 'operate',
      takesIdempotencyKey: true,
      body: body({ queue_task_id: ringingTask, enqueue: enqueueDocument }),
      aliases: { queue_id: 'queue_task_id' },
      data: z.object({ queue_id: id.describe('the new task') }),
      refusals: ['agent-not-found', 'condition-not-found', 'queue-task-not-found', 'busy'],
      run: async ({ application, params, body, once }) => {
        const enqueue = readEnqueue(parseXml, body.enqueue);
        const taskId = await callCenter.ask(
          {
            type: 'forward-to-agent',
            ...byAgent(application, params),
            taskId: body.queue_task_id,
            enqueue,
          },
          once,
        );
        return { queue_id: taskId };
      },
    }),
    operation({
      method: 'post',
      path: '/callcenter/agent/{name}/call_out',
      summary: "Call an outside number, after the agent's own phone",
      role: 'operate',
      takesIdempotencyKey: true,
      body: body({ ...OUTSIDE_CALL, user_data: userData }),
      aliases: OUTSIDE_CALL_ALIASES,
      data: z.object(STARTED),
      refusals: OWN_PHONE,
      run: async ({ application, params, body, once }) => {
        const { callId, conversationId } = await callCenter.ask(
          {
            type: 'call-out',
            ...byAgent(application, params),
            ...outsideCall(body),
            userData: body.user_data ?? null,
          },
          once,
        );
        return { call_id: callId, conversation_id: conversationId };
      },
    }),
    operation({
      method: 'post',
      path: '/callcenter/agent/{name}/call_agent',
      summary: "Call another agent, after the agent's own phone",
      role: 'operate',
      takesIdempotencyKey: true,
      body: body({ enqueue: enqueueDocument }),
      data: z.object({ ...STARTED, queue_id: id.describe('the task that looks for the other agent') }),
      refusals: [...OWN_PHONE, 'condition-not-found'],
      run: async ({ application, params, body, once }) => {
        const enqueue = readEnqueue(parseXml, body.enqueue);
        const { callId, conversationId, taskId } = await callCenter.ask(
          {
            type: 'call-agent',
            ...byAgent(application, params),
            enqueue,
          },
          once,
        );
        return { call_id: callId, conversation_id: conversationId, queue_id: taskId };
      },
    }),
  ];
}
