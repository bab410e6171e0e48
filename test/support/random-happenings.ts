import type { AgentName, PhoneNumber } from '../../src/domain/ids';
import { ANN, BOB, CAL, OTHER_APP } from './happenings';
import { someRule, someRuleChange } from './random-documents';
import { DAN } from './opening-world';
import { pick, type History } from './random-history';
import { OPERATIONS } from './random-operations';
import { APP } from './worlds';

/** What to try next; the numbers say with whom, out of those who are there when its turn comes. */
export type Step = {
  readonly happens: Happening;
  readonly one: number;
  readonly two: number;
  readonly random: number;
};

export function take(history: History, { happens, one, two, random }: Step): void {
  history.rollOf(random);
  HAPPENINGS[happens](history, one, two);
}

const NAMES = [ANN, BOB, CAL, DAN] as const;
const SALES = { name: 'sales', enabled: true };
const NUMBERS = ['13700000001', '13700000002'] as PhoneNumber[];
const STATES = ['idle', 'idle', 'busy/lunch', 'away'] as const;
const SKILLS = ['sales', 'french'] as const;

const name = (number: number): AgentName => pick(NAMES, number)!;
/** Seconds: none, a few, or enough for everything that waits. */
const someSeconds = (number: number): number => (number % pick([20, 80, 600], number)!) / 10;
const mode = (number: number) => pick([1, 2, 3, 4] as const, number)!;
/** Mostly the one that has most. */
const ofApp = (number: number) => ({ app: number % 17 === 0 ? OTHER_APP : APP });

