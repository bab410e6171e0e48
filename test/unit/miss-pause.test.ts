import type { Agent } from '../../src/domain/agent/agent';
import type { PhoneNumber } from '../../src/domain/ids';
import type { Target } from '../../src/domain/queue/enqueue';
import { dueAt, type World } from '../../src/domain/world';
import { givenOneWhoAsks, ringing, settingState } from '../support/conditions';
import {
  agentTarget,
  ANN,
  answered,
  BOB,
  CAL,
  due,
  ended,
  legOf,
  now,
  skillTarget,
  theAgent,
  told,
} from '../support/happenings';
import { after, anExtension, APP, atTheirPhones, aWorld, doing, SETTINGS, when } from '../support/worlds';

const { missPauseSeconds } = SETTINGS;
const sales = (score: number) => [{ name: 'sales', score, enabled: true }];
const toAnn = [[agentTarget(ANN)]];
const FAIL_OVERFLOW = { failOverflow: true };

const dueOf = (world: World, agent: Agent) => dueAt({ kind: 'agents', value: agent, live: true }, world.settings);

function pausing(seconds: number, ...agents: readonly Partial<Agent>[]): World {
  return { ...aWorld(atTheirPhones(...agents)), settings: { ...SETTINGS, missPauseSeconds: seconds } };
}

/** Ann has missed a call, at second 0, and nobody waits. */
function annHasMissed(world = aWorld(atTheirPhones({ name: ANN }))): World {
  givenOneWhoAsks(world, toAnn);
  when(world, ended(legOf(world)));
  return world;
}

describe('an agent who has missed a call', () => {
  test.each([
    ['its leg ends unanswered', 0, (world: World) => when(world, ended(legOf(world), 17))],
    [
      'it rings for too long',
      50,
      (world: World) => {
        const leg = legOf(world);
        when(world, due('calls', leg), after(50));
        when(world, ended(leg), after(50));
      },
    ],
  ])('given %s, it rests from then on, and is idle', (_, second, misses) => {
    const world = aWorld(atTheirPhones({ name: ANN }));
    const { taskId } = givenOneWhoAsks(world, toAnn);

    misses(world);

    expect(theAgent(world)).toMatchObject({
      state: 'idle',
      callId: null,
      restsUntil: after(second + missPauseSeconds).at,
    });
    expect(ringing(world, taskId)).toBe('over');
  });

  test('given who comes meanwhile, it is not rung; when it has rested, it is, for the first of them', () => {
    const world = annHasMissed();
    const first = givenOneWhoAsks(world, toAnn, after(1));
    const second = givenOneWhoAsks(world, toAnn, after(2));
    expect([first, second].map(({ taskId }) => ringing(world, taskId))).toEqual(['waiting', 'waiting']);
    expect(dueOf(world, theAgent(world))).toBe(after(missPauseSeconds).at);

    expect(when(world, due('agents', theAgent(world)), after(missPauseSeconds - 1)).changes).toEqual([]);
    when(world, due('agents', theAgent(world)), after(missPauseSeconds));

    expect(theAgent(world).restsUntil).toBeNull();
    expect([first, second].map(({ taskId }) => ringing(world, taskId))).toEqual([['ann'], 'waiting']);
  });

  test('given nobody waits when it has rested, it is free again, and its next time is that of its keepalive', () => {
    const world = annHasMissed();

    const { effects, notifications } = when(world, due('agents', theAgent(world)), after(missPauseSeconds));

    expect([effects, notifications]).toEqual([[], []]);
    expect(dueOf(world, theAgent(world))).toBe(after(SETTINGS.keepaliveSeconds).at);
    expect(ringing(world, givenOneWhoAsks(world, toAnn, after(9)).taskId)).toEqual(['ann']);
  });

  test.each([
    ['says that it is idle', (world: World) => when(world, settingState(ANN), after(1))],
    [
      'changes its phone',
      (world: World) => {
        const free = [...world.extensions.values()].find(({ boundTo }) => boundTo === null)!;
        when(world, { type: 'bind-extension', app: APP, name: ANN, extensionId: free.id }, after(1));
      },
    ],
  ])('given it %s, it rests no more, and is rung at once for who waits', (_, doesSo) => {
    const { agents, extensions } = atTheirPhones({ name: ANN });
    const another = anExtension({ line: { type: '3', telnum: '13600000000' as PhoneNumber } });
    const world = annHasMissed(aWorld({ agents, extensions: [...extensions, another] }));
    const { taskId } = givenOneWhoAsks(world, toAnn);

    doesSo(world);

    expect(theAgent(world).restsUntil).toBeNull();
    expect(ringing(world, taskId)).toEqual(['ann']);
  });

  test('given a keepalive or another skill, it goes on resting', () => {
    const world = annHasMissed();
    const { taskId } = givenOneWhoAsks(world, [[skillTarget('sales')]]);

    when(world, { type: 'keep-alive', app: APP, name: ANN }, after(1));
    when(
      world,
      { type: 'set-skills', app: APP, name: ANN, changes: [{ do: 'add', name: 'sales', enabled: true }] },
      after(1),
    );

    expect(ringing(world, taskId)).toBe('waiting');
  });

  test('given it logs out and in, it is rung again', () => {
    const world = annHasMissed();
    const { taskId } = givenOneWhoAsks(world, [[skillTarget('sales')]]);
    const { extensionId } = theAgent(world);
    when(world, { type: 'log-out', app: APP, name: ANN, force: false }, after(1));

    const given = { name: ANN, num: null, extensionId, state: 'idle', skills: sales(1) } as const;
    when(world, { type: 'log-in', app: APP, ...given }, after(1));

    expect(ringing(world, taskId)).toEqual(['ann']);
  });

  test('given the pause is over only after its keepalive, it is logged out, not rung', () => {
    const world = annHasMissed(pausing(900, { name: ANN }));
    const { taskId } = givenOneWhoAsks(world, toAnn, after(1));

    when(world, due('agents', theAgent(world)), after(SETTINGS.keepaliveSeconds));

    expect([world.agents.size, ringing(world, taskId)]).toEqual([0, 'waiting']);
  });

  test('given an agent who answers, or whose caller hangs up while it rings, it does not rest', () => {
    const served = aWorld(atTheirPhones({ name: ANN }));
    givenOneWhoAsks(served, toAnn);
    const leg = legOf(served);
    when(served, answered(leg));
    when(served, ended(leg));
    const left = aWorld(atTheirPhones({ name: ANN }));
    const { channelId } = givenOneWhoAsks(left, toAnn);
    const given = legOf(left);
    when(left, ended({ channelId }));
    when(left, ended(given));

    expect([theAgent(served), theAgent(left)]).toMatchObject([
      { state: 'idle', restsUntil: null },
      { state: 'idle', restsUntil: null },
    ]);
  });
});

