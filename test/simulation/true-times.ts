import type { Call } from '../../src/domain/call/call';
import type { Conversation, Member } from '../../src/domain/conversation/conversation';
import type { Outages } from './outages';
import type { End, SimulatedAsterisk } from './simulated-asterisk';
import type { SimulatedService } from './simulated-service';

/** What is told comes within so long; and so long it may be until a comparison that was made meanwhile is made again. */
const NOTICED_MS = 3_500;
/** A limit is told to Asterisk in whole seconds, and counts from when that has come. */
const LIMIT_MS = 1_100;

/**
 * A member's end on record is that of its channel, or later by an outage at most, unless it was decided. Earlier it is only
 * where Asterisk had still to be told the leg's limit. @throws Error that says where it is not so.
 */
export function expectTrueTimes(service: SimulatedService, asterisk: SimulatedAsterisk, outages: Outages): void {
  const calls = new Map(service.recorded<Call>('calls').map((each) => [each.id, each]));
  const problems = service.recorded<Conversation>('conversations').flatMap(({ id, members }) =>
    members.flatMap((member) => {
      const ends = asterisk.ends.get(calls.get(member.callId)!.channelId) ?? [];
      const later = ends.filter(({ at }) => at >= member.since);
      // It may have been gone, unheard, when it came; or have been with the dialplan and back again, unheard.
      const candidates = later.length > 0 ? later : ends.slice(-1);
      const problems = candidates.map((end) => problemOf(member, end, service.instants, outages));
      const problem = problems.length === 0 ? 'was never there' : problems.includes(null) ? null : problems[0]!;
      return problem === null ? [] : [`${problem}: ${id} ${JSON.stringify({ member, ends })}`];
    }),
  );
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function problemOf(
  { until }: Member,
  { at, isLimitToCome }: End,
  instants: ReadonlySet<number>,
  outages: Outages,
): string | null {
  if (until! > outages.knownBy(at, NOTICED_MS)) return 'its end is later than it was known';
  const isDecided = instants.has(until!);
  if (isDecided || until! >= at - LIMIT_MS) return null;
  return isLimitToCome ? null : 'its end is earlier than it was';
}