const HAPPENINGS = {
  ...OPERATIONS,
  'a caller comes': (history, one, two) => history.callerComes(one, two),
  'a phone begins to ring': (history, one) => history.alert(one),
  'a phone is answered': (history, one) => history.answerPhone(one),
  'a phone is not answered': (history, one) => history.decline(one),
  'a phone holds': (history, one, two) => history.pressHold(one, true, two % 3 > 0),
  'a phone takes back': (history, one, two) => history.pressHold(one, false, two % 3 > 0),
  'another phone takes over': (history, one, two) => history.replace(one, 'take-over', two % 3 > 0),
  'a phone hands its call on': (history, one, two) => history.replace(one, 'transfer', two % 3 > 0),
  'a channel ends': (history, one) => history.endAny(one),
  'a channel is lost': (history, one) => history.loseChannel(one),
  'a bridge is lost': (history, one) => history.loseBridge(one),
  'an answer is not heard': (history, one) => history.answerUnheard(one),
  'Asterisk is compared': (history, one) => history.look(one % 2 === 0),
  'a phone registers or not': (history, one, two) => history.reach(one, two % 3 > 0, true),
  'a registration is not heard': (history, one, two) => history.reach(one, two % 3 > 0, false),
  'a gap, in which one phone comes back and another is gone': (history, one, two) => {
    history.reach(two, false, true);
    history.reach(two, true, false);
    history.loseRinging(one);
    history.look(true);
  },
  'time passes': (history, one) => history.pass(someSeconds(one)),
  'much time passes': (history, one) => history.pass(one % 4000),
  'an agent logs in': (history, one, two) => {
    const extension = pick([...history.world.extensions.values()], two)!;
    const skills = [{ ...SALES, score: two % 3 }];
    const state = pick(STATES, one + two)!;
    history.ask({
      ...ofApp(one),
      type: 'log-in',
      name: name(one),
      extensionId: extension.id,
      num: null,
      state,
      skills,
    });
  },
  'an agent logs out': (history, one, two) =>
    history.ask({ ...ofApp(one), type: 'log-out', name: name(one), force: two % 2 === 0 }),
  'an agent says it is there': (history, one) =>
    history.ask({ ...ofApp(one), type: 'keep-alive', name: name(one) }),
  'an agent changes its phone': (history, one, two) => {
    const extension = pick([...history.world.extensions.values()], two)!;
    history.ask({ ...ofApp(one), type: 'bind-extension', name: name(one), extensionId: extension.id });
  },
  'an agent changes its state': (history, one, two) =>
    history.ask({ ...ofApp(one), type: 'set-state', name: name(one), state: pick(STATES, two)! }),
  'an agent changes its mode': (history, one, two) => {
    const conversation = history.conversation(two);
    if (conversation === undefined) return;
    const { app, id: conversationId } = conversation;
    history.ask({ app, type: 'set-agent-mode', conversationId, name: name(one), mode: mode(two) });
  },
  'a call changes its mode': (history, one, two) => {
    const call = history.call(one);
    const conversationId = history.conversation(two)?.id;
    if (call === undefined || conversationId === undefined) return;
    const { app, id: callId } = call;
    history.ask({ app, type: 'set-call-mode', conversationId, callId, mode: mode(one + two) });
  },
  'a number is invited': (history, one, two) => {
    const conversation = history.conversation(one);
    if (conversation === undefined) return;
    const { app, id: conversationId } = conversation;
    const limits = { ringSeconds: 1 + (two % 50), talkSeconds: 1 + (two % 90) };
    const to = pick(NUMBERS, two)!;
    history.ask({ app, type: 'invite-out', conversationId, to, from: null, ...limits, mode: mode(two) });
  },
  'an agent is invited': (history, one, two) => {
    const conversation = history.conversation(one);
    if (conversation === undefined) return;
    const { app, id: conversationId } = conversation;
    const enqueue = history.document(two, one);
    history.ask({ app, type: 'invite-agent', conversationId, enqueue, mode: mode(one) });
  },
  'a conversation is dissolved': (history, one) => {
    const conversation = history.conversation(one);
    if (conversation === undefined) return;
    history.ask({ ...ofApp(one), type: 'dissolve', conversationId: conversation.id });
  },
  'skills change': (history, one, two) => {
    const skill = pick(SKILLS, two)!;
    const changes = [
      { do: 'add', name: skill, score: two % 5, enabled: two % 3 > 0 },
      { do: 'add', name: skill, enabled: two % 3 > 0 },
      { do: 'delete', name: skill },
      { do: 'delete-all' },
    ] as const;
    history.ask({ ...ofApp(one), type: 'set-skills', name: name(one), changes: [pick(changes, one >> 3)!] });
  },
  'a condition is made': (history, one, two) => {
    const id = history.ask({ ...ofApp(one), type: 'create-condition', ...someRule(two) });
    if (id !== undefined) history.conditions.splice(one % history.conditions.length, 0, id);
  },
  'a condition changes': (history, one, two) => {
    const conditionId = pick(history.conditions, two)!;
    history.ask({ ...ofApp(one), type: 'change-condition', conditionId, ...someRuleChange(one, two) });
  },
  'a condition is deleted': (history, one, two) => {
    const { conditions } = history;
    const conditionId = pick(conditions, two)!;
    history.ask({ ...ofApp(one), type: 'delete-condition', conditionId });
    if (one % 4 > 0 && conditions.length > 1) conditions.splice(conditions.indexOf(conditionId), 1);
  },
  'a plan is put': (history, one, two) => {
    const enqueue = history.document(one, two);
    history.ask({ ...ofApp(two), type: 'put-plan', name: `plan${two % 3}`, text: '<enqueue/>', enqueue });
  },
  'a plan is deleted': (history, one, two) =>
    void history.ask({ ...ofApp(one), type: 'delete-plan', name: `plan${two % 3}` }),
  'a task is cancelled': (history, one) => {
    const task = history.task(one);
    if (task !== undefined) history.ask({ type: 'cancel-task', app: task.app, taskId: task.id });
  },
  'a task becomes more urgent, or less': (history, one, two) => {
    const task = history.task(one);
    if (task === undefined) return;
    history.ask({ type: 'set-task-priority', app: task.app, taskId: task.id, priority: (two % 9) - 2 });
  },
} as const satisfies Readonly<Record<string, (history: History, one: number, two: number) => void>>;

export type Happening = keyof typeof HAPPENINGS;
export const ALL_HAPPENINGS = Object.keys(HAPPENINGS) as readonly Happening[];
