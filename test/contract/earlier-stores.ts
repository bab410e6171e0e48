import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentName, ChannelId, ConversationId, QueueTaskId } from '../../src/domain/ids';
import type { Storage } from '../../src/ports/storage';
import type { Service } from '../../src/runtime/service';
import { eventually } from '../../scripts/phone-farm/eventually';
import { aServiceOn } from '../support/service-behind-http';
import { APP } from '../support/worlds';

const FOLDER = join(__dirname, 'stores');

/** Of which steps of the schema there is a store. */
export function stepsWithStore(database: 'sqlite' | 'postgres'): readonly number[] {
  const numbers = readdirSync(FOLDER).map((name) => new RegExp(`^${database}-(\\d+)\\.sql$`).exec(name)?.[1]);
  return numbers
    .flatMap((number) => (number === undefined ? [] : [Number(number)]))
    .sort((one, other) => one - other);
}

/** The statements that make the store of that step again. */
export function earlierStore(database: 'sqlite' | 'postgres', step: number): string {
  return readFileSync(join(FOLDER, `${database}-${step}.sql`), 'utf8');
}

const ENDED = '018bcfe58f1070028000000000000007' as ConversationId;
const ENDED_TASK = '018bcfe58f1070008000000000000007' as QueueTaskId;
const RINGING_AT_BOB = '018bcfe62b507004800000000000000d' as ChannelId;
const RINGING_FOR = '1700000003.3' as ChannelId;
const CUSTOMER_OF_ANN = '1700000002.2' as ChannelId;

/** The service of today takes over what is told in `stores/README.md`, shows what is over, and serves on. */
export async function expectTakenOver(storage: Storage): Promise<void> {
  const { service, tell } = await aServiceOn(storage, [APP]);
  try {
    expect(agentsOf(service)).toEqual({ ann: 'talking', bob: 'fetching', cat: 'idle' });
    expect((await service.queue(APP)).map(({ task }) => task.phase.at)).toEqual(['ringing', 'waiting']);
    expect(await listed(service)).toEqual(['begun', 'ended']);
    expect(await service.findConversation(APP, ENDED)).toMatchObject({
      stage: { at: 'ended', reason: 'dismiss' },
      members: [{ party: { telnumber: '13900000001' } }, { party: { name: 'cat' } }],
    });
    const about = { taskId: ENDED_TASK, at: null };
    const { decisions } = await service.explain({ app: APP, about, agent: 'cat' as AgentName });
    expect(decisions.map(({ did }) => did)).toEqual(['ring', 'serve']);

    tell({ type: 'leg-answered', channelId: RINGING_AT_BOB });
    await until(service, { ann: 'talking', bob: 'talking', cat: 'idle' });
    tell({ type: 'leg-ended', channelId: CUSTOMER_OF_ANN, cause: 16 });
    tell({ type: 'leg-ended', channelId: RINGING_FOR, cause: 16 });
    await eventually(
      async () => (await listed(service)).join() === 'ended,ended,ended',
      5_000,
      () => 'all conversations should end',
    );
  } finally {
    await service.stop();
  }
}

function agentsOf({ world }: Service): Readonly<Record<string, string>> {
  return Object.fromEntries([...world.agents.values()].map(({ name, state }) => [name, state]));
}

async function until(service: Service, agents: Readonly<Record<string, string>>): Promise<void> {
  const told = (): string => JSON.stringify(agentsOf(service));
  await eventually(
    () => told() === JSON.stringify(agents),
    5_000,
    () => told(),
  );
}

async function listed(service: Service): Promise<readonly string[]> {
  const { conversations } = await service.listConversations({ app: APP, offset: 0, limit: 10 });
  return conversations.map(({ stage }) => stage.at);
}
