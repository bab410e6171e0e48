import type { Call } from '../call/call';
import type { Extension } from '../extension/extension';
import type { AppId, CallId, ExtensionId, Instant } from '../ids';
import type { UnitOfWork } from '../unit-of-work';
import type { World } from '../world';

/** What has been used up of an application's limits, and is not seen from the calls that live. One for each application. */
export type OutsideUse = {
  readonly id: AppId;
  readonly app: AppId;
  /** The day that `talkSeconds` is about: of calls that were answered on it, and are over. */
  readonly day: string;
  readonly talkSeconds: number;
  /** When calls were begun, those of the last second. */
  readonly begun: readonly Instant[];
};

type Extensions = { get(id: ExtensionId): Extension | undefined };

/**
 * How many lines to the outside a call takes, or will when it is answered: one to a number, one to an agent's ordinary
 * telephone, one for the number that an agent whose phone rings has asked for.
 */
export function trunkLinesOf({ party, stage }: Call, extensions: Extensions): number {
  if (party.kind === 'outside') return party.from === 'dialled' ? 1 : 0;
  if (party.kind === 'ear') return 0;
  const own = extensions.get(party.extensionId)?.line.type === '3' ? 1 : 0;
  const isAwaited =
    stage.at === 'ringing' && stage.onAnswer.then === 'call' && stage.onAnswer.wish.to === 'number';
  return own + (isAwaited ? 1 : 0);
}

/** How many more lines an application takes by this unit of work; below 0: fewer. Only what was written is gone through. */
export function trunkLinesAdded(tx: UnitOfWork, app: AppId): number {
  const known = tx.world.outsideCalls.get(app);
  let added = 0;
  for (const { id } of tx.calls.written()) added -= known?.get(id) ?? 0;
  for (const call of tx.calls.staged()) if (call.app === app) added += trunkLinesOf(call, tx.extensions);
  return added;
}

/** All that an application takes, with what this unit of work does. */
export function trunkLinesInUse(tx: UnitOfWork, app: AppId): number {
  let lines = trunkLinesAdded(tx, app);
  for (const each of tx.world.outsideCalls.get(app)?.values() ?? []) lines += each;
  return lines;
}

/** Seconds that an application has talked to the outside in calls that were answered today, those that go on included. */
export function talkedToday(tx: UnitOfWork, app: AppId): number {
  const { dayOf } = tx.settings.outside;
  const today = dayOf(tx.at);
  const use = tx.outsideUse.get(app);
  const over = use?.day === today ? use.talkSeconds : 0;
  const goingOnMs = [...(tx.world.outsideCalls.get(app)?.keys() ?? [])]
    .map((id) => tx.calls.get(id)?.stage)
    .reduce((sum, stage) => {
      if (stage?.at !== 'up' || dayOf(stage.since) !== today) return sum;
      return sum + (tx.at - stage.since);
    }, 0);
  return over + goingOnMs / 1000;
}

export function useOf(tx: UnitOfWork, app: AppId): OutsideUse {
  return (
    tx.outsideUse.get(app) ?? { id: app, app, day: tx.settings.outside.dayOf(tx.at), talkSeconds: 0, begun: [] }
  );
}

/** Kept up by the world: which calls take lines, and how many. */
export type OutsideCalls = ReadonlyMap<AppId, ReadonlyMap<CallId, number>>;

export function followOutsideCall(world: World, call: Call, live: boolean): void {
  const lines = live ? trunkLinesOf(call, world.extensions) : 0;
  const all = world.outsideCalls as Map<AppId, Map<CallId, number>>;
  const ofApp = all.get(call.app) ?? new Map<CallId, number>();
  if (lines === 0) ofApp.delete(call.id);
  else ofApp.set(call.id, lines);
  if (ofApp.size === 0) all.delete(call.app);
  else all.set(call.app, ofApp);
}
