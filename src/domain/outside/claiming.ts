import type { AppId, PhoneNumber, TrunkId } from '../ids';
import { Refusal } from '../refusal';
import type { UnitOfWork } from '../unit-of-work';
import {
  brokenByFrom,
  brokenByNumber,
  type LimitRule,
  type OutsideRule,
  type OutsideRules,
} from './outside-rules';
import { talkedToday, trunkLinesAdded, trunkLinesInUse, useOf } from './outside-use';

/** A rule that was against a call, which was made all the same, as it is only being tried out. */
export type OutsideReport = {
  readonly app: AppId;
  readonly rule: OutsideRule;
  readonly number: PhoneNumber | null;
};

type OutsideWish = { readonly to: PhoneNumber; readonly from: PhoneNumber | null };

/** Rules that say "not now" and not "never". */
const NO_LINE: ReadonlySet<OutsideRule> = new Set<LimitRule>(['callsAtOnce', 'callsPerSecond']);
const SECOND_MS = 1000;

/**
 * The trunk for a call that a client asks for, at once or when an agent's phone is answered. That the application's limits
 * are kept is seen to when the input is through: see `settleOutside`.
 * @throws Refusal where there is no line, or a rule is against this number.
 */
export function claimTrunk(tx: UnitOfWork, app: AppId, { to, from }: OutsideWish): TrunkId {
  const trunk = trunkInUse(tx);
  const { outside } = tx.settings;
  tx.claim(app);
  against(tx, app, brokenByNumber(outside, app, to), to);
  if (from !== null) against(tx, app, brokenByFrom(outside, app, from), from);
  return trunk;
}

/** Null: there is no way outside. */
export function presentTrunk({ settings: { trunk }, trunks }: UnitOfWork): TrunkId | null {
  return trunk !== null && trunks.get(trunk)?.present === true ? trunk : null;
}

/** @throws Refusal for a number that the application may not call. */
export function expectAllowed(tx: UnitOfWork, app: AppId, number: PhoneNumber): void {
  against(tx, app, brokenByNumber(tx.settings.outside, app, number), number);
}

/**
 * To be called when an input is through. Takes down what it uses up, and refuses what was asked for if that is more than
 * the application may. What an agent's own telephone takes because the queue rings it counts, but is not refused.
 * @throws Refusal
 */
export function settleOutside(tx: UnitOfWork): void {
  const apps = new Set([...tx.calls.written()].map(({ app }) => app));
  for (const app of apps) {
    const rules = tx.settings.outside.rulesOf(app);
    if (rules === null || isUnlimited(rules)) continue;
    const begun = Math.max(0, trunkLinesAdded(tx, app));
    if (rules.minutesPerDay !== null) noteTalk(tx, app);
    if (begun > 0 && tx.isClaimed(app)) expectWithin(tx, app, rules, begun);
    if (rules.callsPerSecond !== null && begun > 0) noteBegun(tx, app, begun);
  }
}

function isUnlimited({ callsAtOnce, callsPerSecond, minutesPerDay }: OutsideRules): boolean {
  return callsAtOnce === null && callsPerSecond === null && minutesPerDay === null;
}

/** @throws Refusal */
function expectWithin(
  tx: UnitOfWork,
  app: AppId,
  { callsAtOnce, callsPerSecond, minutesPerDay }: OutsideRules,
  begun: number,
): void {
  if (callsAtOnce !== null && trunkLinesInUse(tx, app) > callsAtOnce) against(tx, app, 'callsAtOnce', null);
  if (callsPerSecond !== null && begunLately(tx, app).length + begun > callsPerSecond) {
    against(tx, app, 'callsPerSecond', null);
  }
  if (minutesPerDay !== null && talkedToday(tx, app) >= minutesPerDay * 60)
    against(tx, app, 'minutesPerDay', null);
}

function against(tx: UnitOfWork, app: AppId, rule: OutsideRule | null, number: PhoneNumber | null): void {
  if (rule === null) return;
  if (tx.settings.outside.rulesOf(app)!.auditOnly) return tx.report({ app, rule, number });
  const reason = NO_LINE.has(rule) ? 'no-line' : 'number-not-allowed';
  throw new Refusal(reason, { ...(number === null ? {} : { number }), rule });
}

function begunLately(tx: UnitOfWork, app: AppId): readonly number[] {
  return useOf(tx, app).begun.filter((at) => at > tx.at - SECOND_MS && at <= tx.at);
}

function noteBegun(tx: UnitOfWork, app: AppId, begun: number): void {
  const lately = [...begunLately(tx, app), ...Array.from({ length: begun }, () => tx.at)] as (typeof tx.at)[];
  tx.outsideUse.put({ ...useOf(tx, app), begun: lately });
}

/** Of calls that have come to their end by this input. A call counts on the day on which it was answered. */
function noteTalk(tx: UnitOfWork, app: AppId): void {
  for (const { id } of tx.calls.written()) {
    const before = tx.world.calls.get(id);
    const isOutside = tx.world.outsideCalls.get(app)?.has(id) === true;
    if (!isOutside || before?.stage.at !== 'up' || tx.calls.get(id)?.stage.at === 'up') continue;
    const day = tx.settings.outside.dayOf(before.stage.since);
    const use = useOf(tx, app);
    if (day < use.day) continue;
    const talkedMs = tx.thereUntil(id) - before.stage.since;
    const talkSeconds = (day === use.day ? use.talkSeconds : 0) + Math.ceil(talkedMs / 1000);
    tx.outsideUse.put({ ...use, day, talkSeconds });
  }
}

/** @throws Refusal where there is no way outside. */
function trunkInUse(tx: UnitOfWork): TrunkId {
  const { trunk } = tx.settings;
  if (trunk === null) throw new Refusal('no-line', { trunk: { zh: '未配置', en: 'none is configured' } });
  if (presentTrunk(tx) === null)
    throw new Refusal('no-line', {
      trunk: { zh: `Asterisk 中没有 ${trunk}`, en: `Asterisk has no ${trunk}` },
    });
  return trunk;
}
