import type { Effect } from '../../domain/effect';
import { later, type ChannelId, type Instant } from '../../domain/ids';
import type { Aggregates, Kind } from '../../domain/world';
import { StorageUnusable } from '../../ports/storage';
import { parseStored } from './stored-json';

/** An aggregate as an earlier version of this program wrote it: with which properties, only its lift knows. */
export type OldShape = Readonly<Record<string, unknown>>;

/** What makes the next version's shape of each kind of thing; a kind without one has not changed. */
export type Lifts = { readonly [Each in Kind]?: (old: OldShape) => OldShape };

/** The first lifts version 1 to 2, and so on. A store may keep conversations for ever (`PARLEY_KEEP_DAYS=0`), so no lift is ever removed. */
const LIFTS: readonly Lifts[] = [
  {
    agents: (old) => ({ ...old, restsUntil: null }),
    // One that was ringing at the upgrade had had the time to reach its phone.
    calls: (old) => ({ ...old, stage: isRinging(old) ? { ...old.stage, alerting: true } : old.stage }),
    conversations: (old) => ({ ...old, holdVoice: null, underTalk: null }),
    // All came from files, and are read again at each start.
    plans: (old) => ({ ...old, source: 'file', text: '' }),
    queueTasks: (old) => ({
      ...old,
      plan: null,
      conditionId: null,
      waits: targetsOf(old).map(waitingFor),
      missedBy: [],
      decisions: [],
    }),
  },
  {
    calls: (old) => ({ ...old, whisper: null, phoneHold: null, stage: stageWithPurpose(old) }),
    conversations: (old) => ({ ...old, rejectedWith: null, members: membersWithRole(old) }),
    queueTasks: (old) => ({ ...old, givenAwayBy: null, rejectedWith: null }),
  },
  // An earlier version had no bridges of another kind.
  { conversations: (old) => ({ ...old, bridgeKind: 'mixing' }) },
  { calls: (old) => ({ ...old, userData: null }) },
  { calls: (old) => ({ ...old, queueId: null }) },
];

/** The shape in which aggregates are written today. A type that changes brings a lift, and so one version more. */
export const SHAPE_VERSION = LIFTS.length + 1;

/**
 * What was written as that version, in today's shape.
 * @throws StorageUnusable that begins with `where` when a later program wrote it, or when it cannot be read or lifted.
 */
export function inTodaysShape<Of extends Kind>(
  where: string,
  kind: Of,
  version: number,
  read: () => unknown,
  lifts: readonly Lifts[] = LIFTS,
): Aggregates[Of] {
  expectKnown(where, version, lifts.length + 1);
  const outstanding = lifts.slice(version - 1);
  return undamaged(where, () =>
    outstanding.reduce((shape, lift) => lift[kind]?.(shape) ?? shape, read() as OldShape),
  ) as never;
}

/** @throws StorageUnusable that begins with `where` when a later program wrote it. */
export function expectKnown(where: string, version: number, known: number = SHAPE_VERSION): void {
  if (version <= known) return;
  throw new StorageUnusable(
    `${where} was written by a newer program: it has version ${version}, the last one known here is ${known}`,
  );
}

/** @throws StorageUnusable that begins with `where` when the text cannot be read. */
export function storedEffect(where: string, text: string): Effect {
  const effect = undamaged(where, () => parseStored(text)) as Effect | OldLimit;
  if (effect.do === 'open-bridge') return { ...effect, kind: effect.kind ?? 'mixing' }; // Of before there were two kinds.
  if (effect.do !== 'limit' || !('seconds' in effect)) return effect;
  const { seconds, ...limit } = effect;
  return { ...limit, until: later(Date.now() as Instant, seconds) };
}

/** Of before it was known from when the seconds count. */
type OldLimit = { readonly do: 'limit'; readonly channelId: ChannelId; readonly seconds: number };

/** @throws StorageUnusable that begins with `where` when it cannot be read. */
export function undamaged<Result>(where: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new StorageUnusable(`${where} is damaged: restore the store from a backup`, { cause: error });
  }
}

/** Who rings to join does so as a party, and nothing waits for the end of a call. */
function stageWithPurpose({ stage }: OldShape): OldShape {
  const { at, onAnswer } = stage as {
    readonly at: string;
    readonly onAnswer?: OldShape & { readonly then: string };
  };
  if (at === 'ending') return { at, then: null };
  if (onAnswer?.then !== 'join') return stage as OldShape;
  return { ...(stage as OldShape), onAnswer: { ...onAnswer, role: { as: 'party' } } };
}

function membersWithRole({ members }: OldShape): readonly OldShape[] {
  return (members as readonly OldShape[]).map((member) => ({ ...member, role: { as: 'party' } }));
}

function isRinging(call: OldShape): call is { readonly stage: OldShape } {
  return (call as { readonly stage: { readonly at: string } }).stage.at === 'ringing';
}

type OldTarget = {
  readonly kind: string;
  readonly priority: number;
  readonly queueTimeoutSeconds: number | null;
  readonly fetchTimeoutSeconds: number;
};

function targetsOf(task: OldShape): readonly OldTarget[] {
  const { enqueue, route } = task as unknown as {
    readonly enqueue: { readonly routes: readonly { readonly targets: readonly OldTarget[] }[] };
    readonly route: number;
  };
  return enqueue.routes[route]!.targets;
}

/** There were no conditions, so a task waited for one until the call ended. */
function waitingFor({ kind, priority, queueTimeoutSeconds, fetchTimeoutSeconds }: OldTarget): OldShape {
  if (kind === 'condition') return { priority: 0, queueTimeoutSeconds: null, fetchTimeoutSeconds: 45 };
  return { priority, queueTimeoutSeconds, fetchTimeoutSeconds };
}
