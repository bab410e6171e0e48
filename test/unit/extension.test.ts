import { accountOf, type Extension, type ExtensionLine } from '../../src/domain/extension/extension';
import type { ExtensionId, PhoneNumber, SipUser } from '../../src/domain/ids';
import type { Input } from '../../src/domain/input';
import {
  answered,
  ANN,
  dissolve,
  ended,
  hungUp,
  legOf,
  logOut,
  NOTHING,
  now,
  OTHER_APP,
  refusal,
  told,
} from '../support/happenings';
import {
  aGateway,
  anExtension,
  APP,
  aServedCaller,
  atTheirPhones,
  aWorld,
  doing,
  givenACaller,
  only,
  SETTINGS,
  when,
} from '../support/worlds';

const USER = '100001' as SipUser;
const terminal = { type: '1', user: USER, digest: 'd'.repeat(32) } as const;
const telephone = { type: '3', telnum: '13600000000' as PhoneNumber } as const;

const reachable = (is = true, user = USER): Input<'phone-reachable'> => ({
  type: 'phone-reachable',
  user,
  reachable: is,
});
const userOf = (gateway: Extension): SipUser => accountOf(gateway)!.user;
const deletion = (extensionId: ExtensionId): Input<'delete-extension'> => ({
  type: 'delete-extension',
  app: APP,
  extensionId,
});

describe('creating', () => {
  test('given a SIP terminal, its account is made and it cannot be rung yet', () => {
    const world = aWorld();

    const { answer, effects } = when(world, { type: 'create-extension', app: APP, line: terminal });

    expect(answer).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      app: APP,
      line: terminal,
      enabled: false,
      boundTo: null,
    });
    expect(effects).toEqual([{ do: 'provision', extensionId: answer.id, user: USER, digest: terminal.digest }]);
    expect(world.extensions.get(answer.id)).toBe(answer);
  });

  test('given an ordinary telephone, it can be rung always and no account is made', () => {
    const { answer, effects } = when(aWorld(), { type: 'create-extension', app: APP, line: telephone });

    expect([answer.enabled, effects]).toEqual([true, []]);
  });

  test('given a gateway, it is made in Asterisk under a name of its own, and cannot be rung before it answers', () => {
    const { answer, effects } = when(aWorld(), { type: 'create-extension', app: APP, line: aGateway() });

    expect(answer).toMatchObject({ line: aGateway(), enabled: false });
    expect(effects).toEqual([
      { do: 'provision', extensionId: answer.id, user: `${answer.id}-gateway`, ipaddr: '192.0.2.7:5070' },
    ]);
  });

  test('given a gateway of the same address exists, it is another one', () => {
    const world = aWorld({ extensions: [anExtension({ line: aGateway() })] });

    when(world, { type: 'create-extension', app: APP, line: aGateway() });

    expect(new Set([...world.extensions.values()].map(userOf)).size).toBe(2);
  });

  test.each([APP, OTHER_APP])('given the user exists, it is refused, in application %s too', (app) => {
    const world = aWorld({ extensions: [anExtension({ line: terminal })] });

    expect(refusal(world, { type: 'create-extension', app, line: terminal })).toBe('extension-user-exists');
    expect(world.extensions.size).toBe(1);
  });

  test('given the user was deleted, it can be made again', () => {
    const old = anExtension({ line: terminal });
    const world = aWorld({ extensions: [old] });
    when(world, deletion(old.id));

    when(world, { type: 'create-extension', app: APP, line: terminal });

    expect(only(world.extensions.values()).id).not.toBe(old.id);
  });
});

describe('deleting', () => {
  test('given it is free, its account is removed', () => {
    const extension = anExtension({ line: terminal });
    const world = aWorld({ extensions: [extension] });

    expect(when(world, deletion(extension.id)).effects).toEqual([{ do: 'unprovision', user: USER }]);
    expect([world.extensions.size, world.extensionOfUser.size]).toEqual([0, 0]);
    expect(refusal(world, deletion(extension.id))).toBe('extension-not-found');
  });

  test('given a gateway, its account is removed', () => {
    const gateway = anExtension({ line: aGateway() });
    const world = aWorld({ extensions: [gateway] });

    expect(when(world, deletion(gateway.id)).effects).toEqual([{ do: 'unprovision', user: userOf(gateway) }]);
    expect(world.extensionOfUser.size).toBe(0);
  });

  test('given an ordinary telephone, there is no account to remove', () => {
    const extension = anExtension({ line: telephone });

    expect(when(aWorld({ extensions: [extension] }), deletion(extension.id)).effects).toEqual([]);
  });

  test('given an agent is bound to it, it is refused until that has logged out', () => {
    const { agents, extensions } = atTheirPhones({});
    const world = aWorld({ agents, extensions });
    expect(refusal(world, deletion(extensions[0]!.id))).toBe('extension-bound');

    when(world, logOut());

    expect(when(world, deletion(extensions[0]!.id)).answer).toBeNull();
  });

  test('given another application has it, it is refused as unknown', () => {
    const foreign = anExtension({ app: OTHER_APP });

    expect(refusal(aWorld({ extensions: [foreign] }), deletion(foreign.id))).toBe('extension-not-found');
  });

  test('given a talk at it and its agent logged out by force, the late facts of the leg change nothing', () => {
    const { world, agentCall } = aServedCaller();
    const extension = only(world.extensions.values());
    when(world, logOut());
    when(world, deletion(extension.id));

    expect(when(world, ended(agentCall))).toEqual(NOTHING);
    expect(when(world, reachable(false))).toEqual(NOTHING);
  });
});

