import { performance } from 'node:perf_hooks';
import { parseExpression } from '../../src/adapters/expression/jsep-expression';
import type { Agent } from '../../src/domain/agent/agent';
import { handle } from '../../src/domain/engine';
import type { Expression } from '../../src/domain/expression/expression';
import { checked } from '../../src/domain/expression/type-check';
import type {
  AgentName,
  AppId,
  ChannelId,
  ConditionId,
  Instant,
  PhoneNumber,
  QueueTaskId,
  TrunkId,
} from '../../src/domain/ids';
import type { Answer, Input, InputType } from '../../src/domain/input';
import type { Condition } from '../../src/domain/queue/condition';
import { agentEnqueue, type Enqueue, type Target } from '../../src/domain/queue/enqueue';
import { isSelectable, rankBy, scoreOf } from '../../src/domain/queue/fitting';
import { inOrder, isOpen, placeIn, waitsOf, type Place } from '../../src/domain/queue/queue-task';
import { apply, emptyWorld } from '../../src/domain/world';
import { SeededRandom } from '../../test/simulation/seeded-random';
import {
  emptyOf,
  figure,
  median,
  micros,
  quantile,
  row,
  timed,
  yardstick,
  type Figure,
} from './measuring/figures';

/**
 * Times the rules of the queue on the engine alone, next to a plain scan of everything, in one run.
 *
 * Half of the agents are idle and have skills of the first half, the others are at lunch and have skills of the second
 * half, for which the callers wait: where agents and waiting callers fit each other, there is nothing left to measure.
 */
const SIZE = { agents: 10_000, skills: 200, skillsEach: 20, conditions: 500, waiting: 2_000 };
const ROUNDS = { idle: 3_000, arrival: 3_000, condition: 300, conditionScan: 3, atOnce: 50, warmUp: 300 };
const APP = 'default' as AppId;
const START = 1_700_000_000_000;

/** Every run measures the same. */
const random = new SeededRandom(20_240_229);
const below = (limit: number): number => random.integer(0, limit - 1);

const world = emptyWorld({
  keepaliveSeconds: 86_400,
  missPauseSeconds: 5,
  ownRingSeconds: 45,
  outside: { rulesOf: () => null, read: () => ({ classes: [], forms: [], bare: [] }), dayOf: () => '' },
  trunk: 'trunk' as TrunkId,
  musicClass: 'default',
});
let inputs = 0;
let at = START as Instant;

function take<Type extends InputType>(input: Input<Type>): Answer<Type> {
  const seed = (++inputs).toString(16).padStart(15, '0');
  const outcome = handle(world, { ...input, at, seed, random: random.number() });
  apply(world, outcome.changes);
  return outcome.answer;
}

type Shift = 'day' | 'night';
const skillOf = (shift: Shift): string =>
  `skill-${(shift === 'day' ? 0 : SIZE.skills / 2) + below(SIZE.skills / 2)}`;
const nameOf = (index: number): AgentName => `agent_${index}` as AgentName;
const shiftOf = (index: number): Shift => (index % 2 === 0 ? 'day' : 'night');
const agentOf = (shift: Shift): AgentName => nameOf(below(SIZE.agents / 2) * 2 + (shift === 'day' ? 0 : 1));

function whereFor(shift: Shift): string {
  const [one, two, three] = [skillOf(shift), skillOf(shift), skillOf(shift)];
  const forms = [
    `has("${one}") && get("${two}") >= ${below(8)}`,
    `get("${one}") > 4 || has("${two}") && !has("${three}")`,
    `get("${one}") * 2 + get("${two}") > ${8 + below(8)}`,
    `has("${one}") || has("${two}") || has("${three}")`,
  ];
  return forms[below(forms.length)]!;
}

const rule = (where: string): Expression<'boolean'> => checked(parseExpression(where), where, 'boolean');

function makeConditions(): ReadonlyMap<Shift, readonly ConditionId[]> {
  const made = { day: [] as ConditionId[], night: [] as ConditionId[] };
  for (let index = 0; index < SIZE.conditions; index++) {
    const shift = shiftOf(index);
    const sort = `get("${skillOf(shift)}") + get("${skillOf(shift)}")`;
    const command: Input<'create-condition'> = {
      type: 'create-condition',
      app: APP,
      where: rule(whereFor(shift)),
      sort: random.chance(0.5) ? checked(parseExpression(sort), sort, 'number') : null,
      priority: below(3),
      queueTimeoutSeconds: 1000,
      fetchTimeoutSeconds: 45,
      remark: null,
    };
    made[shift].push(take(command));
  }
  return new Map(Object.entries(made) as [Shift, ConditionId[]][]);
}

