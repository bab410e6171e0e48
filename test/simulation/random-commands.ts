import { agentId } from '../../src/domain/agent/agent';
import type { OutsideCall } from '../../src/domain/call/call';
import type { ListenSpeakMode } from '../../src/domain/conversation/listen-speak-mode';
import type { AgentName, AppId, PhoneNumber, SipUser } from '../../src/domain/ids';
import type { CommandType, Input } from '../../src/domain/input';
import { agentEnqueue, type Choice, type Enqueue, type Target } from '../../src/domain/queue/enqueue';
import type { World } from '../../src/domain/world';
import type { SeededRandom } from './seeded-random';

export const DEFAULT = 'default' as AppId;
export const OTHER = 'other' as AppId;
export const SKILLS = ['sales', 'french'];
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
  if (roll < 0.6) return { type: 'invite-agent', ...its, enqueue: someEnqueue(random), mode };
  if (roll < 0.72) return { type: 'set-agent-mode', ...its, name, mode };
  const calls = conversation.members.map(({ callId }) => callId);
  if (roll < 0.93) return { type: 'set-call-mode', ...its, callId: random.pick(calls), mode };
  return { type: 'dissolve', ...its };
}

function someLine(random: SeededRandom): Input<'create-extension'>['line'] {
  return random.chance(0.8)
    ? { type: '1', user: random.pick(USERS), digest: '0'.repeat(32) }
    : { type: '3', telnum: `+86138${random.integer(10_000_000, 99_999_999)}` as PhoneNumber };
}

function someOutsideCall(random: SeededRandom): OutsideCall {
  return {
    to: '+8613800000000' as PhoneNumber,
    from: null,
    ringSeconds: random.integer(2, 60),
    talkSeconds: random.integer(1, 100),
  };
}

export function someEnqueue(random: SeededRandom): Enqueue {
  const routes = Array.from({ length: random.integer(1, 2) }, () => ({ targets: someTargets(random) }));
  return {
    ...agentEnqueue('ann' as AgentName),
    routes,
    choice: random.pick<Choice>(['random', 'lru', 'order', 'all']),
    reserveState: random.pick(['idle', 'idle', 'idle', 'busy']),
    failOverflow: random.chance(0.4),
    conversationLevel: random.chance(0.8) ? 2 : 1,
    conversationTimeoutSeconds: random.chance(0.7) ? 21_600 : random.integer(1, 60),
    priority: random.integer(-1, 3),
  };
}

function someTargets(random: SeededRandom): readonly Target[] {
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
