import type { Agent } from '../../src/domain/agent/agent';
import type { Call } from '../../src/domain/call/call';
import type { Effect } from '../../src/domain/effect';
import type { AgentName, AppId, CallId, ChannelId, PhoneNumber } from '../../src/domain/ids';
import type { CommandType, Input, Stamp } from '../../src/domain/input';
import { isEvent, type Notification } from '../../src/domain/notification';
import {
  agentEnqueue,
  type AgentTarget,
  type Enqueue,
  type SkillTarget,
  type Waiting,
} from '../../src/domain/queue/enqueue';
import { Refusal, type RefusalReason } from '../../src/domain/refusal';
import type { Aggregates, World } from '../../src/domain/world';
import { APP, atTheirPhones, aWorld, givenACaller, only, when } from './worlds';

export const OTHER_APP = 'other' as AppId;
export const ANN = 'ann' as AgentName;
export const BOB = 'bob' as AgentName;
export const CAL = 'cal' as AgentName;

type OnChannel = { readonly channelId: ChannelId };

export const answered = ({ channelId }: OnChannel): Input<'leg-answered'> => ({ type: 'leg-answered', channelId });

export const alerting = ({ channelId }: OnChannel): Input<'leg-alerting'> => ({ type: 'leg-alerting', channelId });

export const ended = ({ channelId }: OnChannel, cause = 16): Input<'leg-ended'> => ({
  type: 'leg-ended',
  channelId,
  cause,
});

export const held = ({ channelId }: OnChannel): Input<'leg-held'> => ({ type: 'leg-held', channelId });

export const resumed = ({ channelId }: OnChannel): Input<'leg-resumed'> => ({ type: 'leg-resumed', channelId });

export const replaced = ({ channelId }: OnChannel, by: ChannelId): Input<'leg-replaced'> => ({
  type: 'leg-replaced',
  channelId,
  by,
  how: 'take-over',
});

export const handedOn = (leg: OnChannel, by: ChannelId): Input<'leg-replaced'> => ({
  ...replaced(leg, by),
  how: 'transfer',
});

export const due = (kind: Input<'due'>['kind'], { id }: { readonly id: string }): Input<'due'> => ({
  type: 'due',
  kind,
  id,
});

