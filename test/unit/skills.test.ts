import type { Skill } from '../../src/domain/agent/agent';
import type { SkillChange } from '../../src/domain/agent/skills';
import type { AgentName } from '../../src/domain/ids';
import type { Input } from '../../src/domain/input';
import { conditionTarget, givenACondition, givenOneWhoAsks, ringing } from '../support/conditions';
import { ANN, answered, BOB, legOf, OTHER_APP, refusal, skillTarget, theAgent } from '../support/happenings';
import { APP, atTheirPhones, aWorld, when } from '../support/worlds';

function settingSkills(changes: readonly SkillChange[], name: AgentName = ANN): Input<'set-skills'> {
  return { type: 'set-skills', app: APP, name, changes };
}

const skill = (name: string, score: number, enabled: boolean): Skill => ({ name, score, enabled });

describe('changes of skills', () => {
  const had = [skill('sales', 5, true), skill('support', 3, false)];

  test.each<[string, readonly SkillChange[], readonly Skill[]]>([
    [
      'a new one without more, it has score 0 and is disabled',
      [{ do: 'add', name: 'new' }],
      [...had, skill('new', 0, false)],
    ],
    [
      'a new one with all, it has that',
      [{ do: 'add', name: 'new', score: -7, enabled: true }],
      [...had, skill('new', -7, true)],
    ],
    [
      'only a score for one it has, the rest stays',
      [{ do: 'add', name: 'sales', score: 9 }],
      [skill('sales', 9, true), had[1]!],
    ],
    [
      'only enabled for one it has, the rest stays',
      [{ do: 'add', name: 'support', enabled: true }],
      [had[0]!, skill('support', 3, true)],
    ],
    ['the name alone of one it has, nothing changes', [{ do: 'add', name: 'sales' }], had],
    ['one to delete, the others stay', [{ do: 'delete', name: 'sales' }], [had[1]!]],
    ['one to delete that it lacks, all stay', [{ do: 'delete', name: 'new' }], had],
    ['all to delete, none is left', [{ do: 'delete-all' }], []],
    [
      'several, they are carried out one after the other',
      [
        { do: 'add', name: 'sales', score: 1 },
        { do: 'delete-all' },
        { do: 'add', name: 'sales', enabled: true },
        { do: 'add', name: 'old' },
        { do: 'delete', name: 'old' },
        { do: 'add', name: 'sales', score: 2 },
      ],
      [skill('sales', 2, true)],
    ],
  ])('given %s', (_, changes, skills) => {
    const world = aWorld(atTheirPhones({ name: ANN, skills: had }));

    const { answer, effects, notifications } = when(world, settingSkills(changes));

    expect(theAgent(world).skills).toEqual(skills);
    expect([answer, effects, notifications]).toEqual([null, [], []]);
  });

  test("given nobody of that name, or another application's, it is refused", () => {
    const world = aWorld(atTheirPhones({ name: ANN }));

    expect(refusal(world, settingSkills([{ do: 'delete-all' }], BOB))).toBe('agent-not-found');
    expect(refusal(world, { ...settingSkills([{ do: 'delete-all' }]), app: OTHER_APP })).toBe('agent-not-found');
  });
});

describe('what a change of skills sets going', () => {
  test.each<[string, readonly Skill[], SkillChange]>([
    ['a skill that is new and enabled', [], { do: 'add', name: 'sales', enabled: true }],
    ['one that is enabled now', [skill('sales', 1, false)], { do: 'add', name: 'sales', enabled: true }],
  ])('given %s, an idle agent is rung for who waits for it', (_, skills, change) => {
    const world = aWorld(atTheirPhones({ name: ANN, skills }));
    const { taskId } = givenOneWhoAsks(world, [[skillTarget('sales')]]);
    expect(ringing(world, taskId)).toBe('waiting');

    when(world, settingSkills([change]));

    expect(ringing(world, taskId)).toEqual(['ann']);
  });

  test('given several wait for the skills that it has now, the first in the order gets it', () => {
    const world = aWorld(atTheirPhones({ name: ANN }));
    const tasks = [
      givenOneWhoAsks(world, [[skillTarget('sales')]]),
      givenOneWhoAsks(world, [[skillTarget('support', { priority: 3 })]]),
      givenOneWhoAsks(world, [[skillTarget('billing', { priority: 9 })]]),
    ];

    when(world, settingSkills(['sales', 'support'].map((name) => ({ do: 'add', name, enabled: true }) as const)));

    expect(tasks.map(({ taskId }) => ringing(world, taskId))).toEqual(['waiting', ['ann'], 'waiting']);
  });

  test('given a score that a condition waits for, the agent is rung by that condition', () => {
    const world = aWorld(atTheirPhones({ name: ANN, skills: [skill('sales', 5, true)] }));
    const id = givenACondition(world, { where: 'get("sales") > 7' });
    const { taskId } = givenOneWhoAsks(world, [[conditionTarget(id)]]);

    when(world, settingSkills([{ do: 'add', name: 'sales', score: 8 }]));

    expect(ringing(world, taskId)).toEqual(['ann']);
    expect(world.queueTasks.get(taskId)!.conditionId).toBe(id);
  });

  test('given it has the skill no longer, or no longer enabled, it is not found by it', () => {
    for (const change of [
      { do: 'delete', name: 'sales' },
      { do: 'add', name: 'sales', enabled: false },
    ] as const) {
      const world = aWorld(atTheirPhones({ name: ANN, skills: [skill('sales', 5, true)] }));
      when(world, settingSkills([change]));

      expect(ringing(world, givenOneWhoAsks(world, [[skillTarget('sales')]]).taskId)).toBe('waiting');
    }
  });

  test('given another score, the next caller finds the best as they are now', () => {
    const skills = [skill('sales', 5, true)];
    const world = aWorld(atTheirPhones({ name: ANN, skills }, { name: BOB, skills }));

    when(world, settingSkills([{ do: 'add', name: 'sales', score: 4 }]));

    expect(ringing(world, givenOneWhoAsks(world, [[skillTarget('sales')]], { random: 0 }).taskId)).toEqual([
      'bob',
    ]);
  });

  test('given an agent who talks, it is rung only when it is free', () => {
    const world = aWorld(atTheirPhones({ name: ANN, skills: [skill('support', 1, true)] }));
    const first = givenOneWhoAsks(world, [[skillTarget('support')]]);
    const leg = legOf(world);
    when(world, answered(leg));
    const second = givenOneWhoAsks(world, [[skillTarget('sales')]]);

    when(world, settingSkills([{ do: 'add', name: 'sales', enabled: true }]));
    expect(ringing(world, second.taskId)).toBe('waiting');
    when(world, { type: 'leg-ended', channelId: leg.channelId, cause: 16 });

    expect([first, second].map(({ taskId }) => ringing(world, taskId))).toEqual(['over', ['ann']]);
  });
});
