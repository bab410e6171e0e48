import type { Conversation } from '../../src/domain/conversation/conversation';
import { LatelyEnded } from '../../src/runtime/lately-ended';
import { dissolve, OTHER_APP } from '../support/happenings';
import { aServiceOn, aStoreWith } from '../support/service-behind-http';
import { aConversation, after, APP, aRunningConversation, NOW } from '../support/worlds';

const HOUR = 3_600;
const OVER = { at: 'ended', since: NOW, reason: 'dismiss', hadBegun: true } as const;

const changed = (value: Conversation, live: boolean) => ({ changes: [{ kind: 'conversations', value, live }] as const }); // prettier-ignore

test('a conversation is found for an hour after its end, and not while it lives', () => {
  const lately = new LatelyEnded();
  const running = aConversation();
  const ended = { ...running, stage: OVER };

  lately.follow(changed(running, true));
  expect(lately.find(running.id, NOW)).toBeUndefined();

  lately.follow(changed(ended, false));
  expect(lately.find(running.id, after(HOUR - 1).at)).toBe(ended);
  expect(lately.find(running.id, after(HOUR).at)).toBeUndefined();
});

test('of more than a thousand the first are forgotten', () => {
  const lately = new LatelyEnded();
  const all = Array.from({ length: 1_002 }, () => aConversation({ stage: OVER }));
  for (const each of all) lately.follow(changed(each, false));

  expect(all.filter(({ id }) => lately.find(id, NOW) === undefined)).toEqual(all.slice(0, 2));
});

test('a conversation that has just ended is the same from memory as from the store', async () => {
  const { conversation, calls } = aRunningConversation();
  const changes = [
    ...calls.map((value) => ({ kind: 'calls', value, live: true }) as const),
    { kind: 'conversations', value: conversation, live: true } as const,
  ];
  const storage = await aStoreWith({ changes });
  let asked = 0;
  const counted = Object.assign(Object.create(storage) as typeof storage, {
    findConversation: (...of: Parameters<typeof storage.findConversation>) => {
      asked++;
      return storage.findConversation(...of);
    },
  });
  const { service } = await aServiceOn(counted, [APP]);
  try {
    await service.ask(dissolve(conversation));
    const found = await service.findConversation(APP, conversation.id);
    expect(asked).toBe(0);
    expect(found).toMatchObject({ id: conversation.id, stage: { at: 'ended', reason: 'remove' } });
    expect(found).toEqual(await storage.findConversation(APP, conversation.id));
    expect(await service.findConversation(OTHER_APP, conversation.id)).toBeUndefined();
  } finally {
    await service.stop();
  }
});
