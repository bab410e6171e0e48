import { MAX_MEMBERS, memberOn, present } from '../../src/domain/conversation/conversation';
import { HELD, sameHearing, samePlacement } from '../../src/domain/conversation/listen-speak-mode';
import type { Call } from '../../src/domain/call/call';
import type { CallId, Instant } from '../../src/domain/ids';
import { accountOf } from '../../src/domain/extension/extension';
import { legsOf } from '../../src/domain/queue/queue-task';
import { Numbered, type Turn } from '../../src/domain/queue/turns';
import { apply, emptyWorld, type Change, type World } from '../../src/domain/world';
import { counts, wantedPlacement, wantedUnderTalk } from './plain-hearing';
import { changesByTime, isSelectable, isTimed, linesOf, openLinesOf, rankFor } from './plain-queue';

type Invariant = (world: World, at: Instant) => boolean;

const sorted = (items: Iterable<string>): string => [...items].sort().join(' ');

/** What must hold after every single input, whatever happened before it. */
const INVARIANTS: Readonly<Record<string, Invariant>> = {
  'a call lists the conversations that list it': ({ calls, conversations }) =>
    sorted([...calls.values()].flatMap(({ id, memberOf }) => memberOf.map((each) => `${each}-${id}`))) ===
    sorted(
      [...conversations.values()].flatMap((each) => present(each).map(({ callId }) => `${each.id}-${callId}`)),
    ),

  'whose phone brings it back is an agent, and active nowhere': ({ calls, conversations }) =>
    [...calls.values()].every(({ id, party, memberOf, phoneHold }) => {
      const seats = memberOf.flatMap((each) => present(conversations.get(each)!));
      const isActive = seats.some((member) => member.callId === id && member.mode !== HELD);
      return phoneHold === null || (party.kind === 'agent' && !isActive);
    }),

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

  'a queue task that is to start has the leg that it waits for': ({ queueTasks, calls }) => {
    const started = [...calls.values()].flatMap(({ stage }) => (stage.at === 'ending' ? [stage.then] : []));
    return [...queueTasks.values()].every(({ id, phase }) => phase.at !== 'starting' || started.includes(id));
  },

  'a queue task has the caller who waits for it': ({ queueTasks, calls }) =>
    sorted(
      [...queueTasks.values()].flatMap(({ id, origin }) =>
        origin.from === 'caller' && calls.get(origin.callId)?.stage.at === 'queued'
          ? [`${id}-${origin.callId}`]
          : [],
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
        [...extensions.values()].flatMap((each) => {
          const account = accountOf(each);
          return account === null ? [] : [`${account.user}-${each.id}`];
        }),
      ),

  'a call is active in one conversation at most': ({ calls, conversations }) =>
    [...calls.values()].every(
      ({ id, memberOf }) =>
        memberOf
          .flatMap((each) => present(conversations.get(each)!))
          .filter(({ callId, mode }) => callId === id && mode !== HELD).length <= 1,
    ),

  'a call sits in the bridge of the conversation that it is active in, or was until its phone held': ({
    calls,
    conversations,
  }) =>
    [...calls.values()].every(({ id, memberOf, stage, placement, phoneHold }) => {
      if (stage.at === 'ringing') return placement === null;
      if (calls.get(id)!.party.kind === 'ear' || isHeardByOne(calls, calls.get(id)!)) return true; // The tables say where.
      if (stage.at === 'ending') return true;
      const isIn = memberOf.map((each) => conversations.get(each)!);
      const active =
        isIn.find((each) => present(each).some(({ callId, mode }) => callId === id && mode !== HELD)) ??
        isIn.find((each) => each.id === phoneHold?.conversationId);
      const waitsOutside = stage.at === 'queued' && placement?.bridgeId === null;
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
        openLinesOf(task, at).every(
          (line) =>
            isTimed(world, line) ||
            [...world.agents.values()].every(
              (agent) => !isSelectable(world, agent, at) || rankFor(world, agent, line, at) === undefined,
            ),
        ),
    ),

  'while somebody waits, whom time may give them is looked for again and again': (world, at) =>
    [...world.queueTasks.values()].every(
      (task) =>
        task.phase.at !== 'waiting' ||
        linesOf(task).every(({ target }) => {
          const condition = target.kind === 'condition' ? world.conditions.get(target.id) : undefined;
          if (condition?.app !== task.app || !changesByTime(condition)) return true;
          return condition.lookAt !== null && condition.lookAt >= at && condition.lookAt <= at + 1000;
        }),
    ),

  'a task waits as its targets say, or their conditions': ({ queueTasks, conditions }) =>
    [...queueTasks.values()].every(({ app, enqueue, route, waits, phase }) =>
      enqueue.routes[route]!.targets.every((target, index) => {
        const condition = target.kind === 'condition' ? conditions.get(target.id) : undefined;
        const says = target.kind === 'condition' ? condition : target;
        if (says === undefined || (condition !== undefined && (condition.app !== app || phase.at !== 'waiting'))) {
          return true;
        }
        return (['priority', 'queueTimeoutSeconds', 'fetchTimeoutSeconds'] as const).every(
          (each) => waits[index]![each] === says[each],
        );
      }),
    ),

  'no agent rings for two tasks': ({ queueTasks }) => {
    const rung = [...queueTasks.values()].flatMap((task) => legsOf(task).map(({ agentId }) => agentId));
    return new Set(rung).size === rung.length;
  },

  'the index of the queue is what it would be if it were made anew': hasTrueIndex,

  'everybody sits where, says and hears what the tables say': (world) =>
    [...world.calls.values()].every(
      (call) =>
        call.stage.at === 'ringing' ||
        call.stage.at === 'ending' ||
        samePlacement(call.placement, wantedPlacement(world, call)),
    ),

  'under a talk there is the sound of the agent that is looked for, or nothing': (world) =>
    [...world.conversations.values()].every((each) => sameHearing(each.underTalk, wantedUnderTalk(world, each))),

  'every call is a member, on its way, waiting, ending, or the ear of a coach': ({ calls }) =>
    [...calls.values()].every(
      ({ id, party, stage, memberOf }) =>
        (party.kind === 'ear' && (stage.at === 'ending' || calls.get(party.coach)?.whisper?.earId === id)) ||
        stage.at !== 'up' ||
        memberOf.length > 0,
    ),

  'a coach has an ear only while it listens and whom it coaches is active there': ({ calls, conversations }) =>
    [...calls.values()].every(({ id, whisper, stage }) => {
      if (whisper === null) return true;
      const conversation = conversations.get(whisper.conversationId);
      const coach = conversation && memberOn(conversation, id);
      if (coach?.role.as !== 'supervisor' || coach.role.coaching === null || stage.at !== 'up') return false;
      const coached = memberOn(conversation!, coach.role.coaching);
      const isActive =
        coach.mode !== HELD && !coach.role.barging && coached !== undefined && coached.mode !== HELD;
      return isActive && calls.get(whisper.earId)?.party.kind === 'ear';
    }),

  'where two are active the conversation has begun, and nobody in it waits': ({ conversations, calls }) =>
    [...conversations.values()].every((each) => {
      const talkers = present(each).filter((member) => counts(member) && member.mode !== HELD);
      const waits = present(each).some(({ callId }) => calls.get(callId)!.stage.at === 'queued');
      return each.stage.at === 'begun' ? !waits : talkers.length < 2;
    }),

  'a task that has not started is started by the end of one leg': ({ queueTasks, calls }) =>
    [...queueTasks.values()].every(
      ({ id, phase }) =>
        phase.at !== 'starting' ||
        [...calls.values()].filter(({ stage }) => stage.at === 'ending' && stage.then === id).length === 1,
    ),

  'whom a coach came for is there': ({ conversations }) =>
    [...conversations.values()].every((each) =>
      present(each).every(
        ({ role }) => role.as === 'party' || role.coaching === null || memberOn(each, role.coaching) !== undefined,
      ),
    ),

  'every conversation has a party, and another one or one who may come': ({ conversations, calls }) =>
    [...conversations.values()].every((each) => {
      const here = present(each).filter(counts).length;
      const coming = each.invited.filter((id) => {
        const stage = calls.get(id as CallId)?.stage;
        const role = stage?.at === 'ringing' && stage.onAnswer.then === 'join' ? stage.onAnswer.role : undefined;
        return role?.as !== 'supervisor';
      });
      return here > 0 && here + coming.length > 1;
    }),

  'no conversation has more members than it may': ({ conversations }) =>
    [...conversations.values()].every(
      (each) => present(each).length + each.invited.length <= each.maxMembers && each.maxMembers <= MAX_MEMBERS,
    ),

  'a pair sits in its bridge with nobody on the way to it, and nothing under its talk': ({
    conversations,
    calls,
  }) =>
    [...conversations.values()].every(({ bridgeId, bridgeKind, underTalk, members, invited }) => {
      const staying = present({ members }).filter(({ callId }) => calls.get(callId)!.stage.at !== 'ending');
      const isEmpty = !staying.some(({ callId }) => calls.get(callId)!.placement?.bridgeId === bridgeId);
      return bridgeKind === 'mixing' || (underTalk === null && (isEmpty || staying.length + invited.length <= 2));
    }),

  'no two conversations share a bridge, nor does a whisper': ({ conversations, calls }) => {
    const whispers = [...calls.values()].flatMap(({ whisper }) => whisper ?? []);
    const bridges = [...conversations.values(), ...whispers].map(({ bridgeId }) => bridgeId);
    return new Set(bridges).size === bridges.length;
  },

  'what is live has not ended': ({ conversations }) =>
    [...conversations.values()].every(({ stage }) => stage.at !== 'ended'),
};

/** A coach sits with its ear, away from the others. */
function isHeardByOne(calls: World['calls'], { whisper }: Call): boolean {
  return whisper !== null && calls.get(whisper.earId)?.stage.at === 'up';
}

/** The index of the queue holds what one made anew would. */
export function hasTrueIndex(world: World): boolean {
  const anew = emptyWorld(world.settings);
  for (const kind of ['extensions', 'agents', 'conditions', 'queueTasks'] as const) {
    for (const value of world[kind].values()) apply(anew, [{ kind, value, live: true } as Change]);
  }
  return holdsTheSame(world.pools, anew.pools);
}

/** Whatever the order is that things were put into maps and sets, and whether what is empty is kept. */
function holdsTheSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (one instanceof Set && other instanceof Set) {
    return one.size === other.size && [...one].every((each) => other.has(each));
  }
  if (one instanceof Numbered && other instanceof Numbered) {
    return isNumbered(one) && isNumbered(other) && holdsTheSame(byId(one), byId(other));
  }
  if (isListOfKeyed(one) && isListOfKeyed(other)) return holdsTheSame(byKey(one), byKey(other));
  const [first, second] = [entriesOf(one), entriesOf(other)];
  return first.size === second.size && [...first].every(([key, value]) => holdsTheSame(value, second.get(key)));
}

function entriesOf(holder: object): ReadonlyMap<unknown, unknown> {
  const entries: readonly (readonly [unknown, unknown])[] =
    holder instanceof Map ? [...(holder as Map<unknown, unknown>)] : Object.entries(holder);
  return new Map(entries.filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value instanceof Map) return [...value.values()].every(isEmpty);
  if (value instanceof Set) return value.size === 0;
  return Array.isArray(value) && value.length === 0;
}

type Keyed = { readonly key: string };

function isListOfKeyed(value: unknown): value is readonly Keyed[] {
  return Array.isArray(value) && value.every((each: Partial<Keyed>) => each.key !== undefined);
}

function byKey(list: readonly Keyed[]): ReadonlyMap<string, Keyed> {
  return new Map(list.map((each) => [each.key, each]));
}

function isNumbered(turns: Numbered): boolean {
  return [...turns].every(({ id }, number) => turns.numbersOf([id])[0] === number);
}

function byId(turns: Numbered): ReadonlyMap<string, Turn> {
  return new Map([...turns].map((turn) => [turn.id, turn]));
}

/** The names of all that does not hold. */
export function brokenInvariants(world: World, at: Instant): readonly string[] {
  return Object.entries(INVARIANTS).flatMap(([name, holds]) => (holds(world, at) ? [] : [name]));
}
