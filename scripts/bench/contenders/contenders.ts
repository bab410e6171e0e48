import { eventually } from '../../phone-farm/eventually';
import { nameOf } from '../scene/bench-scene';
import { CallLoad } from '../load/call-load';
import { Floor } from './floor';
import { AppQueue } from './native-queue';
import { WAYS, type Distributor, type Way } from '../load/ringing-load';
import { type Name, type SuiteScene } from '../scene/suite-scene';

/** What connects callers and agents. */
export type Contender = {
  readonly name: Name;
  /** Its own process, beside Asterisk: another one each time that it is opened, maybe. */
  readonly pid: number | undefined;
  /** These agents, whose phones are registered, are free for callers. The service is away when another one is open. */
  readonly open: (users: readonly string[]) => Promise<void>;
  /** Nobody rings any more. */
  readonly close: (users: readonly string[]) => Promise<void>;
  /** It gives callers who wait to these agents. */
  readonly distribute: (agents: Readonly<Record<Way, readonly string[]>>) => Distributor;
};

export type Contenders = { readonly all: readonly Contender[]; readonly stop: () => Promise<void> };

const AWAY_MS = 10_000;
/** As the parts that compare do at first. */
const WARM_UP_SECONDS = 20;
const WARM_UP_RATE = 20;
/** More than there are calls at a time; the first of those who work in the parts. */
const WARM_UP_AGENTS = { first: 200_001, count: 50 };

/**
 * All on one Asterisk. `floorBridge`: the type of the floor's bridges. `warmUpSeconds`: of calls that the service gets when it
 * has been away. The phones are to be served by one of them at a time.
 */
export async function contendersOf(
  scene: SuiteScene,
  floorBridge = 'mixing,proxy_media',
  warmUpSeconds = WARM_UP_SECONDS,
): Promise<Contenders> {
  const queue = await AppQueue.load(scene.asterisk);
  const floor = await Floor.start(scene.ari, floorBridge);
  const all = [parley(scene, warmUpSeconds), appQueue(scene, queue), floorOf(scene, floor)];
  return { all, stop: () => floor.stop() };
}

export function parley(scene: SuiteScene, warmUpSeconds = WARM_UP_SECONDS): Contender {
  const setState = (user: string, state: string): Promise<unknown> =>
    scene.api.post(`agent/${nameOf(user)}/state`, { state });
  const free = (users: readonly string[]): Promise<void> => scene.each(users, (user) => setState(user, 'idle'));
  /** A process that has just begun still compiles its code. */
  const warmUp = async (): Promise<void> => {
    const { onRing } = scene.phones;
    const users = await scene.growAgents(WARM_UP_AGENTS.first, WARM_UP_AGENTS.count, 'work');
    await free(users);
    const amount = { perSecond: WARM_UP_RATE, seconds: warmUpSeconds, warmUpSeconds: 0 };
    await new CallLoad(scene, contender, amount).run();
    await sendAway(scene, users);
    scene.phones.onRing = onRing;
  };
  const beThere = async (): Promise<void> => {
    await scene.bringServiceBack();
    if (!scene.isServiceNew) return;
    scene.isServiceNew = false;
    await warmUp();
  };
  const contender: Contender = {
    name: 'Parley',
    get pid() {
      return scene.service.pid;
    },
    open: async (users) => {
      await beThere();
      await free(users);
    },
    close: (users) => sendAway(scene, users),
    distribute: ({ told, ended }) => ({
      ways: WAYS,
      open: async () => {
        await beThere();
        await sendAway(scene, [...told, ...ended]);
      },
      call: (way) => scene.callTo('Parley', way),
      setFree: (user) => ({ at: performance.now(), done: setState(user, 'idle') }),
      beforeRest: async () => {}, // The plan says what they are after a talk.
      close: async () => {},
    }),
  };
  return contender;
}

/** Whoever has just talked may not be through yet for the service. */
async function sendAway(scene: SuiteScene, users: readonly string[]): Promise<void> {
  await scene.each(users, async (user) => {
    const isAway = async (): Promise<boolean> =>
      (await scene.api.request('POST', `agent/${nameOf(user)}/state`, { state: 'away' })).status === 200;
    await eventually(isAway, AWAY_MS, () => `${nameOf(user)} should be away`);
  });
}

function appQueue(scene: SuiteScene, queue: AppQueue): Contender {
  return {
    name: 'app_queue',
    pid: undefined,
    open: async (users) => {
      await scene.takeServiceAway();
      await queue.add('work', users);
    },
    close: (users) => queue.remove('work', users),
    distribute: (agents) => {
      const everybody = async (action: (way: Way, user: string) => Promise<void>): Promise<void> => {
        for (const way of WAYS) for (const user of agents[way]) await action(way, user);
      };
      return {
        ways: WAYS,
        open: async () => {
          await scene.takeServiceAway();
          await everybody(async (way, user) => {
            await queue.add(way, [user]);
            await queue.pause(way, user);
          });
        },
        call: (way) => scene.callTo('app_queue', way),
        setFree: (user, way) => ({ at: performance.now(), done: queue.unpause(way, user) }),
        beforeRest: (user) => queue.pause('told', user),
        close: () => everybody((way, user) => queue.remove(way, [user])),
      };
    },
  };
}

function floorOf(scene: SuiteScene, floor: Floor): Contender {
  return {
    name: 'floor',
    pid: floor.pid,
    open: async (users) => {
      await scene.takeServiceAway();
      floor.order({ free: users });
    },
    close: async () => floor.order({ reset: true }),
    distribute: () => ({
      ways: ['ended'], // It has no other.
      open: () => scene.takeServiceAway(),
      call: (way) => scene.callTo('floor', way),
      setFree: (user) => ({ at: performance.now(), done: Promise.resolve(floor.order({ free: [user] })) }),
      beforeRest: async () => {},
      close: async () => floor.order({ reset: true }),
    }),
  };
}
