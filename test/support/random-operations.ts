import { present } from '../../src/domain/conversation/conversation';
import type { AgentName, AppId, CallId, ConversationId, PhoneNumber } from '../../src/domain/ids';
import { legsOf } from '../../src/domain/queue/queue-task';
import { ANN, BOB, CAL } from './happenings';
import { DAN } from './opening-world';
import { pick, type History } from './random-history';
import { APP } from './worlds';

type Act = (history: History, one: number, two: number) => void;

const NAMES = [ANN, BOB, CAL, DAN] as const;
const NUMBERS = ['13700000001', '13700000002'] as PhoneNumber[];
const MODES = [1, 2, 3, 4] as const;

const name = (number: number): AgentName => pick(NAMES, number)!;
const outsideCall = (number: number) => ({
  to: pick(NUMBERS, number)!,
  from: null,
  ringSeconds: 1 + (number % 50),
  talkSeconds: 1 + (number % 300),
});

/** An agent who takes part in a conversation, by which leg. */
type Place = {
  readonly app: AppId;
  readonly name: AgentName;
  readonly conversationId: ConversationId;
  readonly callId: CallId;
};

function places({ world }: History): readonly Place[] {
  return [...world.conversations.values()].flatMap(({ id: conversationId, app, members }) =>
    present({ members }).flatMap(({ party, callId }) =>
      party.kind === 'agent' ? [{ app, name: party.name, conversationId, callId }] : [],
    ),
  );
}

/** Mostly one that there is. */
function place(history: History, number: number): Omit<Place, 'callId'> | undefined {
  const conversationId = history.conversation(number)?.id;
  if (number % 13 > 0 || conversationId === undefined) return pick(places(history), number);
  return { app: APP, name: name(number), conversationId };
}

/** An agent at whose phone a task rings, mostly. */
function ringing({ world }: History, number: number) {
  const legs = [...world.queueTasks.values()].flatMap((task) =>
    legsOf(task).map(({ agentId }) => ({ app: task.app, taskId: task.id, name: world.agents.get(agentId)!.name })),
  );
  const found = pick(legs, number);
  return found !== undefined && number % 13 === 0 ? { ...found, name: name(number >> 3) } : found;
}

/** What agents do with their calls. */
export const OPERATIONS = {
  'an agent declines what rings at its phone': (history, one, two) => {
    const found = ringing(history, one);
    if (found === undefined) return;
    history.ask({ type: 'reject', ...found, userData: pick([null, 'at lunch'], two)! });
  },
  'an agent forwards what rings at its phone': (history, one, two) => {
    const found = ringing(history, one);
    if (found === undefined) return;
    history.ask({ type: 'forward-to-agent', ...found, enqueue: history.document(two, one) });
  },
  'an agent calls a number': (history, one, two) =>
    void history.ask({ type: 'call-out', app: APP, name: name(one), ...outsideCall(two), userData: null }),
  'an agent calls another': (history, one, two) =>
    void history.ask({ type: 'call-agent', app: APP, name: name(one), enqueue: history.document(two, one) }),
  'an agent hands over to another': (history, one, two) => {
    const found = place(history, one);
    if (found === undefined) return;
    history.ask({ type: 'transfer-to-agent', ...found, enqueue: history.document(two, one) });
  },
  'an agent hands over to a number': (history, one, two) => {
    const found = place(history, one);
    if (found !== undefined) history.ask({ type: 'transfer-out', ...found, ...outsideCall(two) });
  },
  'an agent enters a conversation': (history, one, two) => {
    const conversation = history.conversation(two);
    if (conversation === undefined) return;
    const { app, id: conversationId } = conversation;
    const mode = pick(MODES, one + two)!;
    history.ask({ type: 'enter', app, name: name(one), conversationId, mode, holding: two % 3 > 0 });
  },
  'an agent listens to a conversation': (history, one, two) => {
    const conversation = history.conversation(two);
    if (conversation === undefined) return;
    const { app, id: conversationId } = conversation;
    history.ask({ type: 'enter', app, name: name(one), conversationId, mode: 2, holding: two % 3 > 0 });
  },
  'an agent coaches another': (history, one, two) => {
    const found = place(history, two);
    if (found === undefined) return;
    const { app, conversationId, name: to } = found;
    history.ask({ type: 'coach', app, name: name(one), conversationId, to });
  },
  'an agent leaves a conversation': (history, one) => {
    const found = place(history, one);
    if (found !== undefined) history.ask({ type: 'exit', ...found });
  },
  'an agent makes one conversation of two': (history, one, two) => {
    const found = pick(
      places(history).filter(({ callId }) => history.world.calls.get(callId)!.memberOf.length > 1),
      one,
    );
    const from = found && pick(history.world.calls.get(found.callId)!.memberOf, two);
    if (found === undefined || from === undefined) return;
    const { app, name, conversationId: into } = found;
    history.ask({ type: 'merge', app, name, into, from, mode: pick(MODES, two >> 2)! });
  },
} as const satisfies Readonly<Record<string, Act>>;
