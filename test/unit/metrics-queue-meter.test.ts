import { agentId, type Agent } from '../../src/domain/agent/agent';
import type { AgentName, AppId, Instant, QueueTaskId } from '../../src/domain/ids';
import type { Input, InputType } from '../../src/domain/input';
import type { QueueTask } from '../../src/domain/queue/queue-task';
import { apply, type Change, type World } from '../../src/domain/world';
import type { Measured, Metrics } from '../../src/ports/metrics';
import type { Handled } from '../../src/runtime/handled';
import { measured, QueueMeter } from '../../src/runtime/queue-meter';
import { SeededRandom } from '../simulation/seeded-random';
import { silent, standingClock } from '../support/fakes';
import {
  agentTarget,
  ANN,
  answered,
  asking,
  BOB,
  CAL,
  ended,
  legOf,
  now,
  OTHER_APP,
  routing,
  skillTarget,
} from '../support/happenings';
import { stepsOf } from '../support/steps';
import {
  after,
  anAgent,
  anArrival,
  aPlan,
  APP,
  atTheirPhones,
  aWorld,
  givenACaller,
  NOW,
  when,
} from '../support/worlds';

const at = (seconds: number): Instant => after(seconds).at;
const APPLICATIONS: ReadonlySet<AppId> = new Set([APP]);

class RecordingMetrics {
  readonly told: (string | number | boolean | null)[][] = [];
  measure: (() => Partial<Measured>) | undefined;

  onRead(measure: () => Partial<Measured>): void {
    this.measure = measure;
  }

  selected(...told: Parameters<Metrics['selected']>): void {
    this.told.push(['selected', ...told]);
  }

  ended(...told: Parameters<Metrics['ended']>): void {
    this.told.push(['ended', ...told]);
  }
}

/** A queue that is metered: Ann is ready, unless another world is given. */
function aMeteredQueue(world: World = aWorld(atTheirPhones({ name: ANN, keptAliveAt: at(1e6) }))) {
  const metrics = new RecordingMetrics();
  const errors: (readonly [string, unknown])[] = [];
  const logger = { ...silent, error: (message: string, fields?: unknown) => void errors.push([message, fields]) };
  const meter = new QueueMeter(world, { applications: APPLICATIONS, metrics, clock: standingClock, logger });
  const happens = <Type extends InputType>(input: Input<Type>, seconds: number, random = 0) => {
    const outcome = when(world, input, { ...after(seconds), random });
    meter.follow({ ...outcome, at: at(seconds) });
    return outcome;
  };
  return { world, metrics, errors, meter, happens };
}

describe('waiting', () => {
  test('given a caller of a plan who is answered, it has waited until then', () => {
    const { world, metrics, happens } = aMeteredQueue();
    apply(world, [{ kind: 'plans', value: aPlan('support'), live: true }]);
    happens(anArrival({ request: { by: 'plan', name: 'support' } }), 0);
    happens(answered(legOf(world)), 7.5);

    expect(metrics.told).toEqual([
      ['selected', APP, true],
      ['ended', APP, 'support', 'success', 7.5],
    ]);
  });

  test('given a caller who hangs up while it waits, it has waited until then', () => {
    const { metrics, happens } = aMeteredQueue(aWorld(atTheirPhones({ state: 'busy' })));
    const arrival = anArrival();
    happens(arrival, 10);
    happens(ended(arrival), 52);

    expect(metrics.told).toEqual([['ended', APP, null, 'hangup', 42]]);
  });

  test('given a plan that is not there, it has failed at once', () => {
    const { metrics, happens } = aMeteredQueue();
    happens(anArrival({ request: { by: 'plan', name: 'suport' } }), 10);

    expect(metrics.told).toEqual([['ended', APP, null, 'error', 0]]);
  });

  test('given an application that does not exist, it has no figures', () => {
    const { metrics, happens } = aMeteredQueue();
    happens(anArrival({ app: 'suport' as AppId, request: { by: 'mistake' } }), 10);

    expect(metrics.told).toEqual([]);
  });

  test('given a clock that has gone back, nobody has waited for less than nothing', () => {
    const { metrics, happens } = aMeteredQueue(aWorld(atTheirPhones({ state: 'busy' })));
    const arrival = anArrival();
    happens(arrival, 10);
    happens(ended(arrival), 5);

    expect(metrics.told).toEqual([['ended', APP, null, 'hangup', 0]]);
  });
});