describe('the pause that an operator sets', () => {
  test.each([1, 30])('given %d seconds, it rests for so long', (seconds) => {
    expect(theAgent(annHasMissed(pausing(seconds, { name: ANN }))).restsUntil).toBe(after(seconds).at);
  });

  test('given 0, it does not rest, and takes the next who waits as soon as its leg has ended', () => {
    const world = pausing(0, { name: ANN });
    givenOneWhoAsks(world, toAnn, after(0));
    const next = givenOneWhoAsks(world, toAnn, after(1));

    const { notifications } = when(world, ended(legOf(world)), after(2));

    expect(theAgent(world).restsUntil).toBeNull();
    expect(ringing(world, next.taskId)).toEqual(['ann']);
    expect(told(notifications)).toEqual([
      'queue.fail call_fail',
      'state_changed ann fetching>idle',
      'queue.select ann',
      'state_changed ann idle>fetching',
    ]);
  });
});

describe('a call that was missed, with fail_overflow', () => {
  test('given others on the next route, they are rung before the one who missed it, whatever its score', () => {
    const world = pausing(0, { name: ANN, skills: sales(9) }, { name: BOB, skills: sales(1) });
    const routes = [[agentTarget(ANN)], [skillTarget('sales')]];
    const { taskId } = givenOneWhoAsks(world, routes, {}, FAIL_OVERFLOW);

    when(world, ended(legOf(world)));

    expect(ringing(world, taskId)).toEqual(['bob']);
  });

  test('given the one who missed it is the first target of the next route, a later target goes before', () => {
    const world = pausing(
      0,
      { name: ANN, skills: sales(1) },
      { name: BOB, skills: sales(1), state: 'away' },
      { name: CAL },
    );
    const routes = [
      [agentTarget(ANN)],
      [agentTarget(BOB, { queueTimeoutSeconds: 5 })],
      [agentTarget(ANN), agentTarget(CAL)],
    ];
    const { taskId } = givenOneWhoAsks(world, routes, {}, FAIL_OVERFLOW);
    when(world, ended(legOf(world)), after(1));
    expect(ringing(world, taskId)).toBe('waiting');

    when(world, due('queueTasks', { id: taskId }), after(6));

    expect(ringing(world, taskId)).toEqual(['cal']);
  });

  test('given nobody else, the one who missed it is rung again once it has rested, not before', () => {
    const world = aWorld(atTheirPhones({ name: ANN, skills: sales(1) }));
    const { taskId } = givenOneWhoAsks(world, [[agentTarget(ANN)], [skillTarget('sales')]], {}, FAIL_OVERFLOW);

    when(world, ended(legOf(world)));
    expect(ringing(world, taskId)).toBe('waiting');
    when(world, due('agents', theAgent(world)), after(missPauseSeconds));

    expect(ringing(world, taskId)).toEqual(['ann']);
    expect(now(world, 'queueTasks', { id: taskId }).missedBy).toEqual([theAgent(world).id]);
  });

  test.each([0, 5])(
    'given a phone that fails at once and a pause of %d, it rings once for each route, never in a loop',
    (seconds) => {
      const world = pausing(seconds, { name: ANN });
      const routes = Array.from({ length: 4 }, () => toAnn[0]!);
      const { taskId, outcome } = givenOneWhoAsks(world, routes, {}, FAIL_OVERFLOW);
      let dials = doing(outcome.effects, 'dial').length;

      for (let second = 1; second <= 100 && ringing(world, taskId) !== 'over'; second++) {
        const happens = theAgent(world).callId === null ? due('agents', theAgent(world)) : ended(legOf(world));
        dials += doing(when(world, happens, after(second)).effects, 'dial').length;
      }

      expect([ringing(world, taskId), dials]).toEqual(['over', 4]);
    },
  );

  test('given two callers and one agent who never answers, each rings it once in turn', () => {
    const world = pausing(0, { name: ANN });
    const callers = [1, 2].map((second) => givenOneWhoAsks(world, toAnn, after(second)));
    const rung = [1, 2, 3].map((second) => {
      const states = callers.map(({ taskId }) => ringing(world, taskId));
      if (theAgent(world).callId !== null) when(world, ended(legOf(world)), after(2 + second));
      return states;
    });

    expect(rung).toEqual([
      [['ann'], 'waiting'],
      ['over', ['ann']],
      ['over', 'over'],
    ]);
  });
});

