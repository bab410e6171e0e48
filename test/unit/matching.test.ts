import { agentId, type Agent } from '../../src/domain/agent/agent';
import type { AgentName, Instant, PhoneNumber } from '../../src/domain/ids';
import type { Choice } from '../../src/domain/queue/enqueue';
import {
  agentTarget,
  ANN,
  asking,
  BOB,
  CAL,
  due,
  inviteAgent,
  OTHER_APP,
  routing,
  skillTarget,
  told,
} from '../support/happenings';
import {
  after,
  aCall,
  aConversation,
  aMember,
  anExtension,
  APP,
  atTheirPhones,
  aWorld,
  givenACaller,
  NOW,
  SETTINGS,
  when,
} from '../support/worlds';

const skilled = (score: number, enabled = true) => [{ name: 'sales', score, enabled }];
const forAnn = (priority = 0) => ({ request: asking([agentTarget(ANN, { priority })]) });
const annAway = () => aWorld(atTheirPhones({ name: ANN, state: 'away' }));
const annIsIdle = { type: 'set-state', app: APP, name: ANN, state: 'idle' } as const;

/** Who is selected for a caller who asks for the skill. */
function selected(agents: readonly Partial<Agent>[], choice: Choice = 'random', random = 0): readonly string[] {
  const world = aWorld(atTheirPhones(...agents));
  const { outcome } = givenACaller(world, { request: asking([skillTarget('sales')], { choice }) }, { random });
  return told(outcome.notifications).filter((each) => each.startsWith('queue.select'));
}

describe('the one order of all that waits', () => {
  test('given equal priorities, who has waited longest is first', () => {
    const world = annAway();
    givenACaller(world, forAnn(), after(2));
    const longest = givenACaller(world, forAnn(), after(1));
    givenACaller(world, forAnn(), after(3));

    when(world, annIsIdle, after(9));

    expect(world.queueTasks.get(longest.taskId)?.phase.at).toBe('ringing');
  });

  test('given a higher priority, it goes before who has waited longer', () => {
    const world = annAway();
    givenACaller(world, forAnn(1), after(1));
    const higher = givenACaller(world, forAnn(2), after(2));

    when(world, annIsIdle, after(9));

    expect(world.queueTasks.get(higher.taskId)?.phase.at).toBe('ringing');
  });

  test('given the same instant, who came first is first', () => {
    const world = annAway();
    const first = givenACaller(world, forAnn());
    givenACaller(world, forAnn());

    when(world, annIsIdle);

    expect(world.queueTasks.get(first.taskId)?.phase.at).toBe('ringing');
  });

  test.each([
    ["the dialplan's", { priority: 2 }, 0, 0],
    ["the document's", { priority: 0 }, 2, 0],
    ["the target's", { priority: 0 }, 0, 2],
    ['all three together', { priority: 3 }, -2, 1],
  ])('given priorities, %s count', (_, before, ofDocument, ofTarget) => {
    const world = annAway();
    givenACaller(world, forAnn(1), after(1));
    const request = asking([agentTarget(ANN, { priority: ofTarget })], { priority: ofDocument });
    const higher = givenACaller(world, { ...before, request }, after(2));

    when(world, annIsIdle, after(9));

    expect(world.queueTasks.get(higher.taskId)?.phase.at).toBe('ringing');
  });

  test('given a priority below 0, it goes after all others', () => {
    const world = annAway();
    givenACaller(world, { ...forAnn(), priority: -1 }, after(1));
    const ordinary = givenACaller(world, forAnn(), after(2));

    when(world, annIsIdle, after(9));

    expect(world.queueTasks.get(ordinary.taskId)?.phase.at).toBe('ringing');
  });

  test('given an invitation that is older than a caller, the invitation is first', () => {
    const { agents, extensions } = atTheirPhones({ name: ANN, state: 'away' });
    const conversation = aConversation();
    const calls = [aCall({ memberOf: [conversation.id] }), aCall({ memberOf: [conversation.id] })];
    const members = calls.map((call) => aMember(call));
    const world = aWorld({ agents, extensions, calls, conversations: [{ ...conversation, members }] });
    const { answer } = when(world, inviteAgent(conversation, routing([[agentTarget(ANN)]])), after(1));
    givenACaller(world, forAnn(), after(2));

    when(world, annIsIdle, after(9));

    expect(world.queueTasks.get(answer)?.phase.at).toBe('ringing');
  });

  test('given tasks of several kinds of targets, the agent takes the first that it fits', () => {
    const world = aWorld(
      atTheirPhones({ name: ANN, state: 'away', skills: skilled(1) }, { name: BOB, state: 'away' }),
    );
    givenACaller(world, { request: asking([agentTarget(BOB)]) }, after(1));
    givenACaller(world, { request: asking([skillTarget('support')]) }, after(2));
    const fitting = givenACaller(world, { request: asking([skillTarget('sales')]) }, after(3));
    givenACaller(world, forAnn(), after(4));

    when(world, annIsIdle, after(9));

    expect(world.queueTasks.get(fitting.taskId)?.phase.at).toBe('ringing');
  });

  test("given a caller of another application who waits for an agent of that name, it is not the agent's", () => {
    const { agents, extensions } = atTheirPhones({ name: ANN, state: 'away' }, { name: BOB, state: 'away' });
    const [mine, theirs] = agents;
    const foreign = { ...theirs!, app: OTHER_APP, id: agentId(OTHER_APP, ANN), name: ANN };
    const phones = [extensions[0]!, { ...extensions[1]!, app: OTHER_APP, boundTo: foreign.id }];
    const world = aWorld({ agents: [mine!, foreign], extensions: phones });
    givenACaller(world, { ...forAnn(), app: OTHER_APP }, after(1));
    const own = givenACaller(world, forAnn(), after(2));

    const { notifications } = when(world, annIsIdle, after(9));

    expect(world.queueTasks.get(own.taskId)?.phase.at).toBe('ringing');
    expect(notifications.every(({ app }) => app === APP)).toBe(true);
  });
});

