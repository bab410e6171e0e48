import { agentId } from '../../src/domain/agent/agent';
import type { ListenSpeakMode } from '../../src/domain/conversation/listen-speak-mode';
import type { AgentName, AppId, GatewayAddress, PhoneNumber } from '../../src/domain/ids';
import type { CommandType, Input } from '../../src/domain/input';
import type { ConditionRule } from '../../src/domain/queue/condition';
import type { World } from '../../src/domain/world';
import { expressionOf } from '../support/expressions';
import { AGENTS, DEFAULT, NIGHT, OTHER, SKILLS, USERS, type Cast } from './cast';
import { conditionsOf, someEnqueue } from './random-documents';
import { someOperation, someOutsideCall } from './random-operations';
import type { SeededRandom } from './seeded-random';

/** What somebody might ask next, as the world is now: mostly what makes sense, sometimes what does not. */
export function someCommand(random: SeededRandom, world: World, cast: Cast): Input<CommandType> {
  const app = random.chance(cast.elsewhere) ? OTHER : DEFAULT;
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
    const num = random.chance(0.5) ? String(random.integer(1000, 9999)) : null;
    const state = random.pick(['idle', 'idle', 'idle', 'online', 'busy/paperwork', 'away'] as const);
    return { type: 'log-in', app, name, num, extensionId, state, skills };
  }
  const operation = random.chance(cast.operations) ? someOperation(random, world, app) : undefined;
  if (operation !== undefined) return operation;
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
  if (roll < 0.96) return { type: 'set-call-mode', ...its, callId: random.pick(calls), mode };
  return { type: 'dissolve', ...its };
}

function someLine(random: SeededRandom): Input<'create-extension'>['line'] {
  const telnum = `+86138${random.integer(10_000_000, 99_999_999)}` as PhoneNumber;
  const roll = random.number();
  if (roll < 0.6) return { type: '1', user: random.pick(USERS), digest: '0'.repeat(32) };
  if (roll < 0.8) return { type: '3', telnum };
  return { type: '2', ipaddr: '192.0.2.7' as GatewayAddress, telnum: random.chance(0.5) ? telnum : null };
}