function logInAgents(): void {
  for (let index = 0; index < SIZE.agents; index++) {
    const line = { type: '3', telnum: `+49${String(index).padStart(8, '0')}` as PhoneNumber } as const;
    const { id } = take({ type: 'create-extension', app: APP, line });
    const skills = new Map<string, number>();
    while (skills.size < SIZE.skillsEach) skills.set(skillOf(shiftOf(index)), below(10));
    take({
      type: 'log-in',
      app: APP,
      name: nameOf(index),
      extensionId: id,
      num: String(1000 + index),
      state: shiftOf(index) === 'day' ? 'idle' : 'away',
      skills: [...skills].map(([name, score]) => ({ name, score, enabled: true })),
    });
  }
}

let callers = 0;
function callerFor(shift: Shift, conditions: ReadonlyMap<Shift, readonly ConditionId[]>): Input<'caller-entered'> {
  const all = conditions.get(shift)!;
  const waiting = { priority: below(3), queueTimeoutSeconds: null, fetchTimeoutSeconds: 50 };
  const kinds: (() => Target)[] = [
    () => ({ kind: 'skill', name: skillOf(shift), ...waiting }),
    () => ({ kind: 'skill', name: skillOf(shift), ...waiting }),
    () => ({ kind: 'condition', id: all[below(all.length)]! }),
    () => ({ kind: 'condition', id: all[below(all.length)]! }),
    () => ({ kind: 'agent', name: agentOf(shift), ...waiting }),
  ];
  const kind = kinds[below(kinds.length)]!;
  const targets = Array.from({ length: 1 + below(3) }, kind);
  const choice = (['random', 'lru'] as const)[below(2)]!;
  const enqueue: Enqueue = { ...agentEnqueue(nameOf(0)), choice, routes: [{ targets }] };
  return {
    type: 'caller-entered',
    channelId: `caller.${++callers}` as ChannelId,
    app: APP,
    request: { by: 'enqueue', enqueue },
    telnumber: null,
    answer: true,
    userData: null,
    priority: 0,
  };
}

/** Few, and odd as well as even ones: a scan leaves nothing in the processor's caches for the round that follows. */
const isScanned = (round: number): boolean => round % 201 === 0;

/** The first in the one order that the agent fits, found by looking at all that waits. */
function scanForTask(agent: Agent): Place | undefined {
  let first: Place | undefined;
  for (const task of world.queueTasks.values()) {
    if (task.phase.at !== 'waiting') continue;
    waitsOf(task).forEach((wait, index) => {
      if (!isOpen(task, wait, at) || !fits(wait.target, agent)) return;
      const place = placeIn(task, wait, index);
      if (first === undefined || inOrder(place, first) < 0) first = place;
    });
  }
  return first;
}

/** The best agents for the first target that has any, found by looking at all agents. */
function scanForAgents(targets: readonly Target[]): readonly Agent[] {
  for (const target of targets) {
    let best = -Infinity;
    let found: Agent[] = [];
    for (const agent of world.agents.values()) {
      if (!isSelectable(world, agent, at)) continue;
      const rank = rankFor(target, agent);
      if (rank === undefined || rank < best) continue;
      if (rank > best) found = [];
      best = rank;
      found.push(agent);
    }
    if (found.length > 0) return found;
  }
  return [];
}

function fits(target: Target, agent: Agent): boolean {
  return rankFor(target, agent) !== undefined;
}

function rankFor(target: Target, agent: Agent): number | undefined {
  switch (target.kind) {
    case 'agent':
      return target.name === agent.name ? 0 : undefined;
    case 'skill':
      return scoreOf(agent, target.name);
    case 'condition':
      return rankBy(world.conditions.get(target.id)!, agent, at, () => undefined);
  }
}

type Idle = Figure & { readonly served: number; readonly yardstick: readonly number[] };

