import { agentId, expiresAt, isExpired, type Agent } from '../agent/agent';
import { valuesIn } from '../expression/evaluate';
import type { AgentId, AgentName, AppId, Instant } from '../ids';
import { mayBeCalled } from '../outside/outside-rules';
import { atCharacter } from '../text';
import type { World } from '../world';
import type { Decision } from './decision';
import type { Enqueue, Route, Target } from './enqueue';
import type { ExplainedTarget, Explanation, Reason, Verdict } from './explanation';
import { rankBy, scoreOf, subjectOf, type RuleFault } from './fitting';
import { isOpen, legsOf, type QueueTask } from './queue-task';
import { FIRST_BY } from './turns';

/** `task`: the one that is asked about, as it was then; null: somebody comes with the document at this moment. */
export type RoutedQuestion = {
  readonly app: AppId;
  readonly enqueue: Enqueue;
  /** Only this agent; null: all. */
  readonly agent: AgentName | null;
  readonly task: QueueTask | null;
};

/**
 * For each target and each agent of the application, whether the queue would ring it at this moment, and if not, all
 * that stands against it: first what the agent lacks, then why it cannot be rung, then who goes before it.
 *
 * Looks at everybody instead of asking the index, so it is a second opinion on what the engine decides. The world may
 * be one of the past, with nothing in it but agents, extensions and conditions.
 */
export function explain(world: World, at: Instant, question: RoutedQuestion): Pick<Explanation, 'routes'> {
  const agents = [...world.agents.values()].filter(({ app }) => app === question.app).sort(byName);
  const rung = new Set(rungNow(question.task, at));
  const everybody = agents.map((agent) => ({
    agent,
    hindrances: rung.has(agent.name) ? [] : hindrancesOf(world, agent, at),
    isRung: rung.has(agent.name),
  }));
  const weighed = question.enqueue.routes.map((route, index) =>
    weigh(world, at, { question, route, index, everybody }),
  );
  const current = currentOf(question.task, weighed);
  return {
    routes: weighed.map((route, index) => ({
      isCurrent: index === current,
      targets: route.targets.map((target) => explained(world, { question, everybody, route, target })),
    })),
  };
}

/**
 * An agent, and why it could not be rung whoever called. `isRung`: it was, at this very moment, so what stood against it
 * just before has gone by what happened then: it became idle, say, or got the skill.
 */
type Seen = { readonly agent: Agent; readonly hindrances: readonly Reason[]; readonly isRung: boolean };

/** A task of the past is as it was before: it still waits, and what it came to is its last decision. */
function rungNow(task: QueueTask | null, at: Instant): readonly AgentName[] {
  const last = task?.phase.at === 'waiting' ? task.decisions.at(-1) : undefined;
  return last === undefined ? [] : rungBy(last, at);
}

function rungBy(decision: Decision, at: Instant): readonly AgentName[] {
  return decision.did === 'ring' && decision.at === at ? decision.agents : [];
}

type WeighedTarget = {
  readonly target: Target;
  /** It is tried now: it has not timed out, or this is the very moment at which its route is begun with. */
  readonly isTried: boolean;
  /** Nothing more is hoped for from it after this moment. */
  readonly isOver: boolean;
  /** Of those who fit it, how high each stands. */
  readonly ranks: ReadonlyMap<AgentId, number>;
  /** Why each of the others does not. */
  readonly lacks: ReadonlyMap<AgentId, Reason>;
  /**
   * The highest of those who fit and can be rung, as long as it is tried, and are not passed over because they missed
   * the call.
   */
  readonly equals: ReadonlySet<Agent>;
  /** Their rank. */
  readonly best: number;
};

type WeighedRoute = {
  readonly targets: readonly WeighedTarget[];
  /** Those who missed the call, where others can be rung. */
  readonly passed: ReadonlySet<AgentId>;
  /** Who is not rung in any case. */
  readonly givenAwayBy: AgentId | null;
  /** The first target that has somebody. */
  readonly winner: WeighedTarget | undefined;
  /** Who was rung at this very moment, as the task's own record has it: chance cannot be asked a second time. */
  readonly rung: readonly AgentName[];
  /** Whom the call rings already. */
  readonly rings: readonly AgentId[];
};

