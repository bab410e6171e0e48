import { STAGES } from '../support/agent-stages';
import { ANN, answered, BOB, CAL, dissolve, due, ended, logOut } from '../support/happenings';
import type { Call } from '../../src/domain/call/call';
import type { Input } from '../../src/domain/input';
import { everybodyHangsUp, type Day } from '../support/watched-day';

afterEach(everybodyHangsUp);

/** All that can happen to whoever is there now. */
function whatMayHappen(day: Day): readonly (() => void)[] {
  const { agents, calls, conversations, queueTasks } = day.world;
  const ringing = ringingOn(day);
  const inputs: readonly Input[] = [
    ...[...conversations.values()].map(dissolve),
    ...[...agents.values()].map(({ name }) => logOut(name)),
    ...[...queueTasks.values()].map(({ app, id: taskId }) => ({ type: 'cancel-task', app, taskId }) as const),
    ...[...calls.values()].map((call) => ended(call)),
    ...ringing.map(answered),
  ];
  const tooLong = ringing.map((call) => () => void day.pass(60).take(due('calls', call)));
  const handingOn = agentsOn(day).map((call) => () => void day.handOn(call));
  return [...inputs.map((input) => () => void day.take(input)), ...tooLong, ...handingOn];
}

function ringingOn({ world }: Day): readonly Call[] {
  return [...world.calls.values()].filter(({ stage }) => stage.at === 'ringing');
}

function agentsOn({ world }: Day): readonly Call[] {
  return [...world.calls.values()].filter(({ party, stage }) => party.kind === 'agent' && stage.at !== 'ringing');
}

describe.each(Object.entries(STAGES))('%s', (_, stage) => {
  test('given all is dissolved, nothing is left of it', () => {
    const day = stage();
    const own = ringingOn(day).filter(({ stage: at }) => at.at === 'ringing' && at.onAnswer.then === 'call');

    for (const conversation of [...day.world.conversations.values()]) day.take(dissolve(conversation));
    day.settle();

    expect([...day.world.calls.keys()]).toEqual(own.map(({ id }) => id)); // For which there is no conversation yet.
    expect([day.world.queueTasks.size, day.world.conversations.size]).toEqual([0, 0]);
  });

  test.each([ANN, BOB, CAL])('given %s is logged out by force, nothing of it is left', (name) => {
    const day = stage();

    day.take(logOut(name));

    expect(day.states()).not.toHaveProperty(name);
    expect(
      [...day.world.calls.values()].filter(({ party }) => party.kind === 'agent' && party.name === name),
    ).toEqual([]);
    day.settle();
    const { agents, calls } = day.world;
    for (const { state, callId } of agents.values()) {
      expect(['fetching', 'talking'].includes(state)).toBe(callId !== null && calls.has(callId));
    }
  });

  test.each(['in order', 'the last first'] as const)(
    'given whatever may happen next, late answers, and the end of all calls, %s, nothing is left',
    (order) => {
      const count = whatMayHappen(stage()).length;
      for (let which = 0; which < count; which++) {
        const day = stage();
        const late = ringingOn(day);
        whatMayHappen(day)[which]!();
        for (const call of late) day.take(answered(call));
        for (const call of agentsOn(day)) day.handOn(call);
        day.end(order);
      }
    },
  );
});
