import type { Call } from '../../src/domain/call/call';
import { memberOn } from '../../src/domain/conversation/conversation';
import { sameHearing, samePlacement } from '../../src/domain/conversation/listen-speak-mode';
import { accountOf, type Account } from '../../src/domain/extension/extension';
import type { CallId } from '../../src/domain/ids';
import type { World } from '../../src/domain/world';
import type { SimulatedAsterisk } from './simulated-asterisk';

/**
 * Where something is always under way. A lost connection is noticed after three seconds at the latest, a hang-up waits for
 * what goes before it on its channel.
 */
const LONGEST_MS = 3_500;

/** World and Asterisk may differ while something is under way between them, but not for long, and not a moment after. */
export class Agreement {
  private differing = new Map<string, number>();

  /** Nobody can tell for now. */
  forget(): void {
    this.differing.clear();
  }

  /** When they were looked at last. */
  get isComplete(): boolean {
    return this.differing.size === 0;
  }

  /** `isQuiet`: nothing is under way between them. @throws Error that names what differs then, or for too long. */
  check(world: World, asterisk: SimulatedAsterisk, now: number, isQuiet: boolean): void {
    const before = this.differing;
    const wrong = differences(world, asterisk);
    this.differing = new Map(
      [...wrong, ...strays(world, asterisk)].map((each) => [each, before.get(each) ?? now]),
    );
    const stale = [...this.differing].filter(([, since]) => now - since > LONGEST_MS).map(([what]) => what);
    const told = isQuiet && wrong.length > 0 ? wrong : stale;
    if (told.length > 0) throw new Error(`world and Asterisk differ: ${told.join('; ')}`);
  }
}

function differences(world: World, asterisk: SimulatedAsterisk): readonly string[] {
  const { bridges, accounts, under } = asterisk;
  const conversations = [...world.conversations.values()];
  const calls = [...world.calls.values()];
  const coaches = calls.filter(({ whisper }) => world.calls.get(whisper?.earId as CallId)?.stage.at === 'up');
  return [
    ...calls.filter((call) => !agrees(call, asterisk)).map(({ id, stage }) => `call ${id} ${stage.at}`),
    ...coaches.filter((coach) => !isHeardByPupil(world, coach, asterisk)).map(({ id }) => `who hears ${id}`),
    ...conversations
      .filter(({ bridgeId, bridgeKind }) => bridges.get(bridgeId) !== bridgeKind)
      .map(({ id, bridgeKind }) => `no ${bridgeKind} bridge for ${id}`),
    ...[...bridges]
      .filter(([id, kind]) => kind === 'pair' && (asterisk.seatedIn(id).length > 2 || under.has(id)))
      .map(([id]) => `more than a pair in ${id}`),
    ...conversations
      .filter(({ bridgeId, underTalk }) => !sameHearing(underTalk, under.get(bridgeId) ?? null))
      .map(({ id }) => `under the talk of ${id}`),
    ...[...world.extensions.values()].flatMap((extension) => {
      const account = accountOf(extension);
      if (account === null) return [];
      const there = accounts.get(account.user);
      return isAccount(there?.account, account) && there?.isReachable === extension.enabled
        ? []
        : [`account ${account.user}`];
    }),
  ];
}

/** Of what is found, one goes every fifth of a second, on purpose: `runtime/strays.ts`. */
function strays(world: World, { channels, bridges, accounts }: SimulatedAsterisk): readonly string[] {
  const bridgeIds = new Set([
    ...[...world.conversations.values()].map(({ bridgeId }) => bridgeId),
    ...[...world.calls.values()].map(({ whisper }) => whisper?.bridgeId),
  ]);
  return [
    ...[...channels.keys()].filter((id) => !world.callOnChannel.has(id)).map((id) => `stray channel ${id}`),
    ...[...bridges.keys()].filter((id) => !bridgeIds.has(id)).map((id) => `stray bridge ${id}`),
    ...[...accounts.keys()]
      .filter((user) => !world.extensionOfUser.has(user) && !world.formerAccounts.has(user))
      .map((user) => `stray account ${user}`),
  ];
}

/** Asterisk has it with this digest or address. */
function isAccount(there: Account | undefined, account: Account): boolean {
  return Object.entries(account).every(([name, value]) => there?.[name as keyof Account] === value);
}

/** And by nobody else. */
function isHeardByPupil(world: World, { id, channelId, whisper }: Call, asterisk: SimulatedAsterisk): boolean {
  const { role } = memberOn(world.conversations.get(whisper!.conversationId)!, id)!;
  const pupil = role.as === 'supervisor' ? world.calls.get(role.coaching!) : undefined;
  if (pupil === undefined || !asterisk.channels.has(channelId)) return false;
  const hearers = asterisk.heardOn(channelId);
  return hearers.length === 1 && hearers[0] === pupil.channelId;
}

function agrees({ channelId, stage, placement }: Call, asterisk: SimulatedAsterisk): boolean {
  const channel = asterisk.channels.get(channelId);
  if (channel === undefined) return false;
  switch (stage.at) {
    case 'ringing':
      return channel.state !== 'up'; // One that is kept is handed over within a second.
    case 'queued':
      return (channel.state === 'up' || !stage.answered) && isPlaced();
    case 'up':
      return channel.state === 'up' && isPlaced();
    case 'ending':
      return false;
  }

  function isPlaced(): boolean {
    const { bridge, speaks, hears } = channel!;
    return samePlacement(placement, { bridgeId: bridge, speaks, hears });
  }
}
