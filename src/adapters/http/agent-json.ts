import { z } from 'zod';
import type { Agent } from '../../domain/agent/agent';
import type { World } from '../../domain/world';

export type AgentJson = z.infer<typeof AGENT>;

export const AGENT = z.object({
  name: z.string(),
  num: z.string().nullable(),
  state: z.string(),
  extension: z.string().describe('id of the extension it is bound to'),
  skills: z.array(z.object({ name: z.string(), score: z.int(), enabled: z.boolean() })),
  last_time: z.int().nullable().describe('when its last conversation ended, in milliseconds since the epoch'),
  conversations: z.array(z.string()).describe('ids of those it is in now'),
});

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
