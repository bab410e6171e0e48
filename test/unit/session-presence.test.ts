import type { AgentName, ExtensionId, SipUser } from '../../src/domain/ids';
import type { Input } from '../../src/domain/input';
import type { ReserveState } from '../../src/domain/queue/enqueue';
import { dueAt } from '../../src/domain/world';
import {
  ANN,
  answered,
  BOB,
  due,
  ended,
  legOf,
  NOTHING,
  now,
  refusal,
  theAgent,
  told,
} from '../support/happenings';
import {
  after,
  anExtension,
  APP,
  aServedCaller,
  atTheirPhones,
  aWorld,
  doing,
  givenACaller,
  SETTINGS,
  when,
} from '../support/worlds';

const keepAlive = (name: AgentName = ANN): Input<'keep-alive'> => ({ type: 'keep-alive', app: APP, name });
const setState = (state: ReserveState): Input<'set-state'> => ({ type: 'set-state', app: APP, name: ANN, state });
const bind = (extensionId: ExtensionId): Input<'bind-extension'> => ({
  type: 'bind-extension',
  app: APP,
  name: ANN,
  extensionId,
});
const EXPIRED = after(SETTINGS.keepaliveSeconds);

describe('the keepalive', () => {
  test('puts off the expiry', () => {
    const world = aWorld(atTheirPhones({}));
    const expiry = () => dueAt({ kind: 'agents', value: theAgent(world), live: true }, SETTINGS);
    expect(expiry()).toBe(after(300).at);

    when(world, keepAlive(), after(100));

    expect(expiry()).toBe(after(400).at);
  });

  test('of an agent that is not there is refused', () => {
    expect(refusal(aWorld(), keepAlive())).toBe('agent-not-found');
  });

  test('revives an expired agent, who is rung at once for the caller who waits', () => {
    const world = aWorld(atTheirPhones({}));
    givenACaller(world, {}, EXPIRED);
    expect(world.calls.size).toBe(1);

    const { effects } = when(world, keepAlive(), after(301));

    expect(doing(effects, 'dial')).toHaveLength(1);
  });

  test('missing for too long logs the agent out without a word', () => {
    const { agents, extensions } = atTheirPhones({});
    const world = aWorld({ agents, extensions });

    const { effects, notifications } = when(world, due('agents', agents[0]!), EXPIRED);

    expect([effects, notifications, world.agents.size]).toEqual([[], [], 0]);
    expect(now(world, 'extensions', extensions[0]!).boundTo).toBeNull();
  });

  test('missing for not yet long enough changes nothing', () => {
    const { agents, extensions } = atTheirPhones({});

    expect(when(aWorld({ agents, extensions }), due('agents', agents[0]!), after(299.999))).toEqual(NOTHING);
  });

  test('missing during a call does not log the agent out, but after it does', () => {
    const { world, agentCall } = aServedCaller();
    const [agent] = world.agents.values();
    expect(dueAt({ kind: 'agents', value: agent!, live: true }, SETTINGS)).toBeNull();
    expect(when(world, due('agents', agent!), after(600))).toEqual(NOTHING);

    when(world, ended(agentCall), after(600));
    expect(dueAt({ kind: 'agents', value: theAgent(world), live: true }, SETTINGS)).toBe(after(300).at);
    when(world, due('agents', agent!), after(600));

    expect(world.agents.size).toBe(0);
  });

  test('missing during a call leaves the agent unselectable after it', () => {
    const { world, agentCall } = aServedCaller();
    givenACaller(world, {}, after(10));

    const { effects } = when(world, ended(agentCall), after(600));

    expect(doing(effects, 'dial')).toEqual([]);
  });

  test('that comes due for an agent that is gone changes nothing', () => {
    expect(when(aWorld(), due('agents', { id: 'default/ann' }))).toEqual(NOTHING);
  });
});

