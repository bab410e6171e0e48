import { AriAudio } from '../../src/adapters/ari/ari-audio';
import type { AriConnection } from '../../src/adapters/ari/ari-connection';
import { AriBridges } from '../../src/adapters/ari/ari-bridges';
import type { AriMusic } from '../../src/adapters/ari/ari-music';
import { BRIDGE } from '../../src/domain/conversation/listen-speak-mode';
import type { BridgeId, ChannelId } from '../../src/domain/ids';
import { silent } from '../support/fakes';
import { stepsOf } from '../support/steps';

const BRIDGE_ID = 'b'.repeat(32) as BridgeId;
const OTHER_BRIDGE = 'c'.repeat(32) as BridgeId;
const LEG = 'leg' as ChannelId;
const inside = (bridgeId: BridgeId | null) => ({ bridgeId, speaks: true, hears: BRIDGE });

/** Channels that were just answered, and each of which enters the bridge that it is asked into. */
function anAudio(...legs: readonly ChannelId[]) {
  const asked: string[] = [];
  const ask = async (operation: string): Promise<object> => {
    asked.push(operation);
    if (operation === 'enter') for (const leg of legs) audio.entered(leg, BRIDGE_ID);
    return {};
  };
  const ari = { ask } as unknown as AriConnection;
  const music = { toLeg: async () => null } as unknown as AriMusic;
  const audio: AriAudio = new AriAudio(ari, new AriBridges(ari, 'parley'), music, silent);
  for (const leg of legs) audio.begin(leg);
  return { audio, asked };
}

test('given its bridge is closed, a channel leaves none and may enter the next', async () => {
  const { audio, asked } = anAudio(LEG);
  await audio.place(LEG, null, inside(BRIDGE_ID));

  audio.bridgeClosed(BRIDGE_ID);
  await audio.place(LEG, BRIDGE_ID, inside(null));
  expect(asked).toEqual(['enter']);

  await audio.place(LEG, null, inside(BRIDGE_ID));
  expect(asked).toEqual(['enter', 'enter']);
});

test('given another bridge is closed, or one that it has left, it sits where it sat', async () => {
  const { audio, asked } = anAudio(LEG);
  await audio.place(LEG, null, inside(BRIDGE_ID));
  audio.bridgeClosed(OTHER_BRIDGE);
  await audio.place(LEG, BRIDGE_ID, inside(null));
  expect(asked).toEqual(['enter', 'leave']);

  await audio.place(LEG, null, inside(BRIDGE_ID));
  audio.answered(LEG);
  audio.ended(LEG);
  audio.begin(LEG);
  audio.bridgeClosed(BRIDGE_ID);
  await audio.place(LEG, null, inside(null));
  expect(asked).toEqual(['enter', 'leave', 'enter']);
});

test('given all was forgotten, the end of a bridge tells nothing of who was in it', async () => {
  const { audio, asked } = anAudio(LEG);
  await audio.place(LEG, null, inside(BRIDGE_ID));

  audio.forgetAll();
  audio.bridgeClosed(BRIDGE_ID);
  await audio.place(LEG, BRIDGE_ID, inside(null));

  expect(asked).toEqual(['enter', 'leave', 'unmute', 'stop-music']);
});

test('given thousands who talk elsewhere, the end of a talk goes through none of them', async () => {
  const many = Array.from({ length: 2_000 }, (_, index) => `${index}` as ChannelId);
  const { audio, asked } = anAudio(LEG, ...many);
  await audio.place(LEG, null, inside(BRIDGE_ID));

  expect(stepsOf(() => audio.bridgeClosed(BRIDGE_ID))).toBeLessThan(10);

  await audio.place(LEG, BRIDGE_ID, inside(null));
  expect(asked).toEqual(['enter']);
});