describe('fairness', () => {
  /** Ann is given this task, by no rule. */
  function annIsGiven(
    world: World,
    task: QueueTask,
  ): { readonly changes: readonly Change[]; readonly notifications: readonly never[] } {
    const agent = { ...world.agents.get(agentId(APP, ANN))!, state: 'fetching' as const };
    const phase = { at: 'ringing', legs: [{ agentId: agent.id, callId: 'c'.repeat(32) as never }] } as const;
    const changes: readonly Change[] = [
      { kind: 'agents', value: agent, live: true },
      { kind: 'queueTasks', value: { ...task, phase }, live: true },
    ];
    apply(world, changes);
    const selected = { event: 'callcenter.queue.select', app: APP, id: task.id, agentName: ANN };
    return { changes, notifications: [selected as never] };
  }

  function twoWaiting(skills: Agent['skills'] = []) {
    const world = aWorld(atTheirPhones({ name: ANN, state: 'busy', skills }));
    const [first, second] = [0, 1].map((seconds) =>
      now(world, 'queueTasks', { id: givenACaller(world, {}, after(seconds)).taskId }),
    );
    return { world, first: first!, second: second! };
  }

  test('given the second that is served before the first, it is counted and logged', () => {
    const { world, first, second } = twoWaiting();
    const { meter, metrics, errors } = aMeteredQueue(world);

    meter.follow({ ...annIsGiven(world, second), at: at(5) });

    expect(metrics.told).toEqual([['selected', APP, false]]);
    expect(errors).toEqual([
      ['served out of order', { app: APP, agent: ANN, task: second.id, passedOver: first.id }],
    ]);
  });

  test('given the first that is served before the second, all is well', () => {
    const { world, first } = twoWaiting();
    const { meter, metrics, errors } = aMeteredQueue(world);

    meter.follow({ ...annIsGiven(world, first), at: at(5) });

    expect([metrics.told, errors]).toEqual([[['selected', APP, true]], []]);
  });

  test('given one who begins to wait by the same input, it was not passed over', () => {
    const { world, first, second } = twoWaiting();
    const ringing = { ...first, phase: { at: 'ringing', legs: [] } } as const;
    apply(world, [{ kind: 'queueTasks', value: ringing, live: true }]);
    const { meter, metrics } = aMeteredQueue(world);
    const given = annIsGiven(world, second);
    const back: Change = { kind: 'queueTasks', value: first, live: true };
    apply(world, [back]);

    meter.follow({ ...given, changes: [...given.changes, back], at: at(5) });

    expect(metrics.told).toEqual([['selected', APP, true]]);
  });

  test('given more to look at than there is time for, the rest is not said to be fair', () => {
    const skills = Array.from({ length: 99 }, (_, index) => ({ name: `skill${index}`, score: 1, enabled: true }));
    const { world, first } = twoWaiting(skills);
    const { meter, metrics } = aMeteredQueue(world);
    const { changes, notifications } = annIsGiven(world, first);

    meter.follow({ changes, notifications: Array.from({ length: 120 }, () => notifications[0]!), at: at(5) });

    expect(metrics.told).toEqual(Array.from({ length: 100 }, () => ['selected', APP, true])); // 10,000 / 100
  });

  test('given thousands who wait, who have timed out or whom the agent does not fit among them, few are looked at', () => {
    const { world, first } = twoWaiting();
    const targets = [
      agentTarget(ANN),
      agentTarget(ANN, { queueTimeoutSeconds: 1, priority: 1 }),
      skillTarget('tea'),
    ];
    const many = targets.flatMap((target) =>
      Array.from({ length: 1_000 }, (_, index): Change => {
        const id = `${target.name}${target.priority}-${index}` as QueueTaskId;
        const task = { ...first, id, queuedAt: at(1), waits: [target], enqueue: routing([[target]]) };
        return { kind: 'queueTasks', value: task, live: true };
      }),
    );
    apply(world, many);
    const { meter, metrics } = aMeteredQueue(world);
    const again = (): Handled => ({ ...annIsGiven(world, first), at: at(5) });
    meter.follow(again());
    const handled = again();

    expect(stepsOf(() => meter.follow(handled))).toBeLessThan(50);
    expect(metrics.told).toEqual([
      ['selected', APP, true],
      ['selected', APP, true],
    ]);
  });

  test.each([1, 2, 3])('given any day, the real rules pass nobody over: seed %i', (seed) => {
    const random = new SeededRandom(seed);
    const names = Array.from({ length: 6 }, (_, index) => `agent${index}` as AgentName);
    const skilled = names.map((name) => {
      const skills = ['sales', 'tea', 'repairs'].map((skill) => ({
        name: skill,
        score: random.integer(0, 9),
        enabled: random.chance(0.5),
      }));
      return { name, skills, keptAliveAt: at(1e6) };
    });
    const { world, metrics, errors, happens } = aMeteredQueue(aWorld(atTheirPhones(...skilled)));
    for (let seconds = 1; seconds <= 1_000; seconds++) {
      const legs = [...world.calls.values()].filter(({ party }) => party.kind === 'agent');
      const ringing = legs.filter(({ stage }) => stage.at === 'ringing');
      for (const { id, restsUntil } of [...world.agents.values()]) {
        if (restsUntil !== null && restsUntil <= at(seconds))
          happens({ type: 'due', kind: 'agents', id }, seconds);
      }
      if (random.chance(0.4)) {
        const targets = random.chance(0.2)
          ? [agentTarget(random.pick(names), { priority: random.integer(0, 1) })]
          : ['sales', 'tea', 'repairs']
              .filter(() => random.chance(0.6))
              .map((name) => skillTarget(name, { priority: random.integer(0, 1) }));
        if (targets.length > 0)
          happens(
            anArrival({ request: asking(targets), priority: random.integer(0, 2) }),
            seconds,
            random.number(),
          );
      } else if (ringing.length > 0 && random.chance(0.7)) {
        happens(answered(random.pick(ringing)), seconds);
      } else if (legs.length > 0) {
        happens(ended(random.pick(legs)), seconds, random.number());
      }
    }

    const selected = metrics.told.filter(([what]) => what === 'selected');
    expect(selected.length).toBeGreaterThan(100);
    expect([errors, new Set(selected.map(([, , fair]) => fair))]).toEqual([[], new Set([true])]);
  });
});

