import { agentId } from '../../src/domain/agent/agent';
import type { ExtensionId, PhoneNumber } from '../../src/domain/ids';
import type { Input } from '../../src/domain/input';
import {
  agentTarget,
  ANN,
  answered,
  BOB,
  ended,
  hungUp,
  legOf,
  logOut,
  NOTHING,
  now,
  OTHER_APP,
  refusal,
  released,
  routing,
  theAgent,
  told,
} from '../support/happenings';
import {
  after,
  anAgent,
  anExtension,
  APP,
  aServedCaller,
  atTheirPhones,
  aWorld,
  doing,
  givenACaller,
  NOW,
  SETTINGS,
  when,
} from '../support/worlds';

function logIn(extensionId: ExtensionId, changes: Partial<Input<'log-in'>> = {}): Input<'log-in'> {
  return {
    type: 'log-in',
    app: APP,
    name: ANN,
    extensionId,
    num: '1001',
    state: 'online',
    skills: [],
    ...changes,
  };
}

const EXPIRED = after(SETTINGS.keepaliveSeconds);

describe('logging in', () => {
  test('given a free extension, the agent is there and bound to it, and nobody is told', () => {
    const extension = anExtension();
    const world = aWorld({ extensions: [extension] });

    const { answer, notifications, effects } = when(world, logIn(extension.id, { state: 'busy/paperwork' }));

    expect(answer).toBeNull();
    expect([notifications, effects]).toEqual([[], []]);
    expect(theAgent(world)).toMatchObject({
      name: ANN,
      num: '1001',
      extensionId: extension.id,
      state: 'busy/paperwork',
      callId: null,
      keptAliveAt: NOW,
      loggedInAt: NOW,
      lastTalkAt: null,
    });
    expect(now(world, 'extensions', extension).boundTo).toBe(agentId(APP, ANN));
  });

  test('given the agent is logged in, it is refused', () => {
    const spare = anExtension();
    const { agents, extensions } = atTheirPhones({});
    const world = aWorld({ agents, extensions: [...extensions, spare] });

    expect(refusal(world, logIn(spare.id), after(SETTINGS.keepaliveSeconds - 1))).toBe('agent-logged-in');
    expect(now(world, 'extensions', spare).boundTo).toBeNull();
  });

  test('given the agent has expired, it is logged out first and logged in anew', () => {
    const spare = anExtension();
    const { agents, extensions } = atTheirPhones({});
    const world = aWorld({ agents, extensions: [...extensions, spare] });

    when(world, logIn(spare.id), EXPIRED);

    expect(theAgent(world)).toMatchObject({ extensionId: spare.id, loggedInAt: EXPIRED.at, state: 'online' });
    expect(now(world, 'extensions', extensions[0]!).boundTo).toBeNull();
    expect(now(world, 'extensions', spare).boundTo).toBe(agentId(APP, ANN));
  });

  test('given the agent has expired, it may log in at the phone it had', () => {
    const { agents, extensions } = atTheirPhones({});
    const world = aWorld({ agents, extensions });

    when(world, logIn(extensions[0]!.id), EXPIRED);

    expect(now(world, 'extensions', extensions[0]!).boundTo).toBe(agentId(APP, ANN));
  });

  test('given no keepalive for long but a call, the agent is there and the login is refused', () => {
    const { world } = aServedCaller();
    const line = { type: '3', telnum: '13600000000' as PhoneNumber } as const;
    const { answer: free } = when(world, { type: 'create-extension', app: APP, line });

    expect(refusal(world, logIn(free.id), after(3600))).toBe('agent-logged-in');
  });

  test('given an extension that is bound to another agent, it is refused', () => {
    const { agents, extensions } = atTheirPhones({ name: BOB });
    const world = aWorld({ agents, extensions });

    expect(refusal(world, logIn(extensions[0]!.id))).toBe('extension-bound');
    expect(world.agents.has(agentId(APP, ANN))).toBe(false);
  });

  test.each([
    ['that is not there', 'f'.repeat(32) as ExtensionId],
    ['of another application', null],
  ])('given an extension %s, it is refused as unknown', (_, id) => {
    const foreign = anExtension({ app: OTHER_APP });
    const world = aWorld({ extensions: [foreign] });

    expect(refusal(world, logIn(id ?? foreign.id))).toBe('extension-not-found');
  });

  test('given the same name in two applications, both are there', () => {
    const [mine, theirs] = [anExtension(), anExtension({ app: OTHER_APP })];
    const world = aWorld({ extensions: [mine, theirs] });

    when(world, logIn(mine.id));
    when(world, logIn(theirs.id, { app: OTHER_APP }));

    expect([...world.agents.keys()]).toEqual(['default/ann', 'other/ann']);
  });

  test.each([
    ['idle', 1],
    ['online', 0],
    ['busy', 0],
    ['away/lunch', 0],
  ] as const)('given a caller who waits, an agent that logs in %s is rung %d times', (state, times) => {
    const { agents, extensions } = atTheirPhones({ name: ANN, state: 'busy' });
    const world = aWorld({ agents, extensions });
    givenACaller(world);
    when(world, logOut());

    const { effects } = when(world, logIn(extensions[0]!.id, { state }));

    expect(doing(effects, 'dial')).toHaveLength(times);
  });
});