describe('binding an extension', () => {
  test('given a free one, the agent moves and the old one is free', () => {
    const spare = anExtension();
    const { agents, extensions } = atTheirPhones({});
    const world = aWorld({ agents, extensions: [...extensions, spare] });

    when(world, bind(spare.id));

    expect(theAgent(world).extensionId).toBe(spare.id);
    expect(now(world, 'extensions', spare).boundTo).toBe(agents[0]!.id);
    expect(now(world, 'extensions', extensions[0]!).boundTo).toBeNull();
  });

  test('given the one it has, nothing changes', () => {
    const { agents, extensions } = atTheirPhones({});

    expect(when(aWorld({ agents, extensions }), bind(extensions[0]!.id))).toEqual({ ...NOTHING, answer: null });
  });

  test('given one that another agent has, it is refused', () => {
    const { agents, extensions } = atTheirPhones({ name: ANN }, { name: BOB });

    expect(refusal(aWorld({ agents, extensions }), bind(extensions[1]!.id))).toBe('extension-bound');
  });

  test('given one that is not there, it is refused', () => {
    expect(refusal(aWorld(atTheirPhones({})), bind('f'.repeat(32) as ExtensionId))).toBe('extension-not-found');
  });

  test('given a phone that cannot be rung, the change to one that can rings it for the caller who waits', () => {
    const spare = anExtension({ line: { type: '1', user: '200001' as SipUser, digest: '' } });
    const { agents, extensions } = atTheirPhones({});
    const world = aWorld({ agents, extensions: [{ ...extensions[0]!, enabled: false }, spare] });
    givenACaller(world);

    const { effects } = when(world, bind(spare.id));

    expect(doing(effects, 'dial')).toMatchObject([{ to: { kind: 'endpoint', user: '200001' } }]);
  });

  test('given a phone that rings, the leg rings on, and the phone it left may be deleted', () => {
    const spare = anExtension();
    const { agents, extensions } = atTheirPhones({});
    const world = aWorld({ agents, extensions: [...extensions, spare] });
    givenACaller(world);
    const leg = legOf(world);

    expect(when(world, bind(spare.id)).effects).toEqual([]);
    when(world, { type: 'delete-extension', app: APP, extensionId: extensions[0]!.id });
    const { notifications } = when(world, answered(leg));

    expect(notifications.find(({ event }) => event === 'callcenter.queue.success')).toMatchObject({
      agentExtensionId: extensions[0]!.id,
      agentCallId: leg.id,
    });
  });
});

describe('setting the state', () => {
  test.each(['idle', 'busy', 'busy/paperwork', 'away'] as const)('to %s is done without an event', (state) => {
    const world = aWorld(atTheirPhones({ state: 'online' }));

    const { notifications } = when(world, setState(state));

    expect(notifications).toEqual([]);
    expect(theAgent(world).state).toBe(state);
  });

  test('to idle rings the agent for the caller who waits', () => {
    const world = aWorld(atTheirPhones({ state: 'away' }));
    const { taskId } = givenACaller(world);

    const { effects, notifications } = when(world, setState('idle'));

    expect(doing(effects, 'dial')).toHaveLength(1);
    expect(told(notifications)).toEqual(['queue.select ann', 'state_changed ann idle>fetching']);
    expect(world.queueTasks.get(taskId)?.phase.at).toBe('ringing');
  });

  test('of an agent whose phone rings, or who talks, is refused', () => {
    const ringing = aWorld(atTheirPhones({}));
    givenACaller(ringing);

    expect(refusal(ringing, setState('away'))).toBe('agent-busy');
    expect(refusal(aServedCaller().world, setState('away'))).toBe('agent-busy');
  });

  test('of an agent that is not there is refused', () => {
    expect(refusal(aWorld(), setState('idle'))).toBe('agent-not-found');
  });
});

describe('the last talk', () => {
  test('given a conversation, it is when the leg ended', () => {
    const { world, agentCall } = aServedCaller();

    when(world, ended(agentCall), after(60));

    expect(theAgent(world).lastTalkAt).toBe(after(60).at);
  });

  test.each(['gave it up', 'was declined'])(
    'given a phone that rang in vain because it %s, there was none',
    (why) => {
      const world = aWorld(atTheirPhones({}));
      givenACaller(world);
      const leg = legOf(world);
      if (why === 'gave it up') when(world, due('calls', leg), after(50));

      when(world, ended(leg, 21), after(51));

      expect(theAgent(world)).toMatchObject({ lastTalkAt: null, state: 'idle', callId: null });
    },
  );

  test('given a caller who hung up while the phone rang, there was none', () => {
    const world = aWorld(atTheirPhones({}));
    const { channelId, taskId } = givenACaller(world);
    const leg = legOf(world);
    when(world, ended({ channelId }));
    when(world, ended(leg));

    expect(theAgent(world).lastTalkAt).toBeNull();
    expect(world.queueTasks.has(taskId)).toBe(false);
  });
});
