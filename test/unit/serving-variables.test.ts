import {
  agentTarget,
  ANN,
  aRingingAgent,
  asking,
  dissolve,
  due,
  ended,
  released,
  routing,
} from '../support/happenings';
import type { AgentName } from '../../src/domain/ids';
import {
  after,
  anArrival,
  APP,
  aServedCaller,
  atTheirPhones,
  aWorld,
  doing,
  givenACaller,
  only,
  when,
} from '../support/worlds';

describe('the variables with which a caller goes on', () => {
  const vip = { request: asking([agentTarget(ANN)], { userData: 'vip' }) };

  test('given it was served, they tell of the conversation, how it ended and who served it', () => {
    const { world, agentCall, taskId, conversation } = aServedCaller(vip);

    expect(released(when(world, ended(agentCall)).effects)).toEqual({
      PARLEY_RESULT: 'success',
      PARLEY_QUEUE_ID: taskId,
      PARLEY_CONVERSATION_ID: conversation.id,
      PARLEY_END_REASON: 'dismiss',
      PARLEY_AGENT: 'ann',
      PARLEY_USER_DATA: 'vip',
    });
  });

  test('given a supervisor listened from the start, they tell who talked', () => {
    const world = aWorld(atTheirPhones({}, { name: 'cal' as AgentName, state: 'busy' }));
    const { taskId } = givenACaller(world, vip);
    const conversation = only(world.conversations.values());
    const listens = { name: 'cal' as AgentName, conversationId: conversation.id, mode: 2, holding: true } as const;
    when(world, { type: 'enter', app: APP, ...listens });
    const [leg, listener] = [...world.calls.values()].filter(({ party }) => party.kind === 'agent');
    when(world, { type: 'leg-answered', channelId: listener!.channelId });
    when(world, { type: 'leg-answered', channelId: leg!.channelId });

    expect(released(when(world, ended(leg!)).effects)).toMatchObject({
      PARLEY_QUEUE_ID: taskId,
      PARLEY_AGENT: 'ann',
    });
  });

  test.each([
    ['its conversation is dissolved', 'remove'],
    ['its conversation has lasted too long', 'timeout'],
  ])('given %s, they say so', (_, reason) => {
    const { world, conversation } = aServedCaller(vip);
    const input = reason === 'remove' ? dissolve(conversation) : due('conversations', conversation);

    const { effects } = when(world, input, after(21_600));

    expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'success', PARLEY_END_REASON: reason });
  });

  test('given the agent did not answer, they name the conversation that never began', () => {
    const { world, leg, taskId, conversation } = aRingingAgent(vip);

    expect(released(when(world, ended(leg)).effects)).toEqual({
      PARLEY_RESULT: 'call_fail',
      PARLEY_QUEUE_ID: taskId,
      PARLEY_CONVERSATION_ID: conversation.id,
      PARLEY_END_REASON: 'dismiss',
      PARLEY_USER_DATA: 'vip',
    });
  });

  test.each([
    ['dissolved', 'remove'],
    ['timed out', 'timeout'],
  ])('given the conversation was %s while the phone rang, the result is cancel', (_, reason) => {
    const { world, conversation } = aRingingAgent(vip);
    const input = reason === 'remove' ? dissolve(conversation) : due('conversations', conversation);

    const { effects } = when(world, input, after(21_600));

    expect(released(effects)).toMatchObject({
      PARLEY_RESULT: 'cancel',
      PARLEY_CONVERSATION_ID: conversation.id,
      PARLEY_END_REASON: reason,
    });
  });

  test('given nobody was ever selected, there is no conversation to name', () => {
    const enqueue = routing([[agentTarget(ANN, { queueTimeoutSeconds: 0 })]]);
    const world = aWorld(atTheirPhones({ state: 'away' }));

    const { effects } = when(world, anArrival({ request: { by: 'enqueue', enqueue } }));

    expect(Object.keys(released(effects)!)).toEqual(['PARLEY_RESULT', 'PARLEY_QUEUE_ID']);
  });

  test('given it may have queued before, what has no value now is emptied', () => {
    const { effects } = when(aWorld(), anArrival({ request: { by: 'mistake' } }));

    expect(doing(effects, 'release')).toMatchObject([
      {
        variables: {
          PARLEY_RESULT: 'error',
          PARLEY_CONVERSATION_ID: '',
          PARLEY_END_REASON: '',
          PARLEY_AGENT: '',
          PARLEY_USER_DATA: '',
        },
      },
    ]);
  });
});