describe('choice all', () => {
  const both = (...more: readonly Partial<Agent>[]) =>
    aWorld(atTheirPhones({ name: ANN, skills: sales(1) }, { name: BOB, skills: sales(1) }, ...more));
  const ringsBoth = (world: World, routes: readonly (readonly Target[])[] = [[skillTarget('sales')]]) =>
    givenOneWhoAsks(world, routes, {}, { choice: 'all', ...FAIL_OVERFLOW });

  test('given one who misses it, that one rests while the others ring on', () => {
    const world = both();
    const { taskId } = ringsBoth(world);

    const { notifications } = when(world, ended(legOf(world, ANN)));

    expect(ringing(world, taskId)).toEqual(['bob']);
    expect(told(notifications)).toEqual(['state_changed ann fetching>idle']);
    expect([theAgent(world, ANN).restsUntil, theAgent(world, BOB).restsUntil]).toEqual([
      after(missPauseSeconds).at,
      null,
    ]);
  });

  test('given one who answers, the others stop and have missed nothing', () => {
    const world = both();
    ringsBoth(world);
    const leg = legOf(world, ANN);
    when(world, answered(legOf(world, BOB)));
    when(world, ended(leg, 26));

    expect(theAgent(world, ANN)).toMatchObject({ state: 'idle', restsUntil: null });
  });

  test('given all miss it, the call goes on with the next route, where it waits until one has rested', () => {
    const world = both();
    const { taskId } = ringsBoth(world, [[skillTarget('sales')], [skillTarget('sales')]]);

    when(world, ended(legOf(world, ANN)), after(1));
    when(world, ended(legOf(world, BOB)), after(2));
    expect(ringing(world, taskId)).toBe('waiting');
    when(world, due('agents', theAgent(world, ANN)), after(1 + missPauseSeconds));

    expect(ringing(world, taskId)).toEqual(['ann']);
    expect(now(world, 'queueTasks', { id: taskId }).decisions.map(({ did }) => did)).toEqual([
      'ring',
      'miss',
      'miss',
      'overflow',
      'wait',
      'ring',
    ]);
  });
});
