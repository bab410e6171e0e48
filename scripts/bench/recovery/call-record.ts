import type { Schemas } from '../../api/api-types';
import { clock, haveTalked, type Absence, type Leg, type Story } from './call-story';
import type { Moment } from '../load/sip-phones';

/** Shorter than that, nobody can say whether there was a talk. */
const TALK_MS = 1_000;
/** Members' times have whole seconds, and facts take their time on a busy machine. */
const EARLY_MS = 1_500;
const LATE_MS = 5_000;

type Member = Schemas['Conversation']['members'][number];

/** By the numbers of those outside who took part. */
export function byNumber(
  conversations: readonly Schemas['Conversation'][],
): ReadonlyMap<string, readonly Schemas['Conversation'][]> {
  const found = new Map<string, Schemas['Conversation'][]>();
  for (const conversation of conversations) {
    const numbers = conversation.members.flatMap((each) => ('telnumber' in each ? [each.telnumber ?? ''] : []));
    for (const number of new Set(numbers)) found.set(number, [...(found.get(number) ?? []), conversation]);
  }
  return found;
}

/**
 * What is wrong with the record of a call, in words; nothing if it is right. The service's times of the members have to
 * be those of the phones, later by no more than the time that it was away.
 *
 * `reasons`: why it may have ended.
 */
export function faultsOfRecord(
  story: Story,
  records: readonly Schemas['Conversation'][],
  absences: readonly Absence[],
  reasons: readonly string[],
): readonly string[] {
  const talked = talkersOf(story, absences);
  if (talked.length === 0) return records.length > 1 ? [`${records.length} records of one call`] : [];
  if (records.length !== 1) return [`${records.length} records of a talk`];
  const [record] = records as [Schemas['Conversation']];
  const ending =
    record.state === 'completed' && reasons.includes(record.end_reason ?? '')
      ? []
      : [`is ${record.state}, ${record.end_reason ?? 'no reason'}`];
  return [...ending, ...talked.flatMap((leg) => faultsOfMember(leg, story, record.members, absences))];
}

/** Those who were in a talk beyond doubt, the caller among them. */
function talkersOf({ legs }: Story, absences: readonly Absence[]): readonly Leg[] {
  return legs.filter((leg) => legs.some((other) => other !== leg && haveTalked(leg, other, absences, TALK_MS)));
}

function faultsOfMember(
  leg: Leg,
  story: Story,
  members: readonly Member[],
  absences: readonly Absence[],
): readonly string[] {
  const own = members.filter((each) => ('name' in each ? each.name : each.telnumber) === leg.name);
  if (own.length === 0) return [`${leg.name} is not in it`];
  if (own.some(({ end_time }) => end_time === null)) return [`${leg.name} has no end`];
  const begins = own.map(({ begin_time }) => momentOf(begin_time));
  const ends = own.map(({ end_time }) => momentOf(end_time!));
  // A caller is in it from the moment on at which an agent was found.
  const isBegun = leg.who === 'caller' || begins.some((at) => isBetween(at, leg.upAt!, leg.upAt!, absences));
  const [first, last] = endOf(leg, story);
  return [
    ...(isBegun ? [] : [`${leg.name} begins at ${begins.map(clock).join(', ')}`]),
    ...(ends.some((at) => isBetween(at, first, last, absences))
      ? []
      : [`${leg.name} ends at ${ends.map(clock).join(', ')}`]),
  ];
}

/** For whom we have hung up on it was over when the one before had hung up; its phone is told later. */
function endOf(leg: Leg, { legs }: Story): readonly [first: Moment, last: Moment] {
  const at = leg.overAt ?? Infinity;
  if (leg.leftAt !== undefined) return [leg.leftAt, at];
  if (leg.overBy !== 'peer') return [at, at];
  const before = legs.flatMap(({ overBy, overAt = Infinity, leftAt = Infinity }) =>
    [overBy === 'phone' ? overAt : Infinity, leftAt].filter((each) => each <= at),
  );
  return [Math.max(-Infinity, ...before), at];
}

/** As late as the service could know of it. */
function isBetween(recorded: Moment, first: Moment, last: Moment, absences: readonly Absence[]): boolean {
  const away = absences.filter(({ from, to }) => last >= from - LATE_MS && first <= to);
  const latest = Math.max(last, ...away.map(({ to }) => to)) + LATE_MS;
  return recorded >= first - EARLY_MS && recorded <= latest;
}

/** The service's time zone is UTC here. */
function momentOf(time: string): Moment {
  return Date.parse(`${time.replace(' ', 'T')}Z`) - performance.timeOrigin;
}
