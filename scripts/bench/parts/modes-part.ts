import { setTimeout as wait } from 'node:timers/promises';
import { VOICES, type AudioMill } from '../load/audio-mill';
import { quantiles, type Quantiles } from '../measuring/figures';
import { holdTalk } from '../load/held-talk';
import type { Bench, Outcome } from './part';

const AGENT = 320_001;
const TARGET_MS = 100;
const HEARD_MS = 5_000;
const CHANGES_A_SECOND = 20;
/** So long a party that is to hear nothing is listened to, from the time on at which that has to be so. */
const SILENT_MS = 100;

/** From which mode to 1, and who hears again by that. */
const WAYS = [
  { from: 2, what: 'it is heard again (2 to 1)', ear: 'caller' },
  { from: 3, what: 'it hears again (3 to 1)', ear: 'agent' },
  { from: 4, what: 'it is taken back from hold (4 to 1)', ear: 'agent' },
] as const;

export type Turn = {
  /** From the request for being heard again to the first packet; infinite when none came. */
  readonly ms: number;
  /** Packets that came while there were to be none. */
  readonly strays: number;
};

/** Nothing is to be heard from this port after `restrict`, and this voice again after `loosen`. */
export async function turnOf(
  mill: Pick<AudioMill, 'listen'>,
  ear: { readonly port: number; readonly voice: number },
  restrict: () => Promise<unknown>,
  loosen: () => Promise<unknown>,
): Promise<Turn> {
  await restrict();
  await wait(TARGET_MS);
  let since = Infinity;
  let strays = 0;
  const heard = new Promise<number>((resolve) => {
    const listen = (): void =>
      mill.listen(ear.port, ear.voice, (at) => {
        if (at >= since) return resolve(at);
        strays++;
        listen(); // It tells of one packet each time.
      });
    listen();
  });
  await wait(SILENT_MS);
  since = performance.now();
  await loosen();
  const at = await Promise.race([heard, wait(HEARD_MS, Infinity, { ref: false })]);
  return { ms: at - since, strays };
}

/** Figure 5: from the request for a mode to the packets that come through by it. */
export async function modes({ scene, contenders: { all }, amount }: Bench): Promise<Outcome> {
  const parley = all.find(({ name }) => name === 'Parley')!;
  const { id, calls, agentCallId, end } = await holdTalk(scene, parley, AGENT);
  scene.mill.call(calls.caller.audio!, VOICES.caller);
  scene.mill.call(calls.agent.audio!, VOICES.agent);
  const voiceFor = { caller: VOICES.agent, agent: VOICES.caller };
  const turn = (
    ear: 'caller' | 'agent',
    restrict: () => Promise<unknown>,
    loosen: () => Promise<unknown>,
  ): Promise<Turn> => turnOf(scene.mill, { port: calls[ear].audio!, voice: voiceFor[ear] }, restrict, loosen);
  const setMode = (mode: number): Promise<unknown> =>
    scene.api.post(`conversation/${id}/call/${agentCallId}/lsm`, { mode });
  const count = Math.max(5, Math.round((amount.rounds * amount.seconds * CHANGES_A_SECOND) / 10));
  const figures: ({ readonly what: string; readonly count: number; readonly strays: number } & Quantiles)[] = [];
  const measure = async (what: string, action: () => Promise<Turn>): Promise<void> => {
    const turns: Turn[] = [];
    while (turns.length < count) turns.push(await action());
    const strays = turns.reduce((sum, each) => sum + each.strays, 0);
    figures.push({ what, count, strays, ...quantiles(turns.map(({ ms }) => ms)) });
  };
  for (const { from, what, ear } of WAYS) {
    await measure(what, () =>
      turn(
        ear,
        () => setMode(from),
        () => setMode(1),
      ),
    );
  }
  const mute = (method: 'POST' | 'DELETE') => (): Promise<unknown> =>
    scene.askAri(method, `channels/${agentCallId}/mute?direction=in`);
  await measure('floor: unmuted by a request to ARI', () => turn('caller', mute('POST'), mute('DELETE')));
  scene.mill.stopCalling(calls.caller.audio!);
  scene.mill.stopCalling(calls.agent.audio!);
  await end();
  console.table(figures);
  return {
    figures,
    tables: [
      {
        title: "From the request for a mode of an agent to the first packet at the other's ear, milliseconds",
        head: ['what', 'changes', 'p50', 'p99', 'packets heard before'],
        rows: figures.map(({ what, count, p50, p99, strays }) => [what, count, p50, p99, strays]),
      },
    ],
    targets: figures.slice(0, WAYS.length).map(({ what, p99 }) => ({
      what: `mode is audible, ${what}, p99 ms`,
      value: p99,
      limit: TARGET_MS,
      sense: 'at most' as const,
    })),
    problems: [
      ...figures.filter(({ p99 }) => p99 === Infinity).map(({ what }) => `not heard: ${what}`),
      ...figures
        .filter(({ strays }) => strays > 0)
        .map(({ what, strays }) => `${strays} packets heard while nothing was to be: ${what}`),
    ],
  };
}
