import { z } from 'zod';
import type { Agent } from '../../domain/agent/agent';
import type { World } from '../../domain/world';
import { agentStateLike, EXAMPLE, id, time } from './example-values';

type AgentJson = z.infer<typeof AGENT>;

export const AGENT = z
  .object({
    name: z.string().meta({ examples: [EXAMPLE.agent] }),
    num: z
      .string()
      .meta({ examples: ['1001'] })
      .nullable(),
    state: agentStateLike('talking'),
    extension: id.describe('id of the extension it is bound to'),
    skills: z.array(
      z.object({
        name: z.string().meta({ examples: [EXAMPLE.skill] }),
        score: z.int().meta({ examples: [5] }),
        enabled: z.boolean(),
      }),
    ),
    last_time: time.nullable().describe('when its last conversation ended, in milliseconds since the epoch'),
    conversations: z.array(id).describe('ids of those it is in now'),
  })
  .meta({ id: 'Agent' });

export function agentJson(world: World, agent: Agent): AgentJson {
  const call = agent.callId === null ? undefined : world.calls.get(agent.callId);
  return {
    name: agent.name,
    num: agent.num,
    state: agent.state,
    extension: agent.extensionId,
    skills: agent.skills.map(({ name, score, enabled }) => ({ name, score, enabled })),
    last_time: agent.lastTalkAt,
    conversations: [...(call?.memberOf ?? [])],
  };
}
