import type { Call } from '../../src/domain/call/call';
import { present } from '../../src/domain/conversation/conversation';
import { accountOf } from '../../src/domain/extension/extension';
import { sameHearing, samePlacement } from '../../src/domain/conversation/listen-speak-mode';
import type { CallId, Instant } from '../../src/domain/ids';
import { legsOf } from '../../src/domain/queue/queue-task';
import { dueAt, type Change, type World } from '../../src/domain/world';
import { counts, wantedPlacement, wantedUnderTalk } from '../support/plain-hearing';
import { isSelectable, isTimed, openLinesOf, rankFor } from '../support/plain-queue';

/** What breaks the rule, if anything does. */
type Invariant = (world: World, now: Instant) => readonly string[];

/** What must hold after every single input, whatever happened before it. */
export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  'a call is active in one conversation at most': (world) =>
    breaking(world.calls, ({ id, memberOf }) => {
      const seats = memberOf.flatMap((each) => present(world.conversations.get(each)!));
      return seats.filter((member) => member.callId === id && member.mode !== 4).length <= 1;
    }),
  'whose phone brings it back is an agent, and active nowhere': (world) =>
    breaking(world.calls, ({ id, party, memberOf, phoneHold }) => {
      const seats = memberOf.flatMap((each) => present(world.conversations.get(each)!));
      const isActive = seats.some((member) => member.callId === id && member.mode !== 4);
      return phoneHold === null || (party.kind === 'agent' && !isActive);
    }),
  'calls and conversations agree on who is in': (world) => {
    const byCall = [...world.calls.values()].flatMap(({ id, memberOf }) => memberOf.map((of) => `${id} ${of}`));
    const byConversation = [...world.conversations.values()].flatMap((conversation) =>
      present(conversation).map(({ callId }) => `${callId} ${conversation.id}`),
    );
    return difference(byCall, byConversation);
  },
  'each conversation has two parties or more, and no more than it may have': (world) =>
    breaking(world.conversations, ({ members, invited, maxMembers }) => {
      const here = present({ members });
      const talking = here.filter(counts).length;
      const coming = invited.filter((id) => !comesToListen(world, id as CallId)).length;
      const seats = here.length + invited.length;
      return talking >= 1 && talking + coming >= 2 && seats <= maxMembers && maxMembers <= 8;
    }),
  'whoever is invited rings, or is looked for, for this conversation': (world) => {
    const byConversation = [...world.conversations.values()].flatMap(({ id, invited }) =>
      invited.map((each) => `${id} ${each}`),
    );
    const byCall = [...world.calls.values()].flatMap(({ id, stage }) =>
      stage.at === 'ringing' && stage.onAnswer.then === 'join' ? `${stage.onAnswer.conversationId} ${id}` : [],
    );
    const byTask = [...world.queueTasks.values()].flatMap(({ id, conversationId }) =>
      conversationId === null ? [] : `${conversationId} ${id}`,
    );
    return difference(byConversation, [...byCall, ...byTask]);
  },
  'every live call has a reason': (world) => breaking(world.calls, (call) => hasReason(world, call)),
  'a task rings its agents, and a caller waits for one task': (world) =>
    breaking(world.queueTasks, (task) => {
      const { id, phase, origin, conversationId } = task;
      const legs = legsOf(task).map(({ callId }) => world.calls.get(callId)?.stage);
      const ringsOn = legs.every(
        (stage) => stage?.at === 'ringing' && stage.onAnswer.then === 'serve' && stage.onAnswer.taskId === id,
      );
      const waiter = origin.from === 'caller' ? world.calls.get(origin.callId)?.stage : undefined;
      const hasBegun = world.conversations.get(conversationId!)?.stage.at === 'begun';
      const isWaitedFor =
        origin.from === 'conversation' || hasBegun || (waiter?.at === 'queued' && waiter.taskId === id);
      return ringsOn && isWaitedFor && (phase.at !== 'ringing' || (legs.length > 0 && conversationId !== null));
    }),
  'nobody is looked for on behalf of a caller who is gone': (world) =>
    breaking(world.queueTasks, ({ origin }) => origin.from === 'conversation' || world.calls.has(origin.callId)),
  'whoever waits has nobody to talk to yet': (world) =>
    breaking(world.calls, ({ stage, memberOf }) => {
      const conversations = memberOf.map((each) => world.conversations.get(each)!);
      return stage.at !== 'queued' || conversations.every((each) => each.stage.at === 'gathering');
    }),
  'where two are active the conversation has begun': (world) =>
    breaking(world.conversations, ({ members, stage }) => {
      const active = present({ members }).filter((each) => counts(each) && each.mode !== 4);
      return active.length < 2 || stage.at === 'begun';
    }),
  'a task that is to start waits for the end of a leg': (world) => {
    const coming = [...world.calls.values()].flatMap(({ stage }) => (stage.at === 'ending' ? [stage.then] : []));
    return breaking(world.queueTasks, ({ id, phase }) => phase.at !== 'starting' || coming.includes(id));
  },
  'no agent rings for two tasks': (world) => {
    const rung = [...world.queueTasks.values()].flatMap((task) => legsOf(task).map(({ agentId }) => agentId));
    return rung.filter((agent, index) => rung.indexOf(agent) !== index);
  },
  'an agent is occupied exactly while it has a leg, and the leg is its own': (world) => [
    ...breaking(world.agents, ({ id, state, callId }) => {
      const call = callId === null ? undefined : world.calls.get(callId);
      const isOwn = call?.party.kind === 'agent' && call.party.agentId === id;
      const isRight = call?.stage.at !== 'ringing' || state === 'fetching';
      const isOccupied = state === 'fetching' || state === 'talking';
      return isOccupied ? isOwn && isRight && (call.stage.at !== 'up' || state === 'talking') : callId === null;
    }),
    ...breaking(
      world.calls,
      ({ id, party }) => party.kind !== 'agent' || world.agents.get(party.agentId)?.callId === id,
    ),
  ],
  'agents and extensions agree on who sits where': (world) =>
    difference(
      [...world.agents.values()].map(({ id, extensionId }) => `${id} ${extensionId}`),
      [...world.extensions.values()].flatMap(({ id, boundTo }) => (boundTo === null ? [] : `${boundTo} ${id}`)),
    ),
  'channels and users lead to what has them': (world) => [
    ...difference(
      [...world.callOnChannel].map(([channelId, id]) => `${channelId} ${id}`),
      [...world.calls.values()].map(({ channelId, id }) => `${channelId} ${id}`),
    ),
    ...difference(
      [...world.extensionOfUser].map(([user, id]) => `${user} ${id}`),
      [...world.extensions.values()].flatMap((each) => {
        const account = accountOf(each);
        return account === null ? [] : `${account.user} ${each.id}`;
      }),
    ),
  ],
  'nothing of one application is in another': (world) =>
    breaking(world.conversations, ({ app, members }) =>
      present({ members }).every(({ callId }) => world.calls.get(callId)?.app === app),
    ),
  'every leg was put where its modes want it': (world) =>
    breaking(world.calls, (call) => {
      if (call.stage.at === 'ringing' || call.stage.at === 'ending') return true;
      return samePlacement(call.placement, wantedPlacement(world, call));
    }),
  /** Whom time alone makes fit is found when the condition is next looked at. */
  'nobody waits beside an idle agent that fits': (world, now) =>
    [...world.queueTasks.values()].flatMap((task) => {
      if (task.phase.at !== 'waiting') return [];
      const lines = openLinesOf(task, now).filter((line) => !isTimed(world, line));
      const fitting = [...world.agents.values()].filter(
        (agent) =>
          isSelectable(world, agent, now) && lines.some((line) => rankFor(world, agent, line, now) !== undefined),
      );
      return fitting.map(({ id }) => `${task.id} beside ${id}`);
    }),
  'everybody hears under their talk what they should': (world) =>
    breaking(world.conversations, (conversation) =>
      sameHearing(conversation.underTalk, wantedUnderTalk(world, conversation)),
    ),
};

