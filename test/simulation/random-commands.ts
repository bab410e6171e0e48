import { agentId } from '../../src/domain/agent/agent';
import type { OutsideCall } from '../../src/domain/call/call';
import type { ListenSpeakMode } from '../../src/domain/conversation/listen-speak-mode';
import type { AgentName, AppId, ConditionId, GatewayAddress, PhoneNumber, SipUser } from '../../src/domain/ids';
import type { CommandType, Input } from '../../src/domain/input';
import type { ConditionRule } from '../../src/domain/queue/condition';
import {
  agentEnqueue,
  type Choice,
  type Enqueue,
  type RingMode,
  type Target,
} from '../../src/domain/queue/enqueue';
import type { Sound } from '../../src/domain/queue/enqueue-sound';
import type { World } from '../../src/domain/world';
import { expressionOf } from '../support/expressions';
import type { SeededRandom } from './seeded-random';

export const DEFAULT = 'default' as AppId;
export const OTHER = 'other' as AppId;
export const SKILLS = ['sales', 'french'];
/** The plan that clients put and delete. */
export const NIGHT = 'night';
const AGENTS = ['ann', 'bob', 'cat', 'dan'] as AgentName[];
const USERS = Array.from({ length: 7 }, (_, index) => `10000${index + 1}` as SipUser);

/** What somebody might ask next, as the world is now: mostly what makes sense, sometimes what does not. */
export function someCommand(random: SeededRandom, world: World): Input<CommandType> {
  const app = random.chance(0.15) ? OTHER : DEFAULT;
  const name = random.pick(AGENTS);
  const mode = random.integer(1, 4) as ListenSpeakMode;
  const extensions = [...world.extensions.values()].filter((each) => each.app === app);
  const free = extensions.filter(({ boundTo }) => boundTo === null);

  if (free.length < 2 && random.chance(0.3)) return { type: 'create-extension', app, line: someLine(random) };
  if (extensions.length > 0 && !world.agents.has(agentId(app, name)) && random.chance(0.8)) {
    const { id: extensionId } = random.pick(free.length > 0 ? free : extensions);
    const skills = SKILLS.map((skill) => ({
      name: skill,
      score: random.integer(1, 3),
      enabled: random.chance(0.8),
    }));
    return { type: 'log-in', app, name, num: null, extensionId, state: 'idle', skills };
  }
  if (random.chance(0.2)) return aboutTheQueue(random, world, { app, name });
  const roll = random.number();
  if (roll < 0.35) return { type: 'keep-alive', app, name };
  if (roll < 0.5) {
    const state = random.pick(['idle', 'idle', 'idle', 'busy/paperwork', 'away'] as const);
    return { type: 'set-state', app, name, state };
  }
  if (roll < 0.53) return { type: 'log-out', app, name, force: random.chance(0.5) };
  if (extensions.length > 0) {
    const { id: extensionId } = random.pick(extensions);
    if (roll < 0.55) return { type: 'bind-extension', app, name, extensionId };
    if (roll < 0.57) return { type: 'delete-extension', app, extensionId };
  }
  const conversations = [...world.conversations.values()];
  if (conversations.length === 0) return { type: 'keep-alive', app, name };
  return onConversation(random, world, { app, name, mode });
}

type ByAgent = { readonly app: AppId; readonly name: AgentName };

function aboutTheQueue(random: SeededRandom, world: World, { app, name }: ByAgent): Input<CommandType> {
  const conditions = conditionsOf(world, app);
  if (conditions.length < 2) return { type: 'create-condition', app, ...someRule(random) };
  const conditionId = random.pick(conditions);
  const tasks = [...world.queueTasks.values()];
  const roll = random.number();
  if (roll < 0.2) return { type: 'change-condition', app, conditionId, ...someRule(random) };
  if (roll < 0.25) return { type: 'delete-condition', app, conditionId };
  if (roll < 0.5) {
    const skill = random.pick(SKILLS);
    const add = { do: 'add', name: skill, score: random.integer(0, 3), enabled: random.chance(0.7) } as const;
    return { type: 'set-skills', app, name, changes: [random.chance(0.8) ? add : { do: 'delete', name: skill }] };
  }
  if (roll < 0.6) {
    return { type: 'put-plan', app, name: NIGHT, text: '', enqueue: someEnqueue(random, conditions) };
  }
  if (roll < 0.65) return { type: 'delete-plan', app, name: NIGHT };
  if (tasks.length === 0) return { type: 'keep-alive', app, name };
  const { id: taskId } = random.pick(tasks);
  if (roll < 0.75) return { type: 'cancel-task', app, taskId };
  return { type: 'set-task-priority', app, taskId, priority: random.integer(-5, 5) };
}

