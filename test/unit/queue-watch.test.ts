import type { ChannelId, Instant } from '../../src/domain/ids';
import type { Input, InputType } from '../../src/domain/input';
import type { AgentTarget, SkillTarget } from '../../src/domain/queue/enqueue';
import { QueueWatch } from '../../src/runtime/queue-watch';
import {
  agentTarget,
  ANN,
  answered,
  asking,
  BOB,
  ended,
  inviteAgent,
  legOf,
  OTHER_APP,
  routing,
  skillTarget,
} from '../support/happenings';
import {
  aCall,
  aConversation,
  aMember,
  after,
  anArrival,
  APP,
  atTheirPhones,
  aWorld,
  NOW,
  when,
} from '../support/worlds';

const at = (seconds: number): Instant => after(seconds).at;

/** Ann, who is busy, and a queue that is watched from the start. */
function aWatchedQueue(skills: readonly string[] = [], holding: Parameters<typeof aWorld>[0] = {}) {
  const scored = skills.map((name) => ({ name, score: 1, enabled: true }));
  const ann = { state: 'busy', keptAliveAt: at(1e6), skills: scored } as const;
  const world = aWorld({ ...atTheirPhones(ann), ...holding });
  let watch = new QueueWatch(world, NOW);
  const happens = <Type extends InputType>(input: Input<Type>, seconds: number) => {
    const outcome = when(world, input, after(seconds));
    watch.follow({ ...outcome, at: at(seconds) });
    return outcome;
  };
  type Wish = { readonly targets?: readonly (AgentTarget | SkillTarget)[]; readonly priority?: number };
  const arrives = (
    seconds: number,
    { targets = [agentTarget(ANN)], priority = 0 }: Wish = {},
    app = APP,
  ): ChannelId => {
    const arrival = anArrival({ app, request: asking(targets, { reserveState: 'busy' }), priority });
    happens(arrival, seconds);
    return arrival.channelId;
  };
  /** Ann is there for one caller, who hangs up at once. */
  const takesOne = (seconds: number): void => {
    happens({ type: 'set-state', app: APP, name: ANN, state: 'idle' }, seconds);
    const leg = legOf(world);
    happens(answered(leg), seconds);
    happens(ended(leg), seconds);
  };
  const queue = (seconds: number, app = APP) => watch.queue(app, at(seconds));
  /** Who stands where: channels, with their positions. */
  const positions = (seconds: number) =>
    queue(seconds).map(({ task, position }) => {
      const { callId } = task.origin as Extract<typeof task.origin, { from: 'caller' }>;
      return [world.calls.get(callId)!.channelId, position];
    });
  const restart = (seconds: number): void => void (watch = new QueueWatch(world, at(seconds)));
  return { world, happens, arrives, takesOne, queue, positions, restart };
}

