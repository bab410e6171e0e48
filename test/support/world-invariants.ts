import type { Agent } from '../../src/domain/agent/agent';
import { MAX_MEMBERS, present } from '../../src/domain/conversation/conversation';
import { HELD } from '../../src/domain/conversation/listen-speak-mode';
import type { Instant } from '../../src/domain/ids';
import type { Target } from '../../src/domain/queue/enqueue';
import { currentRoute, legsOf, type QueueTask } from '../../src/domain/queue/queue-task';
import type { World } from '../../src/domain/world';

type Invariant = (world: World, at: Instant) => boolean;

const sorted = (items: Iterable<string>): string => [...items].sort().join(' ');

/** What must hold after every single input, whatever happened before it. */
const INVARIANTS: Readonly<Record<string, Invariant>> = {
  'a call lists the conversations that list it': ({ calls, conversations }) =>
    sorted([...calls.values()].flatMap(({ id, memberOf }) => memberOf.map((each) => `${each}-${id}`))) ===
    sorted(
      [...conversations.values()].flatMap((each) => present(each).map(({ callId }) => `${each.id}-${callId}`)),
    ),

  'an agent has the call that has the agent': ({ agents, calls }) =>
    sorted([...agents.values()].flatMap(({ id, callId }) => (callId === null ? [] : [`${id}-${callId}`]))) ===
    sorted(
      [...calls.values()].flatMap(({ id, party }) => (party.kind === 'agent' ? [`${party.agentId}-${id}`] : [])),
    ),

  'a queue task has the legs that ring for it': ({ queueTasks, calls }) =>
    sorted(
      [...queueTasks.values()].flatMap((task) => legsOf(task).map(({ callId }) => `${task.id}-${callId}`)),
    ) ===
    sorted(
      [...calls.values()].flatMap(({ id, stage }) =>
        stage.at === 'ringing' && stage.onAnswer.then === 'serve' ? [`${stage.onAnswer.taskId}-${id}`] : [],
      ),
    ),

  'a queue task has the caller who waits for it': ({ queueTasks, calls }) =>
    sorted(
      [...queueTasks.values()].flatMap(({ id, origin }) =>
        origin.from === 'caller' ? [`${id}-${origin.callId}`] : [],
      ),
    ) ===
    sorted(
      [...calls.values()].flatMap(({ id, stage }) => (stage.at === 'queued' ? [`${stage.taskId}-${id}`] : [])),
    ),

  'a conversation has invited whoever is on its way to it': ({ conversations, queueTasks, calls }) =>
    sorted([...conversations.values()].flatMap(({ id, invited }) => invited.map((each) => `${id}-${each}`))) ===
    sorted([
      ...[...queueTasks.values()].flatMap((task) =>
        task.conversationId === null ? [] : [`${task.conversationId}-${task.id}`],
      ),
      ...[...calls.values()].flatMap(({ id, stage }) =>
        stage.at === 'ringing' && stage.onAnswer.then === 'join' ? [`${stage.onAnswer.conversationId}-${id}`] : [],
      ),
    ]),

  'an extension is bound to the agent that has it': ({ agents, extensions }) =>
    sorted([...agents.values()].map(({ id, extensionId }) => `${id}-${extensionId}`)) ===
    sorted([...extensions.values()].flatMap(({ id, boundTo }) => (boundTo === null ? [] : [`${boundTo}-${id}`]))),

  'every index finds what is there, and nothing else': ({ calls, callOnChannel, extensions, extensionOfUser }) =>
    sorted([...callOnChannel].map(([channelId, id]) => `${channelId}-${id}`)) ===
      sorted([...calls.values()].map(({ channelId, id }) => `${channelId}-${id}`)) &&
    sorted([...extensionOfUser].map(([user, id]) => `${user}-${id}`)) ===
      sorted(
        [...extensions.values()].flatMap(({ id, line }) => (line.type === '1' ? [`${line.user}-${id}`] : [])),
      ),

  'a call is active in one conversation at most': ({ calls, conversations }) =>
    [...calls.values()].every(
      ({ id, memberOf }) =>
        memberOf
          .flatMap((each) => present(conversations.get(each)!))
          .filter(({ callId, mode }) => callId === id && mode !== HELD).length <= 1,
    ),

  'a call sits in the bridge of the conversation that it is active in': ({ calls, conversations }) =>
    [...calls.values()].every(({ id, memberOf, stage, placement }) => {
      if (stage.at === 'ringing') return placement === null;
      if (stage.at === 'ending') return true;
      const active = memberOf
        .map((each) => conversations.get(each)!)
        .find((each) => present(each).some(({ callId, mode }) => callId === id && mode !== HELD));
      const waitsOutside = stage.at === 'queued' && !stage.answered && placement?.bridgeId === null;
      return waitsOutside || (placement !== null && placement.bridgeId === (active?.bridgeId ?? null));
    }),

  'an agent has a leg exactly while it is fetched or talks': ({ agents, calls }) =>
    [...agents.values()].every(({ state, callId }) => {
      if (callId === null) return state !== 'fetching' && state !== 'talking';
      const { at } = calls.get(callId)!.stage;
      return state === 'fetching' ? at !== 'up' : state === 'talking' && at !== 'ringing';
    }),

  'nobody waits beside an agent that fits': (world, at) =>
    [...world.queueTasks.values()].every(
      (task) =>
        task.phase.at !== 'waiting' ||
        ![...world.agents.values()].some(
          (agent) =>
            agent.app === task.app &&
            isFree(world, agent, at) &&
            currentRoute(task).targets.some((target) => isWaitedFor(task, target, agent, at)),
        ),
    ),

  'every call is a member, on its way, waiting, or ending': ({ calls }) =>
    [...calls.values()].every(({ stage, memberOf }) => stage.at !== 'up' || memberOf.length > 0),

  'every conversation has a member, and another one or one who may come': ({ conversations }) =>
    [...conversations.values()].every(
      (each) => present(each).length > 0 && present(each).length + each.invited.length > 1,
    ),

  'no conversation has more members than it may': ({ conversations }) =>
    [...conversations.values()].every(
      (each) => present(each).length + each.invited.length <= each.maxMembers && each.maxMembers <= MAX_MEMBERS,
    ),

  'no two conversations share a bridge': ({ conversations }) =>
    new Set([...conversations.values()].map(({ bridgeId }) => bridgeId)).size === conversations.size,

  'what is live has not ended': ({ conversations }) =>
    [...conversations.values()].every(({ stage }) => stage.at !== 'ended'),
};

function isFree({ extensions, settings }: World, agent: Agent, at: Instant): boolean {
  const isFresh = agent.keptAliveAt + settings.keepaliveSeconds * 1000 > at;
  return agent.state === 'idle' && isFresh && extensions.get(agent.extensionId)!.enabled;
}

function isWaitedFor({ routeSince }: QueueTask, target: Target, agent: Agent, at: Instant): boolean {
  if (target.kind === 'condition') return false;
  if (target.queueTimeoutSeconds !== null && routeSince + target.queueTimeoutSeconds * 1000 <= at) return false;
  if (target.kind === 'agent') return target.name === agent.name;
  return agent.skills.some(({ name, enabled }) => name === target.name && enabled);
}

/** The names of all that does not hold. */
export function brokenInvariants(world: World, at: Instant): readonly string[] {
  return Object.entries(INVARIANTS).flatMap(([name, holds]) => (holds(world, at) ? [] : [name]));
}
