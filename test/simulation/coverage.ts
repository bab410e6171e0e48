import { END_REASONS as REASONS } from '../../src/domain/conversation/conversation';
import type { Effect } from '../../src/domain/effect';
import type { CommandType } from '../../src/domain/input';
import { EVENT_NAMES, JOURNAL_NAMES } from '../../src/domain/notification';
import { DECIDED } from '../../src/domain/queue/decision';
import { QUEUE_FAIL_CAUSES } from '../../src/domain/queue/queue-task';
import type { TelephonySignal } from '../../src/ports/telephony';
import type { Misfortune } from './misfortunes';
import { WAYS_TO_STOP } from './simulated-service';

/** Each name once, by type: a new one does not compile until it has a place here. */
function namesOf<Name extends string>(prefix: string, names: Readonly<Record<Name, true>>): readonly string[] {
  return prefixed(prefix, Object.keys(names));
}

function prefixed(prefix: string, names: readonly string[]): readonly string[] {
  return names.map((name) => `${prefix}${name}`);
}

/** What days must bring about between them, as `Report.happened` names it. */
export const EVENTS: readonly string[] = [...EVENT_NAMES, ...JOURNAL_NAMES];

export const FAIL_CAUSES = prefixed('fail: ', QUEUE_FAIL_CAUSES);

export const END_REASONS = prefixed('end: ', REASONS);

/** A caller who hung up is told nothing. */
export const CALLER_RESULTS = prefixed('result: ', [
  'success',
  ...QUEUE_FAIL_CAUSES.filter((cause) => cause !== 'hangup' && cause !== 'forward'),
]);

export const DECISIONS = prefixed('decided: ', DECIDED);

/** Of the rest, what is easily never reached. */
export const RARITIES = [
  'rung by a condition',
  'announced',
  'ended on hold',
  'went on with another phone',
  'handed on by a phone',
  'rung at type 1',
  'rung at type 2',
  'rung at type 3',
  'listened',
  'coached',
  'whispered',
  'barged in',
];

export const COMMANDS = namesOf<CommandType>('answered: ', {
  'create-extension': true,
  'delete-extension': true,
  'log-in': true,
  'log-out': true,
  'keep-alive': true,
  'bind-extension': true,
  'set-state': true,
  'set-agent-mode': true,
  'set-call-mode': true,
  'invite-out': true,
  'invite-agent': true,
  dissolve: true,
  reject: true,
  'forward-to-agent': true,
  'call-out': true,
  'call-agent': true,
  'transfer-to-agent': true,
  'transfer-out': true,
  enter: true,
  coach: true,
  exit: true,
  merge: true,
  'set-skills': true,
  'create-condition': true,
  'change-condition': true,
  'delete-condition': true,
  'put-plan': true,
  'delete-plan': true,
  'cancel-task': true,
  'set-task-priority': true,
});

const EFFECTS = namesOf<Effect['do']>('', {
  dial: true,
  receive: true,
  place: true,
  limit: true,
  'hang-up': true,
  release: true,
  snoop: true,
  'open-bridge': true,
  'close-bridge': true,
  'play-under': true,
  announce: true,
  provision: true,
  unprovision: true,
});
/** So often that everything happens to them in any 2,000 hours, by a wide margin. */
const OFTEN = EFFECTS.filter((each) => !['snoop', 'announce', 'unprovision'].includes(each));
/** What is asked of Asterisk. */
const OPERATIONS = [...EFFECTS, 'compare'];

const SIGNALS = namesOf<Exclude<TelephonySignal['type'], 'connected' | 'disconnected' | 'replaced' | 'occupied'>>(
  '',
  {
    'caller-entered': true,
    'leg-alerting': true,
    'leg-answered': true,
    'leg-ended': true,
    'leg-held': true,
    'leg-resumed': true,
    'leg-replaced': true,
    'phone-reachable': true,
  },
);

const MISFORTUNES = namesOf<Misfortune>('', {
  crash: true,
  stop: true,
  rival: true,
  cut: true,
  disturbance: true,
  'lost bridge': true,
  'lost ear': true,
  'lost account': true,
  'lost trunk': true,
  'restart of Asterisk': true,
  'failed comparison': true,
  'store away': true,
});

const across = (
  names: readonly string[],
  others: readonly string[],
  join: (one: string, other: string) => string,
) => names.flatMap((one) => others.map((other) => join(one, other)));

/** Between any two steps: what fell where, and what became of each request and each signal. */
export const FAILURES = [
  ...MISFORTUNES,
  ...across(['crash'], EFFECTS, (by, effect) => `${by}: ${effect} decided`),
  ...across(['crash'], OPERATIONS, (by, operation) => `${by}: ${operation} asked`),
  ...across(['crash'], OPERATIONS, (by, operation) => `${by}: ${operation} carried out`),
  ...across(['restart', 'cut'], OFTEN, (by, effect) => `${by}: ${effect} decided`),
  ...across(['restart', 'cut'], OFTEN, (by, effect) => `${by}: ${effect} asked`),
  ...across(['restart', 'cut'], OFTEN, (by, effect) => `${by}: ${effect} carried out`),
  ...across(['crash'], OFTEN, (by, effect) => `${by}: ${effect} answered`),
  ...across(['crash', 'restart', 'cut'], ['asked', 'written'], (by, stage) => `${by}: commit ${stage}`),
  'crash: next batch collected',
  'crash: on its way up or down',
  'commit lost',
  'commit written and not answered',
  'commit written after the crash',
  'commit while the store was away',
  'not started without the store',
  'asked again: on record, not answered',
  'ended unseen, by a limit',
  'held: handed over',
  'held: fell back',
  'kept: handed over',
  'kept: for too long',
  'comparison refused',
  'comparison given up and not done',
  ...WAYS_TO_STOP.map((way) => `stop: ${way}`),
  'stop: nobody is left',
  ...across(
    ['given up and not done', 'done and given up', 'refused'],
    [...OFTEN, 'compare'],
    (fate, of) => `${fate}: ${of}`,
  ),
  'refused: unprovision',
  ...OFTEN.map((each) => `given up and done late: ${each}`),
  ...across(['lost', 'repeated'], SIGNALS, (fate, signal) => `${fate}: ${signal}`),
];
