import type { Call } from '../domain/call/call';
import type { AppId, CallId, Instant } from '../domain/ids';
import type { World } from '../domain/world';
import type { CallParty, Measured, Metrics } from '../ports/metrics';
import type { Handled } from './handled';

/** Counts calls and conversations, and measures how soon phones ring. */
export class CallMeter {
  /** Since when each call is on its way for a task; null: it rings, or is for none. */
  private readonly chosen = new Map<CallId, Instant | null>();

  /** `world`: as it was restored. `applications`: whose figures there are. */
  constructor(
    world: World,
    private readonly applications: ReadonlySet<AppId>,
    private readonly metrics: Pick<Metrics, 'onRead' | 'rang' | 'callBegun' | 'conversationEnded'>,
  ) {
    for (const { id } of world.calls.values()) this.chosen.set(id, null);
    metrics.onRead(() => ({ live: liveIn(world, applications) }));
  }

  follow({ changes, notifications, at }: Handled): void {
    for (const { kind, value, live } of changes) {
      if (kind !== 'calls') continue;
      if (!live) this.chosen.delete(value.id);
      else this.look(value, at);
    }
    for (const told of notifications) {
      if (told.event !== 'callcenter.conversation.end' || !this.applications.has(told.app)) continue;
      const seconds = Math.max(0, told.endTime - told.beginTime) / 1000;
      this.metrics.conversationEnded(told.app, told.type, told.endReason, seconds);
    }
  }

  private look(call: Call, at: Instant): void {
    if (!this.applications.has(call.app)) return;
    const { id, app, stage } = call;
    const since = this.chosen.get(id);
    if (since === undefined) this.begin(call, at);
    else if (since !== null && !isOnItsWay(call)) {
      this.chosen.set(id, null);
      if (stage.at === 'ringing' || stage.at === 'up') this.metrics.rang(app, Math.max(0, at - since) / 1000);
    }
  }

  private begin(call: Call, at: Instant): void {
    this.chosen.set(call.id, isOnItsWay(call) ? at : null);
    const party = partyOf(call);
    if (party !== null) this.metrics.callBegun(call.app, party);
  }
}

/** An agent is chosen as soon as it is free and a task waits for it: on its way since then is the time from free to ringing. */
function isOnItsWay({ stage }: Call): boolean {
  return stage.at === 'ringing' && stage.onAnswer.then === 'serve' && !stage.alerting;
}

/** Null: it is nobody's. */
function partyOf({ party }: Call): CallParty | null {
  switch (party.kind) {
    case 'agent':
      return 'agent';
    case 'outside':
      return party.from === 'dialled' ? 'number' : 'caller';
    case 'ear':
      return null;
  }
}

type Live = Measured['live'][number];
type Counts<Key extends string> = Record<Key, number>;

function liveIn(world: World, applications: ReadonlySet<AppId>): readonly Live[] {
  const live = new Map<
    AppId,
    { readonly calls: Counts<CallParty>; readonly conversations: Counts<keyof Live['conversations']> }
  >();
  for (const app of applications) {
    live.set(app, {
      calls: { caller: 0, agent: 0, number: 0 },
      conversations: { queue: 0, call_out: 0, call_agent: 0 },
    });
  }
  for (const call of world.calls.values()) {
    const party = partyOf(call);
    const counts = live.get(call.app)?.calls;
    if (party !== null && counts !== undefined) counts[party] += 1;
  }
  for (const { app, type, stage } of world.conversations.values()) {
    const counts = live.get(app)?.conversations;
    if (stage.at === 'begun' && counts !== undefined) counts[type] += 1;
  }
  return [...live].map(([app, counts]) => ({ app, ...counts, lines: trunkLinesIn(world, app) }));
}

function trunkLinesIn(world: World, app: AppId): number {
  return [...(world.outsideCalls.get(app)?.values() ?? [])].reduce((sum, lines) => sum + lines, 0);
}