function benchIdle(conditions: ReadonlyMap<Shift, readonly ConditionId[]>): Idle {
  const result = { ...figure(), yardstick: [] as number[] };
  let served = 0;
  for (let round = 0; round < ROUNDS.idle + ROUNDS.warmUp; round++) {
    at = (at + 10) as Instant;
    const name = nameOf(round * 2 + 1);
    const agent = world.agents.get(`${APP}/${name}` as Agent['id'])!;
    const wanted: { place?: Place | undefined } = {};
    const scan = isScanned(round) ? timed(() => (wanted.place = scanForTask(agent))) : undefined;
    const ours = timed(() => take({ type: 'set-state', app: APP, name, state: 'idle' }));
    const { callId } = world.agents.get(agent.id)!;
    const stage = callId === null ? undefined : world.calls.get(callId)?.stage;
    const taskId = stage?.at === 'ringing' && stage.onAnswer.then === 'serve' ? stage.onAnswer.taskId : undefined;
    if (scan !== undefined && taskId !== wanted.place?.taskId)
      throw new Error(`scan and engine differ on ${name}`);
    if (taskId === undefined) {
      take({ type: 'set-state', app: APP, name, state: 'away' });
    } else {
      served++;
      while (world.pools.waitingCount < SIZE.waiting) take(callerFor('night', conditions));
    }
    const arithmetic = timed(yardstick);
    if (round < ROUNDS.warmUp) continue;
    result.ours.push(ours);
    result.yardstick.push(arithmetic);
    if (scan !== undefined) result.scan.push(scan);
  }
  return { ...result, served };
}

type Arrivals = Record<'found' | 'parked' | 'free', Figure>;

function benchArrival(conditions: ReadonlyMap<Shift, readonly ConditionId[]>): Arrivals {
  const result = { found: figure(), parked: figure(), free: figure() };
  for (let round = 0; round < ROUNDS.arrival + ROUNDS.warmUp; round++) {
    at = (at + 10) as Instant;
    const caller = callerFor(round % 2 === 0 ? 'day' : 'night', conditions);
    const { enqueue } = caller.request as { readonly enqueue: Enqueue };
    const wanted: { agents: readonly Agent[] } = { agents: [] };
    const scan = isScanned(round)
      ? timed(() => (wanted.agents = scanForAgents(enqueue.routes[0]!.targets)))
      : undefined;
    const ours = timed(() => take(caller));
    const call = world.calls.get(world.callOnChannel.get(caller.channelId)!)!;
    const stage = call.stage as { readonly taskId: QueueTaskId };
    const task = world.queueTasks.get(stage.taskId)!;
    const rung = task.phase.at === 'ringing' ? task.phase.legs.map(({ agentId }) => agentId) : [];
    const isRight =
      rung.length === 0 ? wanted.agents.length === 0 : wanted.agents.some(({ id }) => id === rung[0]);
    if (scan !== undefined && !isRight) throw new Error(`scan and engine differ on ${caller.channelId}`);
    take({ type: 'cancel-task', app: APP, taskId: task.id });
    const free = rung.map((agentId) => timed(() => endLeg(agentId)));
    if (round < ROUNDS.warmUp) continue;
    result.free.ours.push(...free);
    const kind = rung.length > 0 ? result.found : result.parked;
    kind.ours.push(ours);
    if (scan === undefined) continue;
    kind.scan.push(scan);
    for (const agentId of rung) result.free.scan.push(timed(() => scanForTask(world.agents.get(agentId)!)));
  }
  return result;
}

/** The agent's phone is on hook again, and the agent idle: nobody waits whom it fits. */
function endLeg(agentId: Agent['id']): void {
  const { callId } = world.agents.get(agentId)!;
  if (callId === null) return;
  take({ type: 'leg-ended', channelId: world.calls.get(callId)!.channelId, cause: 16 });
}

function benchCondition(conditions: ReadonlyMap<Shift, readonly ConditionId[]>): Figure {
  const result = figure();
  const all = [...conditions.values()].flat();
  for (let round = 0; round < ROUNDS.condition; round++) {
    at = (at + 10) as Instant;
    const conditionId = all[below(all.length)]!;
    const shift: Shift = conditions.get('day')!.includes(conditionId) ? 'day' : 'night';
    const where = rule(whereFor(shift));
    result.ours.push(timed(() => take({ type: 'change-condition', app: APP, conditionId, where })));
    if (round < ROUNDS.conditionScan) result.scan.push((timed(scanSome) * SIZE.waiting) / SCANNED);
  }
  return result;
}

