import { setTimeout as wait } from 'node:timers/promises';
import { VOICES } from './audio-mill';
import { quantiles, type Quantiles } from './figures';
import { holdTalk } from './held-talk';
import type { Bench, Outcome } from './part';

const AGENT = 320_001;
const TARGET_MS = 100;
const HEARD_MS = 5_000;
const CHANGES_A_SECOND = 20;
/** So long a party is not heard before it is to be heard again. */
const SILENT_MS = 120;

/** From which mode to 1, and who hears again by that. */
const WAYS = [
  { from: 2, what: 'it is heard again (2 to 1)', ear: 'caller' },
  { from: 3, what: 'it hears again (3 to 1)', ear: 'agent' },
  { from: 4, what: 'it is taken back from hold (4 to 1)', ear: 'agent' },
] as const;

/** Figure 5: from the request for a mode to the packets that come through by it. */
export async function modes({ scene, contenders: { all }, amount }: Bench): Promise<Outcome> {
  const parley = all.find(({ name }) => name === 'Parley')!;
  const { id, calls, agentCallId, end } = await holdTalk(scene, parley, AGENT);
  scene.mill.call(calls.caller.audio!, VOICES.caller);
  scene.mill.call(calls.agent.audio!, VOICES.agent);
  const voiceFor = { caller: VOICES.agent, agent: VOICES.caller };
  /** Milliseconds from `loosen` to the first packet. */
  const time = async (
    ear: 'caller' | 'agent',
    restrict: () => Promise<unknown>,
    loosen: () => Promise<unknown>,
  ): Promise<number> => {
    await restrict();
    await wait(SILENT_MS);
    const since = performance.now();
    const heard = new Promise<number>((resolve) => scene.mill.listen(calls[ear].audio!, voiceFor[ear], resolve));
    await loosen();
    return (await Promise.race([heard, wait(HEARD_MS, Infinity)])) - since;
  };
  const setMode = (mode: number): Promise<unknown> =>
    scene.api.post(`conversation/${id}/call/${agentCallId}/lsm`, { mode });
  const count = Math.max(5, Math.round((amount.rounds * amount.seconds * CHANGES_A_SECOND) / 10));
  const figures: ({ readonly what: string; readonly count: number } & Quantiles)[] = [];
  const measure = async (what: string, action: () => Promise<number>): Promise<void> => {
    const times: number[] = [];
    for (let turn = 0; turn < count; turn++) times.push(await action());
    figures.push({ what, count, ...quantiles(times) });
  };
  for (const { from, what, ear } of WAYS) {
    await measure(what, () => time(ear, () => setMode(from), () => setMode(1))); // prettier-ignore
  }
  const mute = (method: 'POST' | 'DELETE') => (): Promise<unknown> =>
    scene.askAri(method, `channels/${agentCallId}/mute?direction=in`);
  await measure('floor: unmuted by a request to ARI', () => time('caller', mute('POST'), mute('DELETE')));
  scene.mill.stopCalling(calls.caller.audio!);
  scene.mill.stopCalling(calls.agent.audio!);
  await end();
  console.table(figures);
  return {
    figures,
    tables: [
      {
        title: "From the request for a mode of an agent to the first packet at the other's ear, milliseconds",
        head: ['what', 'changes', 'p50', 'p99'],
        rows: figures.map(({ what, count, p50, p99 }) => [what, count, p50, p99]),
      },
    ],
    targets: figures
      .slice(0, WAYS.length)
      .map(({ what, p99 }) => ({ what: `mode is audible, ${what}, p99 ms`, value: p99, limit: TARGET_MS, sense: 'at most' as const })), // prettier-ignore
    problems: figures.filter(({ p99 }) => p99 === Infinity).map(({ what }) => `not heard: ${what}`),
  };
}
