import type { AppId, ConditionId } from '../../src/domain/ids';
import type { Input } from '../../src/domain/input';
import type { Choice, Enqueue, RingMode, Target } from '../../src/domain/queue/enqueue';
import type { Sound } from '../../src/domain/queue/enqueue-sound';
import { expressionOf } from './expressions';
import { agentTarget, ANN, BOB, CAL, skillTarget } from './happenings';

/** Stands for a condition: which one, is said when the document is made. */
type Slot = { readonly slot: number };

const ROUTES: readonly (readonly (readonly (Target | Slot)[])[])[] = [
  [[agentTarget(ANN)]],
  [[agentTarget(BOB, { fetchTimeoutSeconds: 10 })]],
  [[agentTarget(ANN, { queueTimeoutSeconds: 5 })], [agentTarget(BOB)]],
  [[skillTarget('sales')]],
  [[skillTarget('sales', { queueTimeoutSeconds: 20, priority: 3 })]],
  [[agentTarget(CAL, { queueTimeoutSeconds: 0 })]],
  [[agentTarget(ANN)], [agentTarget(BOB)], [skillTarget('sales')]],
  [[{ slot: 3 }], [agentTarget(CAL, { queueTimeoutSeconds: 0 })], [skillTarget('french')], [{ slot: 0 }]],
  [[agentTarget(CAL), agentTarget(BOB, { queueTimeoutSeconds: 8 })], [skillTarget('sales')]],
  [[skillTarget('french', { priority: 2, queueTimeoutSeconds: 0 }), skillTarget('sales')], [agentTarget(ANN)]],
  [[{ slot: 0 }]],
  [[{ slot: 1 }]],
  [[{ slot: 2 }]],
  [[{ slot: 0 }, { slot: 1 }]],
  [[{ slot: 1 }, { slot: 2 }, { slot: 0 }], [skillTarget('french', { queueTimeoutSeconds: 3 })]],
  [[skillTarget('sales', { queueTimeoutSeconds: 0 })], [{ slot: 0 }], [agentTarget(CAL)]],
  [[{ slot: 3 }], [agentTarget(BOB, { queueTimeoutSeconds: 4, priority: 1 }), agentTarget(ANN, { priority: 2 })]],
];

const CHOICES: readonly Choice[] = ['random', 'lru', 'order', 'all'];
const RING_MODES: readonly RingMode[] = [1, 2, 3, 4, 5];
const VOICES = [null, 'welcome.wav', 'sound:vm-goodbye'] as (Sound | null)[];

/** Every combination of what a document may say comes up, for some numbers. */
export function someDocument(one: number, two: number, conditions: readonly ConditionId[]): Enqueue {
  const digit = digitsOf(two);
  return {
    choice: digit(CHOICES),
    failOverflow: digit([false, true]),
    ringMode: digit(RING_MODES),
    waitVoice: digit(VOICES),
    ringVoice: digit(VOICES),
    holdVoice: digit(VOICES),
    playNum: digit([false, true]),
    preNumVoice: digit(VOICES),
    postNumVoice: digit(VOICES),
    conversationLevel: digit([2, 2, 1]),
    reserveState: digit(['idle', 'idle', 'busy/paperwork']),
    priority: digit([0, 0, 5, -1]),
    conversationTimeoutSeconds: digit([21_600, 21_600, 30]),
    userData: null,
    routes: ROUTES[one % ROUTES.length]!.map((targets) => ({
      targets: targets.map((each) =>
        'slot' in each
          ? ({ kind: 'condition', id: conditions[(each.slot + two) % conditions.length]! } as const)
          : each,
      ),
    })),
  };
}

const WHERES = [
  'true',
  'has("sales")',
  'get("sales") >= 2 || has("french")',
  'idle() > 3',
  'idle() > 3 && has("sales") || name() == "bob"',
  'idle() < 5',
  '10 / get("sales") > 4',
  'num() == "1001" || name() >= "c"',
  '!has("french")',
  '100 / (idle() - 2) > 10',
].map((text) => expressionOf(text, 'boolean'));

const SORTS = [
  null,
  ...['get("sales")', 'idle()', '-idle() % 4', '6 / get("french")', '0', '10 / idle()'].map((text) =>
    expressionOf(text, 'number'),
  ),
];

/** A rule out of a small pool: some look at the time, some divide by zero. */
export function someRule(number: number): Omit<Input<'create-condition'>, 'type' | 'app'> {
  const digit = digitsOf(number);
  return {
    where: digit(WHERES),
    sort: digit(SORTS),
    priority: digit([0, 3, 1]),
    queueTimeoutSeconds: digit([60, 4, 1000]),
    fetchTimeoutSeconds: digit([20, 45]),
    remark: null,
  };
}

/** Some parts of a rule, the others as they are. */
export function someRuleChange(one: number, two: number): Partial<ReturnType<typeof someRule>> {
  const entries = Object.entries(someRule(two));
  return Object.fromEntries(entries.filter((_, index) => ((one >> index) & 1) === 1));
}

/** Conditions that there are from the beginning. */
export function firstConditions(app: AppId): readonly (ReturnType<typeof someRule> & {
  readonly id: ConditionId;
  readonly app: AppId;
})[] {
  return [0, 3, 1, 4].map((number) => ({
    ...someRule(number),
    id: String(number + 1).repeat(32) as ConditionId,
    app,
  }));
}

/** Chooses one of a list after the other by the digits of a number. */
function digitsOf(number: number): <Item>(items: readonly Item[]) => Item {
  let rest = number;
  return (items) => {
    const item = items[rest % items.length]!;
    rest = Math.floor(rest / items.length);
    return item;
  };
}
