import { Parley } from './parley';

let parley: Parley;
beforeAll(async () => (parley = await Parley.start()), 120_000);
afterAll(async () => parley.stop(), 30_000);
afterEach(async () => parley.untilNothingIsLeft());

test('a queued caller hears music, reaches the agent, and they hear each other', async () => {
  const agent = await parley.agentAtPhone(700, { state: 'busy' });
  const caller = await parley.farm.call({ from: '13900000001', to: `7${agent.name}`, tone: 400 });
  await caller.answered();
  await caller.hearsMusic();

  await parley.post(`agent/${agent.name}/state`, { state: 'idle' });
  const leg = await agent.phone.incoming();
  expect(leg.from).toBe('13900000001');
  await leg.answer();
  await Promise.all([caller.hears([700]), leg.hears([400])]);
  expect(await parley.state(agent)).toBe('talking');
  const conversation = await parley.conversationOf(agent);
  expect(conversation).toMatchObject({
    type: 'queue',
    state: 'running',
    end_time: null,
    members: [
      { telnumber: '13900000001', mode: 1 },
      { name: agent.name, extension_id: agent.extensionId, mode: 1 },
    ],
  });

  await leg.hangUp();
  await caller.ended();
  await parley.untilState(agent, 'idle');
  expect(await parley.get(`conversation/${conversation.id}`)).toMatchObject({
    state: 'completed',
    end_reason: 'dismiss',
  });
});