describe('which agent is selected', () => {
  test('given targets in order, the first that has a free agent wins', () => {
    const world = aWorld(atTheirPhones({ name: ANN, state: 'away' }, { name: BOB }, { name: CAL }));
    const request = asking([agentTarget(ANN), agentTarget(CAL), agentTarget(BOB, { priority: 9 })]);

    expect(told(givenACaller(world, { request }).outcome.notifications)[0]).toBe('queue.select cal');
  });

  test('given a skill, the highest score wins, and a disabled one counts for nothing', () => {
    const agents = [
      { name: ANN, skills: skilled(1) },
      { name: BOB, skills: skilled(3) },
      { name: CAL, skills: skilled(9, false) },
    ];

    expect(selected(agents, 'random', 0.999)).toEqual(['queue.select bob']);
  });

  test('given nobody who has it is free, nobody is selected', () => {
    expect(selected([{ name: ANN, skills: skilled(1), state: 'busy' }, { name: BOB }])).toEqual([]);
  });

  test.each([
    [0, 'ann'],
    [0.34, 'bob'],
    [0.999, 'cal'],
  ])('given equals and choice random, the number %d decides for %s', (random, name) => {
    const agents = [ANN, BOB, CAL].map((each) => ({ name: each, skills: skilled(1) }));

    expect(selected(agents, 'random', random)).toEqual([`queue.select ${name}`]);
  });

  test('given equals and choice order, the first as sorted wins, whatever the number', () => {
    const agents = [CAL, ANN, BOB].map((name, index) => ({
      name,
      skills: skilled(1),
      loggedInAt: after(-9 - (index % 2)).at,
    }));

    expect(selected(agents, 'order', 0.999)).toEqual(['queue.select ann']);
  });

  test('given equals and choice lru, the one longest without a conversation wins, a login counting as its end', () => {
    const at = (seconds: number) => after(seconds).at;
    const agents = [
      { name: ANN, skills: skilled(1), loggedInAt: NOW, lastTalkAt: at(50) },
      { name: BOB, skills: skilled(1), loggedInAt: at(30), lastTalkAt: null },
      { name: CAL, skills: skilled(1), loggedInAt: NOW, lastTalkAt: at(40) },
    ];

    expect(selected(agents, 'lru', 0.999)).toEqual(['queue.select bob']);
  });

  test('given choice all, all the best are selected', () => {
    const agents = [
      { name: ANN, skills: skilled(2) },
      { name: BOB, skills: skilled(1) },
      { name: CAL, skills: skilled(2) },
    ];

    expect(selected(agents, 'all')).toEqual(['queue.select ann', 'queue.select cal']);
  });
});

describe('who can be selected', () => {
  const annFor = (changes: Partial<Agent>) =>
    told(givenACaller(aWorld(atTheirPhones(changes))).outcome.notifications);

  test.each(['online', 'busy', 'busy/idle', 'away', 'away/lunch', 'fetching', 'talking'] as const)(
    'given an agent who is %s, it is not',
    (state) => {
      expect(annFor({ state })).toEqual([]);
    },
  );

  test('given an agent who is idle, it is', () => {
    expect(annFor({ state: 'idle' })[0]).toBe('queue.select ann');
  });

  test('given an agent who has expired but is not yet logged out, it is not', () => {
    const keptAliveAt = (NOW - SETTINGS.keepaliveSeconds * 1000) as Instant;

    expect(annFor({ keptAliveAt })).toEqual([]);
    expect(annFor({ keptAliveAt: (keptAliveAt + 1) as Instant })[0]).toBe('queue.select ann');
  });

  test('given a phone that is not registered, it is not', () => {
    const { agents, extensions } = atTheirPhones({});
    const world = aWorld({ agents, extensions: extensions.map((each) => ({ ...each, enabled: false })) });

    expect(givenACaller(world).outcome.notifications).toEqual([]);
  });

  test('given an ordinary telephone and no trunk, it is not', () => {
    const { agents, extensions } = atTheirPhones({});
    const line = { type: '3', telnum: '13600000000' as PhoneNumber } as const;
    const holding = { agents, extensions: extensions.map((each) => ({ ...each, line })) };
    const world = { ...aWorld(holding), settings: { ...SETTINGS, trunk: null } };

    expect(givenACaller(world).outcome.notifications).toEqual([]);
  });

  test('given an agent whose phone rings for another, it is not, and rings for one only', () => {
    const world = aWorld(atTheirPhones({ name: ANN, skills: skilled(1) }));
    givenACaller(world);

    expect(givenACaller(world, { request: asking([skillTarget('sales')]) }).outcome.notifications).toEqual([]);
    expect(when(world, due('agents', { id: 'default/ann' }), after(900)).changes).toEqual([]);
  });

  test('given an extension that is somebody else’s, a caller for the agent waits', () => {
    const { agents } = atTheirPhones({});
    const extension = anExtension({ id: agents[0]!.extensionId, boundTo: agentId(APP, 'eve' as AgentName) });

    expect(givenACaller(aWorld({ agents, extensions: [extension] })).outcome.notifications).toEqual([]);
  });
});
