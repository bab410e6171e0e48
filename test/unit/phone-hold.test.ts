import type { Call } from '../../src/domain/call/call';
import type { Conversation } from '../../src/domain/conversation/conversation';
import { SILENCE, type ListenSpeakMode } from '../../src/domain/conversation/listen-speak-mode';
import type { ConversationId } from '../../src/domain/ids';
import type { Input } from '../../src/domain/input';
import type { World } from '../../src/domain/world';
import { ANN, dissolve, ended, held, journaled, NOTHING, now, resumed, told } from '../support/happenings';
import { seen } from '../support/phone-system-views';
import {
  aCall,
  aConversation,
  aMember,
  APP,
  aServedCaller,
  atTheirPhones,
  aWorld,
  givenACaller,
  only,
  SETTINGS,
  when,
} from '../support/worlds';

const MUSIC = { from: 'music', musicClass: SETTINGS.musicClass };

const setMode = ({ id }: Conversation, mode: ListenSpeakMode): Input<'set-agent-mode'> => ({
  type: 'set-agent-mode',
  app: APP,
  conversationId: id,
  name: ANN,
  mode,
});

function modeOf(world: World, conversation: Conversation, call: Call): ListenSpeakMode | undefined {
  return now(world, 'conversations', conversation).members.find(
    ({ callId, until }) => callId === call.id && until === null,
  )?.mode;
}

/** Ann talks with a caller, in this mode. */
function aTalk(mode: ListenSpeakMode = 1) {
  const talk = aServedCaller();
  when(talk.world, setMode(talk.conversation, mode));
  return { ...talk, leg: talk.agentCall };
}

/** Ann is active in the first and held in the second; each has another member. */
function inTwo() {
  const ids = [0, 1].map((each) => `${each}`.padStart(32, 'c') as ConversationId);
  const { agents, extensions } = atTheirPhones({ state: 'talking' });
  const [agent] = agents;
  const { id: agentId, name, extensionId } = agent!;
  const leg = aCall({ party: { kind: 'agent', agentId, name, extensionId }, memberOf: ids });
  const others = ids.map((id) => aCall({ memberOf: [id] }));
  const conversations = ids.map((id, index) =>
    aConversation({ id, members: [aMember(leg, { mode: index === 0 ? 1 : 4 }), aMember(others[index]!)] }),
  );
  const world = aWorld({
    agents: [{ ...agent!, callId: leg.id }],
    extensions,
    calls: [leg, ...others],
    conversations,
  });
  const [first, second] = conversations as [Conversation, Conversation];
  return { world, leg, others, first, second };
}