describe('logging out', () => {
  test('given an idle agent, it is gone without a word and its extension is free', () => {
    const { agents, extensions } = atTheirPhones({});
    const world = aWorld({ agents, extensions });

    const { notifications, effects } = when(world, logOut(ANN, false));

    expect([notifications, effects, world.agents.size]).toEqual([[], [], 0]);
    expect(now(world, 'extensions', extensions[0]!).boundTo).toBeNull();
  });

  test('given an agent whose phone rings, it is refused without force', () => {
    const world = aWorld(atTheirPhones({}));
    givenACaller(world);

    expect(refusal(world, logOut(ANN, false))).toBe('agent-busy');
  });

  test('given an agent who talks, it is refused without force', () => {
    const { world } = aServedCaller();

    expect(refusal(world, logOut(ANN, false))).toBe('agent-busy');
  });

  test('given an agent whose phone rings, force drops the leg, the task fails and the caller goes on', () => {
    const world = aWorld(atTheirPhones({}));
    givenACaller(world);
    const leg = legOf(world);

    const { effects, notifications } = when(world, logOut());

    expect(hungUp(effects)).toEqual([leg.channelId]);
    expect(told(notifications)).toEqual(['queue.fail call_fail', 'state_changed ann fetching>idle']);
    expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'call_fail' });
    expect([world.agents.size, world.calls.size, world.queueTasks.size, world.conversations.size]).toEqual([
      0, 0, 0, 0,
    ]);
  });

  test('given the leg of one who was logged out by force, its end changes nothing and its answer is hung up', () => {
    const world = aWorld(atTheirPhones({}));
    givenACaller(world);
    const leg = legOf(world);
    when(world, logOut());

    expect(when(world, ended(leg))).toEqual(NOTHING);
    const { effects, ...rest } = when(world, answered(leg));
    expect(effects).toEqual([{ do: 'hang-up', channelId: leg.channelId, from: null }]);
    expect({ ...rest, effects: [] }).toEqual(NOTHING);
  });

  test('given fail_overflow, the forced logout of the ringing agent lets the next route ring', () => {
    const world = aWorld(atTheirPhones({ name: ANN }, { name: BOB }));
    const enqueue = routing([[agentTarget(ANN)], [agentTarget(BOB)]], { failOverflow: true });
    givenACaller(world, { request: { by: 'enqueue', enqueue } });

    const { notifications } = when(world, logOut());

    expect(told(notifications)).toEqual([
      'queue.select bob',
      'state_changed bob idle>fetching',
      'state_changed ann fetching>idle',
    ]);
  });

  test('given another caller who waits for it, the agent is not given to it on its way out', () => {
    const world = aWorld(atTheirPhones({}));
    givenACaller(world);
    const { taskId } = givenACaller(world, {}, after(1));

    const { effects } = when(world, logOut(), after(2));

    expect(doing(effects, 'dial')).toEqual([]);
    expect(world.queueTasks.get(taskId)?.phase).toEqual({ at: 'waiting' });
  });

  test('given an agent who talks, force ends the conversation and the caller goes on as served', () => {
    const { world, agentCall, channelId } = aServedCaller();

    const { effects, notifications } = when(world, logOut());

    expect(told(notifications)).toEqual(['exit ann', 'end dismiss', 'state_changed ann talking>idle']);
    expect(hungUp(effects)).toEqual([agentCall.channelId]);
    expect(doing(effects, 'release')).toMatchObject([
      { channelId, variables: { PARLEY_RESULT: 'success', PARLEY_AGENT: 'ann', PARLEY_END_REASON: 'dismiss' } },
    ]);
    expect([world.agents.size, world.calls.size, world.conversations.size]).toEqual([0, 0, 0]);
  });

  test('given an agent of another application, it is refused as unknown', () => {
    const world = aWorld({ agents: [anAgent({ app: OTHER_APP, id: agentId(OTHER_APP, ANN) })] });

    expect(refusal(world, logOut())).toBe('agent-not-found');
  });

  test('given a logout, a second one is refused as unknown', () => {
    const world = aWorld(atTheirPhones({}));
    when(world, logOut());

    expect(refusal(world, logOut())).toBe('agent-not-found');
  });
});