function weigh(
  world: World,
  at: Instant,
  {
    question: { app, task },
    route,
    index,
    everybody,
  }: {
    readonly question: RoutedQuestion;
    readonly route: Route;
    readonly index: number;
    readonly everybody: readonly Seen[];
  },
): WeighedRoute {
  const onRoute = task?.route === index ? task : undefined;
  const fitting = route.targets.map((target, position) => {
    const isOver = isOverFor(world, app, at, { task: onRoute, target, position });
    const isTried = !isOver || onRoute === undefined || onRoute.routeSince === at;
    const isOnly = onRoute !== undefined && route.targets.length === 1;
    const { ranks, lacks } = fits(world, app, at, target, everybody, isOnly);
    const free = everybody.filter(
      ({ agent, hindrances }) => ranks.has(agent.id) && hindrances.length === 0 && agent.id !== task?.givenAwayBy,
    );
    return { target, isTried, isOver, ranks, lacks, free: isTried ? free.map(({ agent }) => agent) : [] };
  });
  const missed = new Set(task?.missedBy);
  const hasOthers = fitting.some(({ free }) => free.some(({ id }) => !missed.has(id)));
  const passed = hasOthers ? missed : new Set<AgentId>();
  const targets = fitting.map(({ free, ...rest }) => {
    const choosable = free.filter(({ id }) => !passed.has(id));
    const best = choosable.reduce((highest, { id }) => Math.max(highest, rest.ranks.get(id)!), -Infinity);
    return { ...rest, best, equals: new Set(choosable.filter(({ id }) => rest.ranks.get(id) === best)) };
  });
  return {
    targets,
    passed,
    givenAwayBy: task?.givenAwayBy ?? null,
    winner: targets.find(({ equals }) => equals.size > 0),
    rung: (task?.decisions ?? []).flatMap((each) => (each.route === index ? rungBy(each, at) : [])),
    rings: onRoute === undefined ? [] : legsOf(onRoute).map((leg) => leg.agentId),
  };
}

/** The clock of a target stands still while the call rings. */
function isOverFor(
  { conditions }: World,
  app: AppId,
  at: Instant,
  {
    task,
    target,
    position,
  }: { readonly task: QueueTask | undefined; readonly target: Target; readonly position: number },
): boolean {
  if (task !== undefined) {
    const waiting = task.waits[position]!;
    return task.phase.at === 'waiting' && !isOpen(task, { target, waiting }, at);
  }
  if (target.kind !== 'condition') return target.queueTimeoutSeconds === 0;
  return conditions.get(target.id)?.app !== app; // A condition's own is 1 second at least.
}

/** Which route the engine comes to at this moment: it leaves those that have nobody and nothing to wait for. */
function currentOf(task: QueueTask | null, routes: readonly WeighedRoute[]): number {
  const from = task?.route ?? 0;
  if (task?.phase.at === 'ringing') return from;
  const stop = routes.findIndex(
    ({ winner, targets }, index) =>
      index >= from && (winner !== undefined || targets.some(({ isOver }) => !isOver)),
  );
  return stop < 0 ? routes.length - 1 : stop;
}

function explained(
  world: World,
  {
    question,
    everybody,
    route,
    target,
  }: {
    readonly question: RoutedQuestion;
    readonly everybody: readonly Seen[];
    readonly route: WeighedRoute;
    readonly target: WeighedTarget;
  },
): ExplainedTarget {
  const { app, agent: asked, enqueue } = question;
  const chosen = chosenIn(enqueue, route, target);
  const present = everybody
    .filter(({ agent }) => asked === null || agent.name === asked)
    .map(({ agent, hindrances }): Verdict => {
      const lack = target.lacks.get(agent.id);
      const reasons = [
        ...(lack === undefined ? [] : [lack]),
        ...hindrances,
        ...rivalsOf(world, agent, { route, target, chosen }),
      ];
      return { name: agent.name, reasons };
    });
  const named = asked ?? (target.target.kind === 'agent' ? target.target.name : null);
  const absent = named === null || world.agents.has(agentId(app, named)) ? [] : [loggedOut(named, target.target)];
  return { target: target.target, agents: absent.length === 0 ? present : [...present, ...absent].sort(byName) };
}

function loggedOut(name: AgentName, target: Target): Verdict {
  const isOther = target.kind === 'agent' && target.name !== name;
  return { name, reasons: [...(isOther ? [{ why: 'other-agent' } as const] : []), { why: 'logged-out' }] };
}