function conditionsOf(world: World, app: AppId): readonly ConditionId[] {
  return [...world.conditions.values()].filter((each) => each.app === app).map(({ id }) => id);
}

/** Some fail on some agents, and some look at the time. */
const WHERES = [
  'true',
  'has("sales")',
  'get("sales") >= 2 || has("french")',
  '6 / get("sales") > 2',
  'idle() > 8',
];
const SORTS = [null, 'get("sales")', 'idle()', '1 / get("french")'];

function someRule(random: SeededRandom): ConditionRule {
  const sort = random.pick(SORTS);
  return {
    where: expressionOf(random.pick(WHERES), 'boolean'),
    sort: sort === null ? null : expressionOf(sort, 'number'),
    priority: random.integer(0, 3),
    queueTimeoutSeconds: random.integer(1, 60),
    fetchTimeoutSeconds: random.integer(2, 40),
    remark: null,
  };
}

function onConversation(
  random: SeededRandom,
  world: World,
  { app, name, mode }: { readonly app: AppId; readonly name: AgentName; readonly mode: ListenSpeakMode },
): Input<CommandType> {
  const conversation = random.pick([...world.conversations.values()]);
  const conversationId = conversation.id;
  const its = { app: random.chance(0.95) ? conversation.app : app, conversationId };
  const roll = random.number();
  if (roll < 0.35) return { type: 'invite-out', ...its, mode, ...someOutsideCall(random) };
  if (roll < 0.6) {
    const conditions = conditionsOf(world, conversation.app);
    return { type: 'invite-agent', ...its, enqueue: someEnqueue(random, conditions), mode };
  }
  if (roll < 0.72) return { type: 'set-agent-mode', ...its, name, mode };
  const calls = conversation.members.map(({ callId }) => callId);
  if (roll < 0.93) return { type: 'set-call-mode', ...its, callId: random.pick(calls), mode };
  return { type: 'dissolve', ...its };
}

function someLine(random: SeededRandom): Input<'create-extension'>['line'] {
  const telnum = `+86138${random.integer(10_000_000, 99_999_999)}` as PhoneNumber;
  const roll = random.number();
  if (roll < 0.6) return { type: '1', user: random.pick(USERS), digest: '0'.repeat(32) };
  if (roll < 0.8) return { type: '3', telnum };
  return { type: '2', ipaddr: '192.0.2.7' as GatewayAddress, telnum: random.chance(0.5) ? telnum : null };
}

function someOutsideCall(random: SeededRandom): OutsideCall {
  return {
    to: '+8613800000000' as PhoneNumber,
    from: null,
    ringSeconds: random.integer(2, 60),
    talkSeconds: random.integer(1, 100),
  };
}

export function someEnqueue(random: SeededRandom, conditions: readonly ConditionId[] = []): Enqueue {
  const routes = Array.from({ length: random.integer(1, 2) }, () => ({
    targets: someTargets(random, conditions),
  }));
  const voice = (): Sound | null => random.pick([null, null, 'welcome.wav' as Sound, 'sound:beep' as Sound]);
  return {
    ...agentEnqueue('ann' as AgentName),
    routes,
    choice: random.pick<Choice>(['random', 'lru', 'order', 'all']),
    reserveState: random.pick(['idle', 'idle', 'idle', 'busy']),
    failOverflow: random.chance(0.4),
    conversationLevel: random.chance(0.8) ? 2 : 1,
    conversationTimeoutSeconds: random.chance(0.7) ? 21_600 : random.integer(1, 60),
    priority: random.integer(-1, 3),
    ringMode: random.integer(1, 5) as RingMode,
    waitVoice: voice(),
    ringVoice: voice(),
    holdVoice: voice(),
    playNum: random.chance(0.3),
    preNumVoice: voice(),
  };
}

function someTargets(random: SeededRandom, conditions: readonly ConditionId[]): readonly Target[] {
  if (conditions.length > 0 && random.chance(0.4)) {
    return Array.from({ length: random.integer(1, 2) }, () => ({
      kind: 'condition',
      id: random.pick(conditions),
    }));
  }
  const isSkill = random.chance(0.4);
  return Array.from({ length: random.integer(1, 2) }, () => {
    const waiting = {
      priority: random.integer(0, 2),
      queueTimeoutSeconds: random.chance(0.3) ? null : random.integer(0, 60),
      fetchTimeoutSeconds: random.integer(2, 40),
    };
    return isSkill
      ? { kind: 'skill' as const, name: random.pick(SKILLS), ...waiting }
      : { kind: 'agent' as const, name: random.pick(AGENTS), ...waiting };
  });
}
