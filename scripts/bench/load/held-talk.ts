import { eventually } from '../../phone-farm/eventually';
import { nameOf } from '../scene/bench-scene';
import type { Contender } from '../contenders/contenders';
import type { PhoneCall } from './sip-phones';
import type { SuiteScene } from '../scene/suite-scene';

const UP_MS = 10_000;

type HeldTalk = {
  readonly id: string;
  readonly calls: { readonly caller: PhoneCall; readonly agent: PhoneCall };
  readonly agentCallId: string;
  /** Resolves when its record is complete. */
  readonly end: () => Promise<void>;
};

/** A talk of a caller with an agent that goes on until it is ended. `first`: number of the agent. */
export async function holdTalk(scene: SuiteScene, parley: Contender, first: number): Promise<HeldTalk> {
  const [user] = await scene.growAgents(first, 1, 'hold');
  await parley.open([user!]);
  const rung = new Promise<PhoneCall>((resolve) => {
    scene.phones.onRing = ({ call }) => {
      call.answer();
      resolve(call);
    };
  });
  const calls = { caller: await scene.callTo('Parley', 'hold'), agent: await rung };
  const talk = async (): Promise<string | undefined> =>
    (await scene.api.get(`agent/${nameOf(user!)}`)).conversations[0];
  const id = await eventually(talk, UP_MS, () => 'the agent should have a conversation');
  const isJoined = async (): Promise<string | undefined> =>
    (await scene.api.get(`conversation/${id}`)).members.find((member) => 'name' in member)?.call_id;
  const agentCallId = await eventually(isJoined, UP_MS, () => 'the agent should be in the talk');
  return {
    id,
    calls,
    agentCallId,
    end: async () => {
      calls.agent.hangUp();
      await calls.caller.ended;
      await parley.close([user!]);
      const isOver = async (): Promise<boolean> =>
        (await scene.api.get(`conversation/${id}`)).state === 'completed';
      await eventually(isOver, UP_MS, () => 'the talk should be over');
    },
  };
}
