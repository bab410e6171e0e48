import type { Distributor, Way } from './ringing-load';
import type { RingingScene } from './ringing-scene';

/** Asterisk's own queues, one for each way; members are added while it runs. As quick as it can be configured. */
export const QUEUES_CONF = `
[general]
autofill = yes

[told]
strategy = leastrecent
ringinuse = no
timeout = 60
retry = 1
joinempty = yes
leavewhenempty = no

[ended](told)
`;

/** The same phones, served by app_queue; who is not free is a member that pauses. */
export async function nativeQueue(
  scene: RingingScene,
  agents: Readonly<Record<Way, readonly string[]>>,
): Promise<Distributor> {
  const cli = (command: string): Promise<string> => scene.asterisk.cli(command);
  const loaded = await cli('module load app_queue.so');
  if (!loaded.includes('Loaded')) throw new Error(`app_queue does not load: ${loaded}`);
  const pause = (user: string, way: Way): Promise<string> => cli(`queue pause member PJSIP/${user} queue ${way}`);
  const everybody = async (action: (user: string, way: Way) => Promise<unknown>): Promise<void> => {
    for (const way of ['told', 'ended'] as const) for (const user of agents[way]) await action(user, way);
  };
  await everybody(async (user, way) => {
    await cli(`queue add member PJSIP/${user} to ${way}`);
    await pause(user, way);
  });
  return {
    name: 'app_queue',
    call: (way) => scene.call('native', way),
    setFree: (user, way) => ({
      at: performance.now(),
      done: cli(`queue unpause member PJSIP/${user} queue ${way}`),
    }),
    beforeRest: (user) => pause(user, 'told'),
    close: () => everybody(pause),
  };
}