describe('the moment', () => {
  test('given tasks of plans and of none, what waits and what rings is counted for each', () => {
    const world = aWorld({ ...atTheirPhones({ name: ANN }), plans: [aPlan('support'), aPlan('sales')] });
    givenACaller(world);
    givenACaller(world);
    for (const name of ['support', 'support', 'sales']) givenACaller(world, { request: { by: 'plan', name } });

    expect(measured(world, APPLICATIONS, NOW).queues).toEqual([
      { app: APP, plan: null, waiting: 1, ringing: 1 },
      { app: APP, plan: 'support', waiting: 2, ringing: 0 },
      { app: APP, plan: 'sales', waiting: 1, ringing: 0 },
    ]);
  });

  test('given nothing at all, there are zeros for each application', () => {
    const states = { online: 0, idle: 0, fetching: 0, talking: 0, busy: 0, away: 0 };

    expect(measured(aWorld(), APPLICATIONS, NOW)).toEqual({
      queues: [{ app: APP, plan: null, waiting: 0, ringing: 0 }],
      agents: [{ app: APP, states, idleSeconds: null }],
    });
  });

  test('given agents in many states, what comes after the / does not count', () => {
    const states = ['busy', 'busy/lunch', 'away/home', 'idle', 'online'] as const;
    const agents = states.map((state, index) => anAgent({ name: `agent${index}` as AgentName, state }));

    expect(measured(aWorld({ agents }), APPLICATIONS, NOW).agents).toMatchObject([
      { states: { busy: 2, away: 1, idle: 1, online: 1, talking: 0, fetching: 0 } },
    ]);
  });

  test('given agents who can be selected, it is told how long they have been idle', () => {
    const seconds = [5, 1, 4, 2, 3, 10, 9, 8, 7, 6];
    const idle = seconds.map((each) => ({
      name: `agent${each}` as AgentName,
      loggedInAt: at(-each),
      keptAliveAt: NOW,
    }));
    const others = [
      { name: BOB, state: 'away', loggedInAt: at(-500) } as const,
      { name: CAL, loggedInAt: at(-500), restsUntil: at(1) },
      { name: ANN, loggedInAt: at(-500), keptAliveAt: at(-300) },
    ];
    const world = aWorld(atTheirPhones(...idle, ...others));

    expect(measured(world, APPLICATIONS, NOW).agents[0]!.idleSeconds).toEqual({ 0: 1, 0.5: 5, 0.9: 9, 1: 10 });
  });

  test('given an agent who has talked, it is idle since then, and never for less than nothing', () => {
    const world = aWorld(atTheirPhones({ loggedInAt: at(-500), lastTalkAt: at(-20) }));
    const spreadAt = (seconds: number) => measured(world, APPLICATIONS, at(seconds)).agents[0]!.idleSeconds;

    expect([spreadAt(0), spreadAt(-30)]).toMatchObject([{ 0: 20, 1: 20 }, { 0: 0 }]);
  });

  test('given an application that is not configured but has something, it is there too', () => {
    const world = aWorld();
    givenACaller(world, {
      app: OTHER_APP,
      request: { by: 'enqueue', enqueue: routing([[skillTarget('sales')]]) },
    });

    expect(measured(world, APPLICATIONS, NOW).queues).toContainEqual({
      app: OTHER_APP,
      plan: null,
      waiting: 1,
      ringing: 0,
    });
  });

  test('whoever reads is told what is so now', () => {
    const { world, metrics, happens } = aMeteredQueue(aWorld());
    expect(metrics.measure!()).toEqual(measured(world, APPLICATIONS, NOW));
    happens(anArrival({ request: asking([skillTarget('sales')]) }), 0);
    expect(metrics.measure!().queues).toMatchObject([{ waiting: 1 }]);
  });
});