describe('positions', () => {
  test('given callers who wait for the same agent, the first comes first', () => {
    const { arrives, positions } = aWatchedQueue();
    const [first, second] = [arrives(0), arrives(1)];

    expect(positions(5)).toEqual([
      [first, 1],
      [second, 2],
    ]);
  });

  test('given one more urgent, it comes before those who were there', () => {
    const { arrives, positions } = aWatchedQueue();
    const first = arrives(0);
    const urgent = arrives(1, { priority: 1 });

    expect(positions(5)).toEqual([
      [urgent, 1],
      [first, 2],
    ]);
  });

  test('given callers who wait for something else, they are not in the way', () => {
    const { arrives, positions } = aWatchedQueue();
    const forAnn = arrives(0);
    const forSales = arrives(1, { targets: [skillTarget('sales')] });

    expect(positions(5)).toEqual([
      [forAnn, 1],
      [forSales, 1],
    ]);
  });

  test('given several targets, the line in which it stands furthest in front counts', () => {
    const { arrives, positions } = aWatchedQueue();
    const sales = arrives(0, { targets: [skillTarget('sales')] });
    const both = arrives(1, { targets: [skillTarget('sales'), skillTarget('tea')] });
    const tea = arrives(2, { targets: [skillTarget('tea')] });

    expect(positions(5)).toEqual([
      [sales, 1],
      [both, 1],
      [tea, 2],
    ]);
  });

  test('given a target named twice, it stands there once', () => {
    const { arrives, positions } = aWatchedQueue();
    const twice = arrives(0, { targets: [skillTarget('sales'), skillTarget('sales', { priority: 3 })] });
    const once = arrives(1, { targets: [skillTarget('sales')] });

    expect(positions(5)).toEqual([
      [twice, 1],
      [once, 2],
    ]);
  });

  test("given one whose target has timed out, it is in nobody's way there", () => {
    const { arrives, positions } = aWatchedQueue();
    const targets = [skillTarget('sales', { queueTimeoutSeconds: 10 }), skillTarget('tea')];
    const leaving = arrives(0, { targets });
    const sales = arrives(1, { targets: [skillTarget('sales')] });

    expect(positions(9)).toContainEqual([sales, 2]);
    expect(positions(10)).toEqual([
      [leaving, 1],
      [sales, 1],
    ]);
  });

  test('given targets of which the most urgent times out, it is as urgent as the other from then on', () => {
    const { arrives, positions, queue } = aWatchedQueue();
    const targets = [
      agentTarget(ANN, { priority: 5, queueTimeoutSeconds: 10 }),
      skillTarget('tea', { priority: 2 }),
    ];
    const [urgent, other] = [arrives(1, { targets, priority: 1 }), arrives(0, { priority: 4 })];

    expect(queue(10).map(({ priority }) => priority)).toEqual([6, 4]);
    expect(queue(11).map(({ priority }) => priority)).toEqual([4, 3]);
    expect(positions(10).map(([channelId]) => channelId)).toEqual([urgent, other]);
    expect(positions(11).map(([channelId]) => channelId)).toEqual([other, urgent]);
  });

  test('given one that rings, it has none, and the others move up', () => {
    const { arrives, happens, positions, queue } = aWatchedQueue();
    const [first, second] = [arrives(0), arrives(1)];

    happens({ type: 'set-state', app: APP, name: ANN, state: 'idle' }, 4);

    expect(positions(5)).toEqual([
      [first, null],
      [second, 1],
    ]);
    expect(queue(7.9).map(({ waitedSeconds }) => waitedSeconds)).toEqual([7, 6]);
  });

  test('given another application, its queue is its own', () => {
    const { arrives, queue } = aWatchedQueue();
    arrives(0, { targets: [skillTarget('sales')] });
    arrives(1, { targets: [skillTarget('sales')] }, OTHER_APP);

    expect([queue(2).length, queue(2, OTHER_APP)]).toMatchObject([1, [{ position: 1, task: { app: OTHER_APP } }]]);
  });

  test('given an invitation that waits, it stands in line like a caller', () => {
    const conversation = aConversation();
    const call = aCall({ memberOf: [conversation.id] });
    const { arrives, happens, queue } = aWatchedQueue([], {
      calls: [call],
      conversations: [{ ...conversation, members: [aMember(call)] }],
    });
    arrives(0);
    happens(inviteAgent(conversation, routing([[agentTarget(ANN)]])), 1);

    expect(queue(2).map(({ task, position }) => [task.type, position])).toEqual([
      ['ivr', 1],
      ['invite_agent', 2],
    ]);
  });
});

