import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aTalk } from './floor';
import type { AgentAtPhone, Parley } from './parley';

type Commands = { readonly backUp: string; readonly restore: string };

/** The commands that operators are told. */
export function documented(): { readonly sqlite: Commands; readonly postgres: Commands } {
  const text = readFileSync(join(__dirname, '../../docs/reliability.md'), 'utf8');
  const [, section] = /### Backup and restore\n([^]*?)\n##/.exec(text)!;
  const blocks = [...section!.matchAll(/```sh\n([^]*?)```/g)].map(([, commands]) => commands!);
  const [backUpFile, restoreFile, dump, restoreDump] = blocks as [string, string, string, string];
  return {
    sqlite: { backUp: backUpFile, restore: restoreFile },
    postgres: { backUp: dump, restore: restoreDump },
  };
}

export type Steps = {
  readonly backUp: () => Promise<void>;
  /** Settings under which the service finds what was restored. */
  readonly restore: () => Promise<Readonly<Record<string, string>> | void>;
};

/**
 * Of three callers, the backup knows one as talking who has left since, one as waiting who talks by now, and one not at all.
 * The service starts on it while two of them talk: both are soon with their agents again.
 */
export async function livesThroughARestore(
  parley: Parley,
  [agent, other]: readonly [AgentAtPhone, AgentAtPhone],
  { backUp, restore }: Steps,
): Promise<void> {
  const left = await aTalk(parley, agent);
  const waited = await parley.farm.call({ from: '13900000002', to: `7${agent.name}`, tone: 400 });
  await parley.until(async () => (await parley.queue()).length === 1, 'a caller waits');
  await backUp();
  await left.customer.hangUp();
  const leg = await agent.phone.incoming();
  await Promise.all([waited.hears([agent.phone.tone]), leg.hears([400])]);
  const unknown = await parley.farm.call({ from: '13900000003', to: `7${other.name}`, tone: 400 });
  const legOfOther = await other.phone.incoming();
  await unknown.hears([other.phone.tone]);

  await parley.killService();
  await parley.startServiceAgain((await restore()) ?? {});
  expect(await parley.conversation(left.id)).toMatchObject({ state: 'completed', end_time: expect.any(Number) });
  await Promise.all([leg.ended(), legOfOther.ended()]);
  await Promise.all([agent.phone.incoming(), other.phone.incoming()]);
  await Promise.all([waited.hears([agent.phone.tone]), unknown.hears([other.phone.tone])]);
  const talks = [await parley.conversationOf(agent), await parley.conversationOf(other)];

  await Promise.all([waited.hangUp(), unknown.hangUp()]);
  await parley.untilNothingIsLeft();
  for (const each of [agent, other]) await parley.untilState(each, 'idle');
  expect(await parley.queue()).toEqual([]);
  for (const { id } of talks) {
    expect(await parley.conversation(id)).toMatchObject({ state: 'completed', end_reason: 'dismiss' });
  }
}