describe('given an agent whose phone holds', () => {
  test.each([1, 2, 3] as const)(
    'in mode %i, it is held, and gets its mode back when the phone takes back',
    (mode) => {
      const { world, leg, conversation, channelId } = aTalk(mode);
      when(world, held(leg));
      expect(modeOf(world, conversation, leg)).toBe(4);
      const { bridgeId } = conversation;
      expect(now(world, 'calls', leg).placement).toEqual({ bridgeId, speaks: false, hears: SILENCE });
      const caller = now(world, 'calls', { id: world.callOnChannel.get(channelId)! });
      expect(caller.placement?.hears).toEqual(MUSIC);

      when(world, resumed(leg));
      expect(modeOf(world, conversation, leg)).toBe(mode);
      expect(now(world, 'calls', leg)).toMatchObject({
        phoneHold: null,
        placement: { bridgeId: conversation.bridgeId },
      });
      const { placement } = now(world, 'calls', caller);
      expect(placement?.hears.from).toBe(mode === 2 ? 'silence' : 'bridge');
    },
  );

  test('the journal has it, and that it goes on', () => {
    const { world, leg } = aTalk(2);

    const { notifications } = when(world, held(leg));
    expect(journaled(notifications)).toEqual(['mode_changed 4']);
    expect(journaled(when(world, resumed(leg)).notifications)).toEqual(['mode_changed 2']);
    expect(journaled(when(world, resumed(leg)).notifications)).toEqual([]);
  });

  test('nobody is told: members and states are as they were', () => {
    const { world, leg } = aTalk();
    expect([held(leg), resumed(leg)].flatMap((each) => told(when(world, each).notifications))).toEqual([]);
  });

  test('given it holds or takes back twice, the second time changes nothing', () => {
    const { world, leg } = aTalk(3);
    when(world, held(leg));
    expect(when(world, held(leg))).toEqual(NOTHING);
    when(world, resumed(leg));
    expect(when(world, resumed(leg))).toEqual(NOTHING);
  });

  test('given it is active nowhere, nothing changes, and taking back brings it nowhere', () => {
    const { world, leg } = aTalk(4);
    expect([held(leg), resumed(leg)].map((each) => when(world, each))).toEqual([NOTHING, NOTHING]);
  });

  test.each([1, 4] as const)(
    'given mode %i is asked for meanwhile, it stays so when the phone takes back',
    (mode) => {
      const { world, leg, conversation } = aTalk(2);
      when(world, held(leg));
      when(world, setMode(conversation, mode));
      when(world, resumed(leg));
      expect(modeOf(world, conversation, leg)).toBe(mode);
    },
  );

  test('given it is made active elsewhere meanwhile, it stays there', () => {
    const { world, leg, first, second } = inTwo();
    when(world, held(leg));
    when(world, setMode(second, 1));
    when(world, resumed(leg));
    expect([first, second].map((each) => modeOf(world, each, leg))).toEqual([4, 1]);
  });

  test('given it is made active elsewhere and holds there too, taking back brings it there', () => {
    const { world, leg, first, second } = inTwo();
    when(world, held(leg));
    when(world, setMode(second, 3));
    when(world, held(leg));
    expect([first, second].map((each) => modeOf(world, each, leg))).toEqual([4, 4]);
    when(world, resumed(leg));
    expect([first, second].map((each) => modeOf(world, each, leg))).toEqual([4, 3]);
  });

  test('given it is held elsewhere by request meanwhile, taking back still brings it where it was', () => {
    const { world, leg, first, second } = inTwo();
    when(world, held(leg));
    when(world, setMode(second, 4));
    when(world, resumed(leg));
    expect([first, second].map((each) => modeOf(world, each, leg))).toEqual([1, 4]);
  });

  test('given the conversation ends meanwhile, taking back brings it nowhere', () => {
    const { world, leg, first, second } = inTwo();
    when(world, held(leg));
    when(world, dissolve(first));
    when(world, resumed(leg));
    expect(modeOf(world, second, leg)).toBe(4);
    expect(now(world, 'calls', leg)).toMatchObject({ memberOf: [second.id], phoneHold: null });
  });

  test('given it hangs up on hold, all ends as ever', () => {
    const { world, leg } = aTalk();
    when(world, held(leg));
    when(world, ended(leg));
    expect([world.conversations.size, only(world.agents.values()).state]).toEqual([0, 'idle']);
    expect(when(world, resumed(leg))).toEqual(NOTHING);
  });

  test('given taking back was missed, the next comparison makes up for it', () => {
    const { world, leg, conversation } = aTalk(2);
    when(world, held(leg));
    when(world, seen(world, {}));
    expect(modeOf(world, conversation, leg)).toBe(4);
    when(world, seen(world, { resumed: new Set([leg.channelId]) }));
    expect(modeOf(world, conversation, leg)).toBe(2);
  });

  test('given the conversation becomes one with another meanwhile, it goes on there', () => {
    const { world, leg, first, second } = inTwo();
    when(world, held(leg));
    when(world, { type: 'merge', app: APP, name: ANN, into: second.id, from: first.id, mode: 1 });
    expect(modeOf(world, second, leg)).toBe(4);
    when(world, resumed(leg));
    expect(modeOf(world, second, leg)).toBe(1);
  });

  test('given it still rings, nothing changes', () => {
    const world = aWorld(atTheirPhones({}));
    givenACaller(world);
    const leg = [...world.calls.values()].find(({ party }) => party.kind === 'agent')!;
    expect(when(world, held(leg))).toEqual(NOTHING);
  });
});

test('given another party whose phone holds and takes back, nothing changes', () => {
  const { world, call } = aTalk();
  expect([held(call), resumed(call)].map((each) => when(world, each))).toEqual([NOTHING, NOTHING]);
});