describe('estimates', () => {
  /** Callers for Ann, of whom one is taken every ten seconds, three in all. */
  function aMovingQueue(callers = 5) {
    const queue = aWatchedQueue();
    for (let each = 0; each < callers; each++) queue.arrives(0);
    for (const seconds of [10, 20, 30]) queue.takesOne(seconds);
    return queue;
  }

  test('given three taken, ten seconds apart, each place is worth ten seconds', () => {
    expect(aMovingQueue().queue(30)).toMatchObject([
      { position: 1, estimate: { seconds: 10, samples: 3 } },
      { position: 2, estimate: { seconds: 20, samples: 3 } },
    ]);
  });

  test('given two taken, nothing is said', () => {
    const { arrives, takesOne, queue } = aWatchedQueue();
    for (let each = 0; each < 3; each++) arrives(0);
    takesOne(10);
    takesOne(20);

    expect(queue(20)).toMatchObject([{ position: 1, estimate: null }]);
  });

  test('given callers who find an agent at once, they stood in no line', () => {
    const { arrives, happens, world, queue } = aWatchedQueue();
    for (const seconds of [0, 100, 200, 300]) {
      happens({ type: 'set-state', app: APP, name: ANN, state: 'idle' }, seconds);
      arrives(seconds);
      happens(ended(legOf(world)), seconds + 1);
      happens({ type: 'set-state', app: APP, name: ANN, state: 'busy' }, seconds + 1);
    }
    arrives(310);

    expect(queue(310)).toMatchObject([{ position: 1, estimate: null }]);
  });

  test('given one that hangs up while it waits, it was not taken', () => {
    const { arrives, happens, queue } = aMovingQueue();
    const impatient = arrives(31);
    happens(ended({ channelId: impatient }), 40);

    expect(queue(40)[0]!.estimate).toMatchObject({ samples: 3 });
  });

  test('given several targets, the line that takes least counts', () => {
    const { arrives, takesOne, queue } = aWatchedQueue(['sales']);
    for (let each = 0; each < 4; each++) arrives(0, { targets: [skillTarget('sales')] });
    for (const seconds of [10, 20, 30]) takesOne(seconds);
    arrives(31, { targets: [agentTarget(ANN), skillTarget('sales')] });

    expect(queue(31)).toMatchObject([{ estimate: { seconds: 10 } }, { estimate: { seconds: 20 } }]);
  });

  test('given one that overflows, it has changed lines and was not taken', () => {
    const { arrives, happens, world, queue } = aMovingQueue(3);
    const targets = [agentTarget(ANN, { queueTimeoutSeconds: 5 })];
    const overflowing = { ...asking(targets).enqueue, routes: [{ targets }, { targets: [skillTarget('tea')] }] };
    happens(anArrival({ request: { by: 'enqueue', enqueue: overflowing } }), 30);
    arrives(31);
    const [task] = [...world.queueTasks.values()];
    happens({ type: 'due', kind: 'queueTasks', id: task!.id }, 35);

    expect(queue(35)).toMatchObject([
      { position: 1, estimate: null },
      { position: 1, estimate: { seconds: 10, samples: 3 } },
    ]);
  });

  test('given one that overflows to somebody who is free, it was not taken from the line that it left', () => {
    const tea = [{ name: 'tea', score: 1, enabled: true }];
    const { agents, extensions } = atTheirPhones(
      { state: 'busy', keptAliveAt: at(1e6) },
      { name: BOB, skills: tea, keptAliveAt: at(1e6) },
    );
    const { arrives, takesOne, happens, world, queue } = aWatchedQueue([], { agents, extensions });
    for (let each = 0; each < 3; each++) arrives(0);
    for (const seconds of [10, 20, 30]) takesOne(seconds);
    const routes = [[agentTarget(ANN, { queueTimeoutSeconds: 5 })], [skillTarget('tea')]];
    happens(anArrival({ request: { by: 'enqueue', enqueue: routing(routes) } }), 30);
    arrives(31);
    const [task] = [...world.queueTasks.values()];
    happens({ type: 'due', kind: 'queueTasks', id: task!.id }, 35);

    expect(queue(35)).toMatchObject([
      { task: { id: task!.id, route: 1, phase: { at: 'ringing' } }, position: null },
      { position: 1, estimate: { seconds: 10, samples: 3 } },
    ]);
  });

  test('given a restart, positions are there at once, estimates when enough were taken since', () => {
    const { restart, queue, takesOne, arrives } = aMovingQueue();
    for (let each = 0; each < 3; each++) arrives(31);
    restart(40);

    expect(queue(40)).toMatchObject([1, 2, 3, 4, 5].map((position) => ({ position, estimate: null })));

    for (const seconds of [45, 50, 55]) takesOne(seconds);
    expect(queue(55)[0]!.estimate).toMatchObject({ seconds: 5, samples: 3 });
  });

  test('given very many lines in which nobody stands any more, those of the longest time ago are forgotten', () => {
    const { arrives, happens, queue } = aMovingQueue(3);
    const many = Array.from({ length: 5_000 }, (_, index) => skillTarget(`skill ${index}`));
    const comesAndGoes = (targets: typeof many) => happens(ended({ channelId: arrives(40, { targets }) }), 40);

    comesAndGoes(many.slice(1));
    const channelId = arrives(41);
    expect(queue(41)).toMatchObject([{ estimate: { samples: 3 } }]);

    happens(ended({ channelId }), 42);
    comesAndGoes(many);
    arrives(43);
    expect(queue(43)).toMatchObject([{ estimate: null }]);
  });
});