/** Why a command is refused. @throws Error when it is not. */
export function refusal(world: World, command: Input<CommandType>, stamp: Partial<Stamp> = {}): RefusalReason {
  try {
    when(world, command, stamp);
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
  throw new Error(`${command.type} was not refused`);
}

export function theAgent(world: World, name: AgentName = ANN): Agent {
  return only([...world.agents.values()].filter((agent) => agent.name === name));
}

/** The one leg of an agent. */
export function legOf(world: World, name: AgentName = ANN): Call {
  const calls = [...world.calls.values()];
  return only(calls.filter(({ party }) => party.kind === 'agent' && party.name === name));
}

/** The call as the world has it now. */
export function now<Kind extends 'calls' | 'conversations' | 'queueTasks' | 'agents' | 'extensions'>(
  world: World,
  kind: Kind,
  { id }: Pick<Aggregates[Kind], 'id'>,
): Aggregates[Kind] {
  const value = (world[kind] as unknown as ReadonlyMap<string, Aggregates[Kind]>).get(id);
  if (value === undefined) throw new Error(`${kind}: no ${id}`);
  return value;
}

/** What an input that changes nothing comes to. */
export const NOTHING = { changes: [], effects: [], notifications: [], faults: [], reports: [], answer: undefined };

export function agentTarget(name: AgentName, waiting: Partial<Waiting> = {}): AgentTarget {
  return { kind: 'agent', name, priority: 0, queueTimeoutSeconds: null, fetchTimeoutSeconds: 50, ...waiting };
}

export function skillTarget(name: string, waiting: Partial<Waiting> = {}): SkillTarget {
  return { kind: 'skill', name, priority: 0, queueTimeoutSeconds: null, fetchTimeoutSeconds: 50, ...waiting };
}

/** A document with these routes, one for each list. */
export function routing(
  routes: readonly (readonly (AgentTarget | SkillTarget)[])[],
  changes: Partial<Enqueue> = {},
): Enqueue {
  return { ...agentEnqueue(ANN), routes: routes.map((targets) => ({ targets })), ...changes };
}

/** An enqueue request for these targets, of one route. */
export function asking(
  targets: readonly (AgentTarget | SkillTarget)[],
  changes: Partial<Enqueue> = {},
): { readonly by: 'enqueue'; readonly enqueue: Enqueue } {
  return { by: 'enqueue', enqueue: routing([targets], changes) };
}

export function inviteOut(
  { id }: Pick<Aggregates['conversations'], 'id'>,
  changes: Partial<Input<'invite-out'>> = {},
): Input<'invite-out'> {
  return {
    type: 'invite-out',
    app: APP,
    conversationId: id,
    to: '13700000000' as PhoneNumber,
    from: null,
    ringSeconds: 45,
    talkSeconds: 3600,
    mode: 1,
    ...changes,
  };
}

export function inviteAgent(
  { id }: Pick<Aggregates['conversations'], 'id'>,
  enqueue: Enqueue = agentEnqueue(BOB),
  changes: Partial<Input<'invite-agent'>> = {},
): Input<'invite-agent'> {
  return { type: 'invite-agent', app: APP, conversationId: id, enqueue, mode: 1, ...changes };
}

export function logOut(name: AgentName = ANN, force = true): Input<'log-out'> {
  return { type: 'log-out', app: APP, name, force };
}

export function dissolve({ id }: Pick<Aggregates['conversations'], 'id'>): Input<'dissolve'> {
  return { type: 'dissolve', app: APP, conversationId: id };
}

/** The members of a conversation who have not left. */
export function membersOf({ members }: Pick<Aggregates['conversations'], 'members'>): readonly CallId[] {
  return members.flatMap(({ callId, until }) => (until === null ? [callId] : []));
}

/** The events in short: `queue.fail hangup`, `state_changed ann idle>fetching`. */
export function told(notifications: readonly Notification[]): readonly string[] {
  return inShort(notifications.filter(({ event }) => isEvent(event)));
}

/** What stands in journals alone, in the same way: `call_failed 13800000000 17`. */
export function journaled(notifications: readonly Notification[]): readonly string[] {
  return inShort(notifications.filter(({ event }) => !isEvent(event)));
}

function inShort(notifications: readonly Notification[]): readonly string[] {
  return notifications.map((each) => {
    const name = each.event.replace(/^callcenter\.(agent\.|conversation\.)?/, '');
    switch (each.event) {
      case 'callcenter.queue.select':
      case 'callcenter.queue.success':
        return `${name} ${each.agentName}`;
      case 'callcenter.queue.fail':
        return `${name} ${each.cause}`;
      case 'callcenter.agent.state_changed':
        return `${name} ${each.name} ${each.previousState}>${each.latestState}`;
      case 'callcenter.agent.conversation_changed':
        return `${each.type} ${each.name}`;
      case 'callcenter.conversation.end':
        return `${name} ${each.endReason}`;
      case 'callcenter.conversation.call_failed':
        return `${name} ${each.telnumber} ${each.cause}`;
      case 'callcenter.conversation.mode_changed':
        return `${name} ${each.mode}`;
      case 'callcenter.conversation.begin':
      case 'callcenter.conversation.parts_changed':
        return name;
    }
  });
}

/** The channels that are hung up. */
export function hungUp(effects: readonly Effect[]): readonly ChannelId[] {
  return effects.flatMap((effect) => (effect.do === 'hang-up' ? [effect.channelId] : []));
}

/** The variables with which a caller goes on in the dialplan, as far as they say something; undefined: none goes on. */
export function released(effects: readonly Effect[]): Readonly<Record<string, string>> | undefined {
  const found = effects.flatMap((effect) => (effect.do === 'release' ? [effect.variables] : []));
  if (found.length === 0) return undefined;
  return Object.fromEntries(Object.entries(only(found)).filter(([, value]) => value !== ''));
}

/** A caller for whom the agent's phone rings. */
export function aRingingAgent(changes: Parameters<typeof givenACaller>[1] = {}) {
  const world = aWorld(atTheirPhones({}));
  const { channelId, taskId, call } = givenACaller(world, changes);
  return { world, channelId, taskId, call, leg: legOf(world), conversation: only(world.conversations.values()) };
}
