import { z } from 'zod';
import { DECIDED, type Decision } from '../../domain/queue/decision';
import type { Target } from '../../domain/queue/enqueue';
import type { ExplainedTarget, Explanation, Verdict } from '../../domain/queue/explanation';
import { EXAMPLE, id, time } from './example-values';
import { REASON, reasonJson, type Telling } from './reason-json';

type ExplanationJson = z.infer<typeof EXPLANATION>;
type DecisionJson = z.infer<typeof DECISION>;
type TargetJson = z.infer<typeof TARGET>;

const MAX_AGENTS_PER_TARGET = 1000;
/** A document may name hundreds of targets, each weighed for every agent, and nobody else is served meanwhile. */
const MAX_AGENTS = 5000;

const agent = z.string().meta({ examples: [EXAMPLE.agent] });

const DECISION = z.object({
  time,
  route: z.int().meta({ description: 'from 1', examples: [1] }),
  decision: z.enum(DECIDED),
  agents: z.array(agent).describe('who was rung'),
  agent: agent.nullable().describe('who missed the call, or took it'),
  cause: z.string().nullable().describe('why it failed'),
});

const AGENTS = {
  agents: z
    .array(z.object({ name: agent, would_ring: z.boolean(), reasons: z.array(REASON) }))
    .describe('those who would be rung first, then by name'),
  more: z.int().meta({ description: 'how many agents are left out', examples: [0] }),
};

const TARGET = z.union([
  z.object({ kind: z.enum(['agent', 'skill']), name: agent, ...AGENTS }),
  z.object({ kind: z.literal('condition'), id, ...AGENTS }),
]);

export const EXPLANATION = z
  .object({
    at: time.describe('as of when, in milliseconds since the epoch'),
    queue_id: id.nullable().describe('null: a document was asked about'),
    decisions: z.array(DECISION).describe('what became of the task, in order'),
    routes: z.array(
      z.object({
        route: z.int().meta({ description: 'from 1', examples: [1] }),
        current: z.boolean().describe('whether it is tried at that moment'),
        targets: z.array(TARGET),
      }),
    ),
  })
  .meta({ id: 'RoutingExplanation' });

export function explanationJson(explanation: Explanation, telling: Telling): ExplanationJson {
  const { at, taskId, decisions, routes } = explanation;
  const targets = routes.reduce((sum, route) => sum + route.targets.length, 0);
  const limit = Math.min(MAX_AGENTS_PER_TARGET, Math.floor(MAX_AGENTS / targets));
  return {
    at,
    queue_id: taskId,
    decisions: decisions.map(decisionJson),
    routes: routes.map((route, index) => ({
      route: index + 1,
      current: route.isCurrent,
      targets: route.targets.map((target) => targetJson(target, limit, telling)),
    })),
  };
}

function decisionJson(decision: Decision): DecisionJson {
  const { at, route, did } = decision;
  return {
    time: at,
    route: route + 1,
    decision: did,
    agents: did === 'ring' ? [...decision.agents] : [],
    agent: did === 'miss' || did === 'serve' ? decision.agent : null,
    cause: did === 'fail' ? decision.cause : null,
  };
}

function targetJson({ target, agents }: ExplainedTarget, limit: number, telling: Telling): TargetJson {
  const inOrder = [...agents.filter(wouldRing), ...agents.filter((each) => !wouldRing(each))];
  return {
    ...named(target),
    agents: inOrder.slice(0, limit).map((verdict) => ({
      name: verdict.name,
      would_ring: wouldRing(verdict),
      reasons: verdict.reasons.map((reason) => reasonJson(reason, telling)),
    })),
    more: Math.max(0, agents.length - limit),
  };
}

function named(target: Target): { kind: 'condition'; id: string } | { kind: 'agent' | 'skill'; name: string } {
  return target.kind === 'condition'
    ? { kind: target.kind, id: target.id }
    : { kind: target.kind, name: target.name };
}

function wouldRing({ reasons }: Verdict): boolean {
  return reasons.length === 0;
}
