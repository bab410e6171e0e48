import { z } from 'zod';
import { MAX_PRIORITY } from '../../../domain/queue/enqueue';
import type { CallCenter, RoutingQuestion } from '../../../ports/call-center';
import type { XmlParser } from '../../../ports/parsing';
import type { LocalTime } from '../conversation-json';
import { enqueueDocument, readEnqueue } from '../enqueue-parameter';
import { EXAMPLE } from '../example-values';
import { EXPLANATION, explanationJson } from '../explanation-json';
import { agentName, anyId, body, instant, integer, query, text } from '../fields';
import { parameterProblem } from '../http-problem';
import { operation, type Operation } from '../operation';
import { PAGE, PAGE_ALIASES, pageFrom, pageOf } from '../page';
import { queueTaskIdFrom } from '../path-ids';
import { QUEUED_TASK, queuedTaskJson, stateOf } from '../queued-task-json';

const QUESTION = body({
  enqueue: enqueueDocument.optional(),
  queue_id: anyId.optional().describe('a queue task, live or over; in the place of a document'),
  agent: agentName.optional().describe('only this one'),
  at: instant.optional().describe('as of when, in milliseconds since the epoch; with queue_id only'),
}).meta({ examples: [{ queue_id: EXAMPLE.id }, { enqueue: EXAMPLE.enqueue }] });

export function queueRoutes(
  callCenter: CallCenter,
  parseXml: XmlParser,
  localTime: LocalTime,
): readonly Operation[] {
  return [
    operation({
      method: 'get',
      path: '/callcenter/queue',
      summary: 'List all that waits or rings, in the one order',
      role: 'read',
      query: query({
        ...PAGE,
        plan: text(64)
          .optional()
          .meta({ description: 'what came by this plan', examples: [EXAMPLE.plan] }),
        state: z.enum(['waiting', 'ringing']).optional(),
      }),
      aliases: PAGE_ALIASES,
      data: pageOf(QUEUED_TASK),
      refusals: [],
      run: async ({ application, query: { plan, state, ...wanted } }) => {
        const queued = (await callCenter.queue(application.id))
          .filter(({ task }) => plan === undefined || task.plan === plan)
          .filter(({ task }) => state === undefined || stateOf(task) === state);
        return callCenter.read((world) => pageFrom(wanted, queued, (each) => queuedTaskJson(world, each)));
      },
    }),
    operation({
      method: 'delete',
      path: '/callcenter/queue/{id}',
      summary: 'Cancel a queue task',
      role: 'operate',
      refusals: ['queue-task-not-found'],
      run: async ({ application, params }) => {
        const taskId = queueTaskIdFrom(params.id);
        return callCenter.ask({ type: 'cancel-task', app: application.id, taskId });
      },
    }),
    operation({
      method: 'post',
      path: '/callcenter/queue/{id}',
      summary: 'Change the priority of a queue task, at once',
      role: 'operate',
      body: body({
        priority: integer(-MAX_PRIORITY, MAX_PRIORITY).meta({
          description: 'in the place of the one that the dialplan gave; added to those of the document',
          examples: [7],
        }),
      }),
      refusals: ['queue-task-not-found'],
      run: async ({ application, params, body: { priority } }) => {
        const taskId = queueTaskIdFrom(params.id);
        return callCenter.ask({ type: 'set-task-priority', app: application.id, taskId, priority });
      },
    }),
    operation({
      method: 'post',
      path: '/callcenter/routing/explain',
      summary: 'Tell which agents get a call, and why all others do not',
      role: 'read',
      body: QUESTION,
      aliases: { queue_task_id: 'queue_id' },
      data: EXPLANATION,
      refusals: ['queue-task-not-found'],
      run: async ({ application, body, language }) => {
        const about = subjectOf(body, parseXml);
        const question: RoutingQuestion = { app: application.id, about, agent: body.agent ?? null };
        return explanationJson(await callCenter.explain(question), { language, localTime });
      },
    }),
  ];
}

function subjectOf(
  { enqueue, queue_id, at }: z.output<typeof QUESTION>,
  parseXml: XmlParser,
): RoutingQuestion['about'] {
  if (queue_id !== undefined && enqueue !== undefined) {
    throw parameterProblem('enqueue', {
      zh: '不能与 queue_id 同时使用',
      en: 'cannot be given together with queue_id',
    });
  }
  if (queue_id !== undefined) return { taskId: queueTaskIdFrom(queue_id), at: at ?? null };
  if (enqueue === undefined) {
    throw parameterProblem('enqueue', { zh: '缺少此参数，或 queue_id', en: 'is missing, or else queue_id' });
  }
  if (at !== undefined) {
    throw parameterProblem('at', {
      zh: '只能与 queue_id 同时使用',
      en: 'can be given together with queue_id only',
    });
  }
  return { enqueue: readEnqueue(parseXml, enqueue) };
}