describe('an account that Asterisk refused', () => {
  test('takes the extension with it', () => {
    const extension = anExtension({ line: terminal });
    const world = aWorld({ extensions: [extension] });
    const fact = { type: 'account-refused', extensionId: extension.id } as const;

    when(world, fact);

    expect(world.extensions.size).toBe(0);
    expect(when(world, fact)).toEqual(NOTHING);
  });

  test('leaves an extension that an agent is bound to already', () => {
    const { agents, extensions } = atTheirPhones({});
    const world = aWorld({ agents, extensions });

    expect(when(world, { type: 'account-refused', extensionId: extensions[0]!.id })).toEqual(NOTHING);
  });
});

describe('registering', () => {
  const unreachable = () => {
    const { agents, extensions } = atTheirPhones({});
    return { agents, extensions: extensions.map((each) => ({ ...each, enabled: false })) };
  };

  test('makes the phone one that can be rung, and rings its agent for the caller who waits', () => {
    const holding = unreachable();
    const world = aWorld(holding);
    givenACaller(world);

    const { effects, notifications } = when(world, reachable());

    expect(now(world, 'extensions', holding.extensions[0]!).enabled).toBe(true);
    expect(doing(effects, 'dial')).toHaveLength(1);
    expect(told(notifications)).toEqual(['queue.select ann', 'state_changed ann idle>fetching']);
  });

  test('told twice, the second changes nothing', () => {
    const world = aWorld(unreachable());
    when(world, reachable());

    expect(when(world, reachable())).toEqual(NOTHING);
  });

  test('of a user that is not ours changes nothing', () => {
    expect(when(aWorld(unreachable()), reachable(true, '999999' as SipUser))).toEqual(NOTHING);
  });

  test('no longer, the agent is not rung for the next caller', () => {
    const world = aWorld(atTheirPhones({}));
    when(world, reachable(false));

    expect(doing(givenACaller(world).outcome.effects, 'dial')).toEqual([]);
  });

  test('no longer while the phone rings leaves it ringing: it may be answered all the same', () => {
    const world = aWorld(atTheirPhones({}));
    givenACaller(world);
    expect(hungUp(when(world, reachable(false)).effects)).toEqual([]);

    expect(told(when(world, answered(legOf(world, ANN))).notifications)).toContain('queue.success ann');
  });

  test('no longer during a talk leaves the talk, and the agent is not selected after it', () => {
    const { world, agentCall, conversation } = aServedCaller();
    expect(when(world, reachable(false)).effects).toEqual([]);
    const next = givenACaller(world);

    when(world, dissolve(conversation));
    when(world, ended(agentCall));

    expect(world.queueTasks.get(next.taskId)?.phase).toEqual({ at: 'waiting' });
  });
});

describe('a gateway', () => {
  const silent = (line: ExtensionLine) => {
    const { agents, extensions } = atTheirPhones({});
    const gateway = { ...extensions[0]!, line, enabled: false };
    return { gateway, world: aWorld({ agents, extensions: [gateway] }) };
  };

  test.each([
    ['no number, it is called as it is', null, (user: SipUser) => ({ kind: 'endpoint', user })],
    ['a number, it is asked for that', '201', (user: SipUser) => ({ kind: 'number', number: '201', trunk: user })],
  ])('that answers, its agent is rung for the caller who waits; given %s', (_, telnum, to) => {
    const { world, gateway } = silent(aGateway({ telnum: telnum as PhoneNumber | null }));
    givenACaller(world);

    const { effects } = when(world, reachable(true, userOf(gateway)));

    expect(doing(effects, 'dial')).toMatchObject([{ to: to(userOf(gateway)) }]);
  });

  test('that no longer answers, its agent is not rung for the next caller', () => {
    const { world, gateway } = silent(aGateway());
    when(world, reachable(true, userOf(gateway)));
    when(world, reachable(false, userOf(gateway)));

    expect(doing(givenACaller(world).outcome.effects, 'dial')).toEqual([]);
  });

  test('given there is no trunk, its agent is rung all the same', () => {
    const { agents, extensions } = atTheirPhones({});
    const holding = { agents, extensions: extensions.map((each) => ({ ...each, line: aGateway() })) };
    const world = { ...aWorld(holding), settings: { ...SETTINGS, trunk: null } };

    expect(doing(givenACaller(world).outcome.effects, 'dial')).toHaveLength(1);
  });
});
