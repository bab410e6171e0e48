import type { Call } from '../../src/domain/call/call';
import { sameHearing, samePlacement } from '../../src/domain/conversation/listen-speak-mode';
import { accountOf } from '../../src/domain/extension/extension';
import type { World } from '../../src/domain/world';
import type { SimulatedAsterisk } from './simulated-asterisk';

/** A lost connection is noticed after three seconds at the latest, a hang-up waits for what goes before it on its channel. */
const LONGEST_MS = 3_500;

/** World and Asterisk may differ while something is under way between them, but not for long. */
export class Agreement {
  private differing = new Map<string, number>();

  /** Nobody can tell for now. */
  forget(): void {
    this.differing.clear();
  }

  /** @throws Error that names what differs too long. */
  check(world: World, asterisk: SimulatedAsterisk, now: number): void {
    const before = this.differing;
    this.differing = new Map(differences(world, asterisk).map((each) => [each, before.get(each) ?? now]));
    const stale = [...this.differing].filter(([, since]) => now - since > LONGEST_MS);
    if (stale.length > 0) throw new Error(`world and Asterisk differ: ${stale.map(([what]) => what).join('; ')}`);
  }
}

function differences(world: World, asterisk: SimulatedAsterisk): readonly string[] {
  const { channels, bridges, accounts, under } = asterisk;
  const conversations = [...world.conversations.values()];
  const bridgeIds = new Set(conversations.map(({ bridgeId }) => bridgeId));
  return [
    ...[...world.calls.values()]
      .filter((call) => !agrees(call, asterisk))
      .map(({ id, stage }) => `call ${id} ${stage.at}`),
    ...[...channels.keys()].filter((id) => !world.callOnChannel.has(id)).map((id) => `stray channel ${id}`),
    ...conversations.filter(({ bridgeId }) => !bridges.has(bridgeId)).map(({ id }) => `no bridge for ${id}`),
    ...conversations
      .filter(({ bridgeId, underTalk }) => !sameHearing(underTalk, under.get(bridgeId) ?? null))
      .map(({ id }) => `under the talk of ${id}`),
    ...[...bridges].filter((id) => !bridgeIds.has(id)).map((id) => `stray bridge ${id}`),
    ...[...world.extensions.values()].flatMap((extension) => {
      const account = accountOf(extension);
      if (account === null) return [];
      const agree = accounts.get(account.user)?.isReachable === extension.enabled;
      return agree ? [] : [`account ${account.user}`];
    }),
    ...[...accounts.keys()]
      .filter((user) => !world.extensionOfUser.has(user))
      .map((user) => `stray account ${user}`),
  ];
}

function agrees({ channelId, stage, placement }: Call, asterisk: SimulatedAsterisk): boolean {
  const channel = asterisk.channels.get(channelId);
  if (channel === undefined) return false;
  switch (stage.at) {
    case 'ringing':
      return channel.state === 'ringing';
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