/** Who fits the target, and why nobody else does. */
function fits(
  { conditions }: World,
  app: AppId,
  at: Instant,
  target: Target,
  everybody: readonly Seen[],
  isOnly: boolean,
): Pick<WeighedTarget, 'ranks' | 'lacks'> {
  const ranks = new Map<AgentId, number>();
  const lacks = new Map<AgentId, Reason>();
  const condition = target.kind === 'condition' ? conditions.get(target.id) : undefined;

  for (const { agent, isRung } of everybody) {
    const found = rankIn(agent);
    if (typeof found === 'number') ranks.set(agent.id, found);
    else if (isRung && isOnly) ranks.set(agent.id, Infinity);
    else lacks.set(agent.id, found);
  }
  return { ranks, lacks };

  function rankIn(agent: Agent): number | Reason {
    switch (target.kind) {
      case 'agent':
        return agent.name === target.name ? 0 : { why: 'other-agent' };
      case 'skill': {
        const isThere = agent.skills.some(({ name }) => name === target.name);
        const why = isThere ? 'skill-disabled' : 'skill-missing';
        return scoreOf(agent, target.name) ?? { why, skill: target.name };
      }
      case 'condition': {
        if (condition?.app !== app) return { why: 'condition-missing' };
        const faults: RuleFault[] = [];
        const rank = rankBy(condition, agent, at, (fault) => faults.push(fault));
        if (rank !== undefined) return rank;
        const [fault] = faults;
        if (fault === undefined) {
          return { why: 'where-false', values: valuesIn(condition.where, subjectOf(agent, at)) };
        }
        const { zh, en } = atCharacter(fault.at, fault.problem);
        return { why: 'rule-failed', problem: { zh: `${fault.rule} ${zh}`, en: `${fault.rule}, ${en}` } };
      }
    }
  }
}

/** Why the agent cannot be rung at this moment, whoever calls. */
function hindrancesOf({ extensions, calls, settings }: World, agent: Agent, at: Instant): readonly Reason[] {
  const reasons: Reason[] = [];
  const { state, callId, restsUntil } = agent;
  if (state !== 'idle') reasons.push({ why: 'state', state });
  const stage = callId === null ? undefined : calls.get(callId)?.stage;
  if (stage?.at === 'ringing' && stage.onAnswer.then === 'serve') {
    reasons.push({ why: 'ringing', taskId: stage.onAnswer.taskId });
  }
  const extension = extensions.get(agent.extensionId);
  if (extension?.boundTo !== agent.id || !extension.enabled) reasons.push({ why: 'not-registered' });
  else if (extension.line.type === '3' && settings.trunk === null) reasons.push({ why: 'no-trunk' });
  else if (extension.line.type === '3' && !mayBeCalled(settings.outside, agent.app, extension.line.telnum)) {
    reasons.push({ why: 'number-not-allowed' });
  }
  if (isExpired(agent, at, settings.keepaliveSeconds)) {
    reasons.push({ why: 'expired', since: expiresAt(agent, settings.keepaliveSeconds) });
  }
  if (restsUntil !== null) reasons.push({ why: 'resting', until: restsUntil });
  return reasons;
}

/** What goes before the agent on this target, whether or not it could be rung otherwise. */
function rivalsOf(
  { agents }: World,
  agent: Agent,
  {
    route: { targets, passed, givenAwayBy, winner, rings },
    target,
    chosen,
  }: { readonly route: WeighedRoute; readonly target: WeighedTarget; readonly chosen: ReadonlySet<Agent> },
): readonly Reason[] {
  const reasons: Reason[] = [];
  if (!target.isTried) reasons.push({ why: 'timed-out' });
  if (rings.length > 0 && !rings.includes(agent.id)) {
    reasons.push({ why: 'call-rings', agents: rings.flatMap((id) => agents.get(id)?.name ?? []) });
  }
  if (winner !== undefined && targets.indexOf(winner) < targets.indexOf(target)) {
    reasons.push({ why: 'earlier-target' });
  }
  const rank = target.ranks.get(agent.id);
  if (rank === undefined) return reasons;
  if (givenAwayBy === agent.id) reasons.push({ why: 'given-away' });
  if (passed.has(agent.id)) reasons.push({ why: 'tried-before' });
  const { best, equals } = target;
  if (equals.size > 0 && rank < best) reasons.push({ why: 'lower-rank', rank, best });
  if (target === winner && equals.has(agent) && !chosen.has(agent)) {
    reasons.push({ why: 'another-equal', among: equals.size });
  }
  return reasons;
}

/** Whom the engine picks of a target's best; all who may be, where only chance can tell. */
function chosenIn({ choice }: Enqueue, { rung }: WeighedRoute, { equals }: WeighedTarget): ReadonlySet<Agent> {
  if (choice === 'all') return equals;
  if (choice === 'random') {
    const known = [...equals].filter(({ name }) => rung.includes(name));
    return known.length > 0 ? new Set(known) : equals;
  }
  return new Set([...equals].sort(FIRST_BY[choice]).slice(0, 1));
}

function byName({ name: one }: { readonly name: string }, { name: other }: { readonly name: string }): number {
  return one < other ? -1 : 1;
}
