import type { EndedBy, Moment } from '../load/sip-phones';

/** One phone's part in a call, as that phone saw it. */
export type Leg = {
  readonly who: 'caller' | 'agent' | 'outside';
  /** An agent's name, else the number. */
  readonly name: string;
  /** When its INVITE was sent or came. */
  readonly since: Moment;
  /** When it was answered: by the phone, or the 200 for it came. */
  readonly upAt: Moment | undefined;
  readonly overAt: Moment | undefined;
  readonly overBy: EndedBy | undefined;
  /** Its agent asked over the API to be taken out of the talk. */
  readonly leftAt?: Moment | undefined;
};

/** All phones that belong together, in the order in which they were rung. */
export type Story = {
  readonly kind: string;
  /** By it the outside party is known in the records. */
  readonly number: string;
  readonly legs: readonly Leg[];
};

/** The service or its connection was away. */
export type Absence = { readonly from: Moment; readonly to: Moment };

/** Whose end has one cause: Asterisk is told of them one by one, and the machine is slow at times. */
const TOGETHER_MS = 3_000;
/** How long after the end of an absence Asterisk may still be busy with it. */
const AFTERMATH_MS = 1_000;
/** Whoever is handed over so shortly before the service goes away may not have been let into the talk yet. */
const HANDING_OVER_MS = 300;
/** From an agent's answer to the second dial of its call. */
const SECOND_DIAL_MS = 2_000;

export type Verdict = {
  /** Was up, was ended by us, and nothing at the phones asks for that. */
  readonly dropped: readonly Leg[];
  /** The same, but it was answered while the service was away. */
  readonly cutOnAnswer: readonly Leg[];
  /**
   * The same, but it was up alone and before the service went away: whom its agent wanted was being rung at that moment, and
   * a dial is not tried twice.
   */
  readonly alone: readonly Leg[];
  /** Rang, was given up by us, and nothing at the phones asks for that. */
  readonly givenUp: readonly Leg[];
  /** Is not over although everybody has hung up. */
  readonly left: readonly Leg[];
};

/**
 * A phone may be hung up on only when somebody of the same call has hung up before, or has asked to be let out, and nobody
 * else is left that it could talk to. One that rings may be given up only when somebody of the same call has hung up.
 */
export function judge({ legs }: Story, absences: readonly Absence[]): Verdict {
  const endedByUs = legs.filter(({ overBy }) => overBy === 'peer');
  const undue = endedByUs.filter((leg) => !isDue(leg, legs));
  const wereUp = undue.filter(({ upAt }) => upAt !== undefined);
  const isAlone = (leg: Leg): boolean => legs.length === 1 && leg.who === 'agent';
  const alone = wereUp.filter((leg) => isAlone(leg) && isShortlyBefore(leg.upAt!, absences));
  const others = wereUp.filter((leg) => !alone.includes(leg));
  const cutOnAnswer = others.filter(({ upAt }) => isWithin(upAt!, absences, AFTERMATH_MS));
  return {
    dropped: others.filter((leg) => !cutOnAnswer.includes(leg)),
    cutOnAnswer,
    alone,
    givenUp: undue.filter(({ upAt }) => upAt === undefined),
    left: legs.filter(({ overAt }) => overAt === undefined),
  };
}

function isDue(leg: Leg, legs: readonly Leg[]): boolean {
  const at = leg.overAt!;
  if (leg.leftAt !== undefined && leg.leftAt <= at) return true;
  const others = legs.filter((each) => each !== leg);
  const hasCause = others.some(
    (each) => (each.overBy === 'phone' && each.overAt! <= at) || (each.leftAt ?? Infinity) <= at,
  );
  if (!hasCause) return false;
  const stillThere = others.filter(
    ({ upAt = Infinity, overAt = Infinity, overBy }) =>
      upAt < at && overAt > at && !(overBy === 'peer' && overAt - at < TOGETHER_MS),
  );
  return leg.upAt === undefined || stillThere.length === 0;
}

function isShortlyBefore(at: Moment, absences: readonly Absence[]): boolean {
  return absences.some(({ from }) => at < from && from - at <= SECOND_DIAL_MS);
}

/** `marginMs`: before and after. */
function isWithin(at: Moment, absences: readonly Absence[], marginMs: number): boolean {
  return absences.some(({ from, to }) => at >= from - marginMs && at <= to + marginMs);
}

/** Whether these two could hear each other for some time. */
export function haveTalked(one: Leg, other: Leg, absences: readonly Absence[], atLeastMs: number): boolean {
  const since = Math.max(togetherFrom(one, absences), togetherFrom(other, absences));
  return Math.min(one.overAt ?? Infinity, other.overAt ?? Infinity) - since >= atLeastMs;
}

/**
 * Whoever answers while the service is away is kept by the dialplan, alone with music, and handed over within a second of
 * its coming back: unless it is away again by then.
 */
function togetherFrom({ upAt = Infinity }: Leg, absences: readonly Absence[]): Moment {
  const first = absences.find(({ from, to }) => upAt >= from - AFTERMATH_MS && upAt <= to);
  if (first === undefined) return upAt;
  const later = absences.filter(({ from }) => from > first.from).sort((one, other) => one.from - other.from);
  return later.reduce(
    (since, { from, to }) => (since >= from - HANDING_OVER_MS && since <= to ? to + AFTERMATH_MS : since),
    first.to + AFTERMATH_MS,
  );
}

/** For whoever has to find out what happened. */
export function tell({ kind, number, legs }: Story): string {
  const second = (at: Moment | undefined): string => (at === undefined ? '-' : clock(at));
  const lines = legs.map(
    ({ who, name, since, upAt, overAt, overBy, leftAt }) =>
      `  ${who} ${name}: invited ${second(since)}, up ${second(upAt)}, over ${second(overAt)} by ${overBy ?? '-'}` +
      (leftAt === undefined ? '' : `, asked to leave ${second(leftAt)}`),
  );
  return [`${kind} ${number}`, ...lines].join('\n');
}

/** When the service was away meanwhile, for the same. */
export function absencesIn({ legs }: Story, absences: readonly Absence[]): readonly string[] {
  const begun = Math.min(...legs.map(({ since }) => since));
  const over = Math.max(...legs.map(({ overAt = Infinity }) => overAt));
  return absences
    .filter(({ from, to }) => to >= begun && from <= over)
    .map(({ from, to }) => `away from ${clock(from)} to ${clock(to)}`);
}

export function clock(at: Moment): string {
  return new Date(performance.timeOrigin + at).toISOString().slice(11, 23);
}
