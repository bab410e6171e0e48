import { z } from 'zod';
import { legsOf, QUEUE_TASK_TYPES, type QueueTask } from '../../domain/queue/queue-task';
import type { World } from '../../domain/world';
import type { QueuedTask } from '../../ports/call-center';
import { EXAMPLE, id, time } from './example-values';

type QueuedTaskJson = z.infer<typeof QUEUED_TASK>;

const ESTIMATE = z.object({
  seconds: z.number().meta({ examples: [40] }),
  at_least: z.number().meta({ examples: [15] }),
  at_most: z.number().meta({ description: 'eight of ten wait between at_least and at_most', examples: [90] }),
  samples: z.int().meta({ description: 'how many were served lately, from which it is taken', examples: [20] }),
});

export const QUEUED_TASK = z
  .object({
    id,
    type: z.enum(QUEUE_TASK_TYPES),
    since: time.describe('when it was queued, in milliseconds since the epoch'),
    position: z
      .int()
      .nullable()
      .describe('1: the next to be served of those who wait for the same; null: it rings, or is about to wait'),
    waited_seconds: z.int().meta({ examples: [12] }),
    estimated_wait: ESTIMATE.nullable().describe('how much longer; null: it rings, or too little is known'),
    route: z.int().meta({ description: 'which of its routes is tried, from 1', examples: [1] }),
    state: z.enum(['waiting', 'ringing']),
    agent: z.string().nullable().describe('whose phone rings; the first of them, where several do'),
    agents: z.array(z.string().meta({ examples: [EXAMPLE.agent] })).describe('whose phones ring'),
    plan: z
      .string()
      .meta({ examples: [EXAMPLE.plan] })
      .nullable(),
    priority: z
      .int()
      .meta({ description: 'what counts now: the sum for its best target that has not timed out', examples: [0] }),
    own_priority: z
      .int()
      .meta({ description: 'the part of it that the dialplan gave, or somebody set since', examples: [0] }),
    user_data: z
      .string()
      .meta({ examples: [EXAMPLE.userData] })
      .nullable(),
    conversation_id: id.nullable(),
    call_id: id.nullable().describe("the caller's call; null: a conversation waits"),
    channel_id: z.string().nullable().describe("Asterisk's unique id of the caller's channel"),
    telnumber: z.string().nullable().describe('null: withheld, or a conversation waits'),
  })
  .meta({ id: 'QueueTask' });

/** Whoever has not been looked for yet waits like the others. */
export function stateOf({ phase }: Pick<QueueTask, 'phase'>): 'waiting' | 'ringing' {
  return phase.at === 'ringing' ? 'ringing' : 'waiting';
}

export function queuedTaskJson(world: World, queued: QueuedTask): QueuedTaskJson {
  const { task, position, priority, waitedSeconds, estimate } = queued;
  const agents = legsOf(task).flatMap(({ agentId }) => world.agents.get(agentId)?.name ?? []);
  const callId = task.origin.from === 'caller' ? task.origin.callId : null;
  const call = callId === null ? undefined : world.calls.get(callId);
  return {
    id: task.id,
    type: task.type,
    since: task.queuedAt,
    position,
    waited_seconds: waitedSeconds,
    estimated_wait: estimate && {
      seconds: estimate.seconds,
      at_least: estimate.atLeastSeconds,
      at_most: estimate.atMostSeconds,
      samples: estimate.samples,
    },
    route: task.route + 1,
    state: stateOf(task),
    agent: agents[0] ?? null,
    agents,
    plan: task.plan,
    priority,
    own_priority: task.priority,
    user_data: task.userData,
    conversation_id: task.conversationId,
    call_id: callId,
    channel_id: call?.channelId ?? null,
    telnumber: call?.party.kind === 'outside' ? call.party.telnumber : null,
  };
}