/** So many wait for a condition that chooses nobody, and is changed so that each gets an agent at once. */
const AT_ONCE = 100;
function benchManyAtOnce(): Figure {
  const result = figure();
  const rules = {
    nobody: rule('has("nothing")'),
    day: rule(`has("${skillOf('day')}") || has("${skillOf('day')}")`),
  };
  const terms = { sort: null, priority: 0, queueTimeoutSeconds: 1000, fetchTimeoutSeconds: 45, remark: null };
  const id = take({ type: 'create-condition', app: APP, where: rules.nobody, ...terms });
  const routes = [{ targets: [{ kind: 'condition', id } as const] }];
  for (let round = 0; round < ROUNDS.atOnce; round++) {
    const tasks = Array.from({ length: AT_ONCE }, () => {
      const caller = callerFor('night', new Map([['night', [id]]]));
      take({
        ...caller,
        request: { by: 'enqueue', enqueue: { ...agentEnqueue(nameOf(0)), choice: 'lru', routes } },
      });
      const { stage } = world.calls.get(world.callOnChannel.get(caller.channelId)!)!;
      return world.queueTasks.get((stage as { readonly taskId: QueueTaskId }).taskId)!;
    });
    if (round < 3) {
      const where = rules.day;
      const scan = (): void => tasks.forEach(() => void scanFor({ ...world.conditions.get(id)!, where }));
      result.scan.push(timed(scan));
    }
    result.ours.push(timed(() => take({ type: 'change-condition', app: APP, conditionId: id, where: rules.day })));
    for (const task of tasks) {
      const { phase } = world.queueTasks.get(task.id)!;
      if (phase.at !== 'ringing') throw new Error('somebody got no agent');
      take({ type: 'change-condition', app: APP, conditionId: id, where: rules.nobody });
      take({ type: 'cancel-task', app: APP, taskId: task.id });
      for (const { agentId } of phase.legs) endLeg(agentId);
    }
  }
  take({ type: 'delete-condition', app: APP, conditionId: id });
  return result;
}

/** The free agents whom the condition chooses. */
function scanFor(condition: Condition): readonly Agent[] {
  return [...world.agents.values()].filter(
    (agent) => isSelectable(world, agent, at) && rankBy(condition, agent, at, () => undefined) !== undefined,
  );
}

/** Everybody who waits looks for an agent anew: a minute, so it is done for some and multiplied. */
const SCANNED = 20;
function scanSome(): void {
  const waiting = [...world.queueTasks.values()].filter(({ phase }) => phase.at === 'waiting');
  for (const task of waiting.slice(0, SCANNED)) scanForAgents(waitsOf(task).map(({ target }) => target));
}

function main(): void {
  const setUp = performance.now();
  const conditions = makeConditions();
  logInAgents();
  while (world.pools.waitingCount < SIZE.waiting) take(callerFor('night', conditions));
  console.log(
    `${SIZE.agents} agents, ${SIZE.skillsEach} of ${SIZE.skills} skills each, ${SIZE.conditions} conditions, ` +
      `${SIZE.waiting} tasks wait; made in ${Math.round(performance.now() - setUp)} ms`,
  );
  const arrivals = benchArrival(conditions);
  const condition = benchCondition(conditions);
  const atOnce = benchManyAtOnce();
  const idle = benchIdle(conditions);
  const rows = [
    row('agent becomes idle, its task is found', 0.2, idle),
    row('task arrives, an agent is found', 0.5, arrivals.found),
    row('task arrives, and is parked', 0.5, arrivals.parked),
    row('condition is changed', 50, condition),
    row(`condition is changed, and ${AT_ONCE} get an agent`, null, atOnce),
    row('agent becomes idle, and nobody waits', null, arrivals.free),
  ];
  console.table(rows);
  console.log(`The scan for a condition was done for ${SCANNED} of the tasks that wait, and multiplied.`);
  console.log(`${idle.served} of ${ROUNDS.idle + ROUNDS.warmUp} agents who became idle had somebody waiting`);
  const machine = { 'p50 µs': micros(median(idle.yardstick)), 'p99 µs': micros(quantile(idle.yardstick, 0.99)) };
  console.log(
    `The same piece of arithmetic beside each of them: p50 ${machine['p50 µs']} µs, p99 ${machine['p99 µs']} µs`,
  );
  const problems = emptyOf(rows);
  for (const problem of problems) console.log(problem);
  console.log(
    JSON.stringify({
      measured: problems.length === 0,
      problems,
      size: SIZE,
      node: process.version,
      machine,
      figures: rows,
    }),
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
}

main();
