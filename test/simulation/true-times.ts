import type { Call } from '../../src/domain/call/call';
import type { Conversation, Member } from '../../src/domain/conversation/conversation';
import type { ConversationId } from '../../src/domain/ids';
import type { World } from '../../src/domain/world';
import type { EventRecord } from '../../src/ports/events';
import type { Outages } from './outages';
import type { End, SimulatedAsterisk } from './simulated-asterisk';
import type { SimulatedService } from './simulated-service';

/** What is told comes within so long; and so long it may be until a comparison that was made meanwhile is made again. */
const NOTICED_MS = 3_500;
/** A limit is told to Asterisk in whole seconds, and counts from when that has come. */
const LIMIT_MS = 1_100;

/** Compares the ends of members on record with those of their channels. */
export class TrueTimes {
  private readonly seen = new Map<ConversationId, Conversation>();
  /** When it was noted that a member has left, and since when, by `keyOf`. */
  private readonly left = new Map<string, { readonly until: number; readonly notedAt: number }>();

  /** To be asked after every input. */
  look(world: World, now: number): void {
    for (const conversation of world.conversations.values()) {
      if (this.seen.get(conversation.id) !== conversation) this.note(conversation, now);
    }
  }

  private note(conversation: Conversation, notedAt: number): void {
    this.seen.set(conversation.id, conversation);
    for (const member of conversation.members) {
      const key = keyOf(conversation, member);
      if (member.until === null || this.left.get(key)?.until === member.until) continue;
      this.left.set(key, { until: member.until, notedAt });
    }
  }

  /**
   * A member's end is that of its channel, or later by an outage at most, but not if Asterisk itself has ended it; unless it was decided, at
   * the time of an event. Earlier it is only where Asterisk had still to be told the leg's limit. @throws Error that says where it is not so.
   */
  expect(service: SimulatedService, asterisk: SimulatedAsterisk, outages: Outages): void {
    const calls = new Map(service.recorded<Call>('calls').map((each) => [each.id, each]));
    const problems = service.recorded<Conversation>('conversations').flatMap((conversation) => {
      const told = toldOf(service, conversation);
      // With what it ended, who was still in it left. Null: it never began.
      const endNotedAt = told.find(({ body }) => body.includes('"callcenter.conversation.end"'))?.at ?? null;
      return conversation.members.flatMap((member) => {
        const ends = asterisk.ends.get(calls.get(member.callId)!.channelId) ?? [];
        const noted = this.left.get(keyOf(conversation, member));
        const notedLater = noted?.until === member.until ? noted.notedAt : endNotedAt;
        const notedAt = told.some(({ at }) => at === member.until) ? member.until : notedLater;
        const problem = problemWith(member, ends, notedAt, outages);
        return problem === null
          ? []
          : [`${problem}: ${conversation.id} ${JSON.stringify({ member, ends, notedAt })}`];
      });
    });
    if (problems.length > 0) throw new Error(problems.join('\n'));
  }
}

function toldOf({ disk }: SimulatedService, { app, id }: Conversation): readonly EventRecord[] {
  return disk.events.ofConversation(app, id);
}

function problemWith(
  member: Member,
  ends: readonly End[],
  notedAt: number | null,
  outages: Outages,
): string | null {
  if (ends.length === 0) return 'was never there';
  // It may have been gone, unheard, when it came; or have been with the dialplan and back again, unheard.
  const later = ends.filter(({ at }) => at >= member.since);
  const candidates = later.length > 0 ? later : ends.slice(-1);
  const problems = candidates.map((end) => problemWithEnd(member.until!, end, notedAt, outages));
  return problems.includes(null) ? null : problems[0]!;
}

function problemWithEnd(
  until: number,
  { at, isByLimit, toCome }: End,
  notedAt: number | null,
  outages: Outages,
): string | null {
  if (until > outages.knownBy(at, NOTICED_MS)) return 'its end is later than it was known';
  // What limits a leg is forgotten when its hang-up is decided.
  const isBounded = isByLimit && !toCome.includes('limit') && !toCome.includes('hang-up');
  if (isBounded && until > at + NOTICED_MS) return 'its end is later than its limit';
  const isDecided = notedAt === null || until === notedAt;
  return isDecided || toCome.includes('limit') || until >= at - LIMIT_MS ? null : 'its end is earlier than it was';
}

function keyOf({ id }: Conversation, { callId, since }: Member): string {
  return `${id} ${callId} ${since}`;
}