/** Which are broken, and by what. */
export function brokenInvariants(world: World, now: Instant): readonly string[] {
  return Object.entries(INVARIANTS).flatMap(([name, broken]) => {
    const culprits = broken(world, now);
    return culprits.length > 0 ? [`broken: ${name}: ${culprits.join('; ')}`] : [];
  });
}

/**
 * To be asked when everything of this moment has happened. What lives in Asterisk is judged only while it is known what
 * happens there. @throws Error that names what should have come to its end.
 */
export function checkDeadlines(
  world: World,
  now: Instant,
  { knowsAsterisk }: { readonly knowsAsterisk: boolean },
): void {
  const isJudged = ({ kind }: Change): boolean => knowsAsterisk || kind === 'agents' || kind === 'conditions';
  const late = allChanges(world).filter(
    (change) => isJudged(change) && (dueAt(change, world.settings) ?? Infinity) < now,
  );
  if (late.length > 0)
    throw new Error(`overlooked: ${late.map(({ kind, value }) => `${kind} ${value.id}`).join()}`);
}

function hasReason(world: World, { id, stage, memberOf, party }: Call): boolean {
  switch (stage.at) {
    case 'queued': {
      const task = world.queueTasks.get(stage.taskId);
      return task?.origin.from === 'caller' && task.origin.callId === id;
    }
    case 'ringing': {
      const { onAnswer } = stage;
      switch (onAnswer.then) {
        case 'join':
          return world.conversations.get(onAnswer.conversationId)?.invited.includes(id) === true;
        case 'call':
          return party.kind === 'agent';
        case 'whisper':
          return isEar(world, id, party);
        case 'serve': {
          const task = world.queueTasks.get(onAnswer.taskId);
          return party.kind === 'agent' && task !== undefined && legsOf(task).some(({ callId }) => callId === id);
        }
      }
    }
    // falls through
    case 'up':
      return memberOf.length > 0 || isEar(world, id, party);
    case 'ending':
      return true;
  }
}

function isEar(world: World, id: CallId, party: Call['party']): boolean {
  return party.kind === 'ear' && world.calls.get(party.coach)?.whisper?.earId === id;
}

function comesToListen(world: World, id: CallId): boolean {
  const stage = world.calls.get(id)?.stage;
  return stage?.at === 'ringing' && stage.onAnswer.then === 'join' && stage.onAnswer.role.as === 'supervisor';
}

function allChanges(world: World): readonly Change[] {
  const kinds = ['calls', 'queueTasks', 'conversations', 'agents', 'conditions'] as const;
  return kinds.flatMap((kind) =>
    [...world[kind].values()].map((value) => ({ kind, value, live: true }) as Change),
  );
}

function breaking<Item extends { readonly id: string }>(
  items: ReadonlyMap<string, Item>,
  isRight: (item: Item) => boolean,
): readonly string[] {
  return [...items.values()].filter((item) => !isRight(item)).map((item) => JSON.stringify(item));
}

/** What stands in one list only. */
function difference(one: readonly string[], other: readonly string[]): readonly string[] {
  const [first, second] = [new Set(one), new Set(other)];
  return [...one.filter((each) => !second.has(each)), ...other.filter((each) => !first.has(each))];
}
