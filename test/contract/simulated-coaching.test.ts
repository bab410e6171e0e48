import type { BridgeId, ChannelId, PhoneNumber, TrunkId } from '../../src/domain/ids';
import { heardBy } from '../simulation/hearing';
import { SimulatedAsterisk } from '../simulation/simulated-asterisk';
import { VirtualTime } from '../simulation/virtual-time';
import { COACHING, SEATED, type Party } from './coaching';

const TRUNK = 'trunk' as TrunkId;

test.each(COACHING)('given $when, each hears whom they should in the simulation', ({ change, heard }) => {
  const asterisk = new SimulatedAsterisk(new VirtualTime());
  asterisk.attach({ hear: () => undefined, replaced: () => undefined });
  asterisk.trunks.add(TRUNK);
  for (const bridge of ['talk', 'aside', 'elsewhere'] as BridgeId[]) asterisk.openBridge(bridge, 'mixing');
  for (const [name, seated] of Object.entries(SEATED)) {
    const channelId = name as ChannelId;
    if (name === 'snoop') asterisk.snoop(channelId, 'agent' as ChannelId);
    else {
      const to = { kind: 'number', number: '+4930' as PhoneNumber, trunk: TRUNK } as const;
      asterisk.dial({ channelId, to, from: null, ringSeconds: 10, lifeSeconds: 10 });
      asterisk.answer(channelId);
    }
    const { bridge, ...audio } = { ...seated, ...change[name as Party] };
    const placement = { ...audio, bridgeId: bridge as BridgeId | null };
    for (const step of ['restrict', 'move', 'free'] as const) asterisk.place(channelId, placement, step);
  }
  for (const [name, voices] of Object.entries(heard)) {
    expect({ name, heard: [...heardBy(name as ChannelId, asterisk.channels)].sort() }).toEqual({
      name,
      heard: [...voices].sort(),
    });
  }
});
