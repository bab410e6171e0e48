import type { Agent } from '../../src/domain/agent/agent';
import type { Call, OutsideCall } from '../../src/domain/call/call';
import { present, type Conversation } from '../../src/domain/conversation/conversation';
import type { ListenSpeakMode } from '../../src/domain/conversation/listen-speak-mode';
import type { AgentName, AppId } from '../../src/domain/ids';
import type { CommandType, Input } from '../../src/domain/input';
import type { Enqueue } from '../../src/domain/queue/enqueue';
import type { World } from '../../src/domain/world';
import { NUMBERS } from './cast';
import { conditionsOf, someEnqueue } from './random-documents';
import type { SeededRandom } from './seeded-random';

/** An agent, and how things are for it now. */
type Situation = {
  readonly random: SeededRandom;
  readonly world: World;
  readonly by: { readonly app: AppId; readonly name: AgentName };
  readonly call: Call | undefined;
  /** The conversations that it takes part in, and those that it does not. */
  readonly mine: readonly Conversation[];
  readonly others: readonly Conversation[];
};

/** Undefined: it does not come to that now. */
type Wish = (it: Situation) => Input<CommandType> | undefined;

/** What an agent might ask for next, about the calls that it has or wants: mostly what can be done. */
export function someOperation(random: SeededRandom, world: World, app: AppId): Input<CommandType> | undefined {
  const agents = [...world.agents.values()].filter((each) => each.app === app);
  if (agents.length === 0) return undefined;
  const it = situationOf(random, world, random.pick(agents));
  return random.pick(wishesOf(it))(it);
}

export function someOutsideCall(random: SeededRandom): OutsideCall {
  return {
    to: random.pick(NUMBERS),
    from: null,
    ringSeconds: random.integer(2, 60),
    talkSeconds: random.integer(1, 200),
  };
}

function situationOf(random: SeededRandom, world: World, { app, name, callId }: Agent): Situation {
  const call = callId === null ? undefined : world.calls.get(callId);
  const conversations = [...world.conversations.values()].filter((each) => each.app === app);
  const isMine = ({ id }: Conversation): boolean => call?.memberOf.includes(id) === true;
  return {
    random,
    world,
    by: { app, name },
    call,
    mine: conversations.filter(isMine),
    others: conversations.filter((each) => !isMine(each)),
  };
}

const nothing: Wish = () => undefined;
const enterAnother: Wish = (it) => enter(it, it.others);
const changeMode: Wish = (it) => enter(it, it.mine);
const coachAnother: Wish = (it) => coach(it, it.others);
const coachHere: Wish = (it) => coach(it, it.mine);
const handOverMine: Wish = (it) => handOver(it, it.mine);
const handOverAnothers: Wish = (it) => handOver(it, it.others);
const leaveMine: Wish = (it) => leave(it, it.mine);
const leaveAnothers: Wish = (it) => leave(it, it.others);

const AT_REST = [callSomebody, callSomebody, enterAnother, enterAnother, coachAnother, coachAnother, nothing];
const RUNG = [decline, forward, nothing, nothing];
const TALKING = [
  callSomebody,
  enterAnother,
  coachAnother,
  coachHere,
  changeMode,
  changeMode,
  handOverMine,
  leaveMine,
  nothing,
];
const BETWEEN_SEVERAL = [...TALKING, merge, merge, merge];
/** Mostly refused. */
const OUT_OF_PLACE = [callSomebody, enterAnother, coachAnother, handOverAnothers, leaveAnothers];

function wishesOf({ random, call, mine }: Situation): readonly Wish[] {
  if (random.chance(0.05)) return OUT_OF_PLACE;
  if (call?.stage.at === 'ringing') return RUNG;
  if (mine.length === 0) return AT_REST;
  return mine.length === 1 ? TALKING : BETWEEN_SEVERAL;
}

function decline({ random, by, call }: Situation): Input<CommandType> | undefined {
  const taskId = taskRinging(call);
  const userData = random.pick([null, 'at lunch']);
  return taskId === undefined ? undefined : { type: 'reject', ...by, taskId, userData };
}

function forward(it: Situation): Input<CommandType> | undefined {
  const taskId = taskRinging(it.call);
  return taskId === undefined
    ? undefined
    : { type: 'forward-to-agent', ...it.by, taskId, enqueue: enqueueFor(it) };
}

function taskRinging(call: Call | undefined): Input<'reject'>['taskId'] | undefined {
  const stage = call?.stage;
  return stage?.at === 'ringing' && stage.onAnswer.then === 'serve' ? stage.onAnswer.taskId : undefined;
}

function callSomebody(it: Situation): Input<CommandType> {
  const { random, by } = it;
  if (random.chance(0.4)) return { type: 'call-agent', ...by, enqueue: enqueueFor(it) };
  return { type: 'call-out', ...by, ...someOutsideCall(random), userData: random.pick([null, 'again']) };
}

function enter({ random, by }: Situation, where: readonly Conversation[]): Input<CommandType> | undefined {
  if (where.length === 0) return undefined;
  const { id: conversationId } = random.pick(where);
  return { type: 'enter', ...by, conversationId, mode: someMode(random), holding: random.chance(0.7) };
}

function coach({ random, by }: Situation, where: readonly Conversation[]): Input<CommandType> | undefined {
  const pupils = where.flatMap((each) =>
    present(each).flatMap(({ party }) =>
      party.kind === 'agent' && party.name !== by.name ? [{ conversationId: each.id, to: party.name }] : [],
    ),
  );
  return pupils.length === 0 ? undefined : { type: 'coach', ...by, ...random.pick(pupils) };
}

function leave({ random, by }: Situation, where: readonly Conversation[]): Input<CommandType> | undefined {
  return where.length === 0 ? undefined : { type: 'exit', ...by, conversationId: random.pick(where).id };
}

function handOver(it: Situation, where: readonly Conversation[]): Input<CommandType> | undefined {
  const { random, by } = it;
  if (where.length === 0) return undefined;
  const its = { ...by, conversationId: random.pick(where).id };
  if (random.chance(0.6)) return { type: 'transfer-to-agent', ...its, enqueue: enqueueFor(it) };
  return { type: 'transfer-out', ...its, ...someOutsideCall(random) };
}

function merge({ random, by, mine }: Situation): Input<CommandType> {
  return { type: 'merge', ...by, into: random.pick(mine).id, from: random.pick(mine).id, mode: someMode(random) };
}

function enqueueFor({ random, world, by }: Situation): Enqueue {
  return someEnqueue(random, conditionsOf(world, by.app));
}

function someMode(random: SeededRandom): ListenSpeakMode {
  return random.pick([1, 1, 1, 2, 2, 3, 4]);
}
