import type { Call } from '../../src/domain/call/call';
import type { CallId } from '../../src/domain/ids';
import type { World } from '../../src/domain/world';
import type { SimulatedAsterisk } from './simulated-asterisk';

/** A broken connection is noticed after three seconds at the latest; until then an answer may be on its way that never comes. */
const UNNOTICED_MS = 3_500;

/**
 * Whoever has answered a phone is not hung up on for having let it ring too long, and is not taken for gone: whatever else
 * ends the call, such as the end of whom it was for, may end it.
 */
export class AnsweredPhones {
  private last: ReadonlyMap<CallId, Call> = new Map();
  private world: World | undefined;

  /** To be asked after every input. `isJudged`: the service says that it knows what happens in Asterisk. In words, what was wrong. */
  wronged(world: World, asterisk: SimulatedAsterisk, now: number, isJudged: boolean): readonly string[] {
    const before = this.world === world ? this.last : new Map<CallId, Call>();
    this.world = world;
    this.last = new Map([...world.calls].filter(([, { stage }]) => stage.at === 'ringing'));
    return [...before.values()].flatMap(({ id, channelId, stage, party }) => {
      const channel = asterisk.channels.get(channelId);
      const isAnswered = channel !== undefined && (channel.answeredAt ?? now) < now - UNNOTICED_MS;
      if (stage.at !== 'ringing' || !isAnswered) return [];
      const call = world.calls.get(id);
      const isGivenUp = call?.stage.at === 'ending' && stage.giveUpAt <= now && isJudged;
      if (isGivenUp) return [`answered, and hung up on as if it still rang: ${channelId}`];
      const isLoggedOut = party.kind === 'agent' && !world.agents.has(party.agentId);
      return call === undefined && !isLoggedOut ? [`answered, and taken for gone: ${channelId}`] : [];
    });
  }
}
