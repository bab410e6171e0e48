import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../scripts/phone-farm/eventually';
import { aTalk, hangUp } from './floor';
import { Parley, type AgentAtPhone } from './parley';

type Told = Readonly<Record<string, string | number>>;

const A_TALK = [
  'queue.select',
  'agent.state_changed fetching',
  'agent.state_changed talking',
  'conversation.begin',
  'queue.success',
  'agent.conversation_changed enter',
  'conversation.parts_changed',
  'agent.conversation_changed exit',
  'conversation.end',
  'agent.state_changed idle',
];

/** A receiver of events that is down, or takes all that it gets. */
class Receiver {
  readonly told: Told[] = [];
  isDown = false;
  private readonly server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      if (!this.isDown) this.told.push(JSON.parse(body) as Told);
      response.writeHead(this.isDown ? 503 : 200).end();
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/events`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async untilTold(event: string): Promise<void> {
    const tail = (): string => JSON.stringify(this.told.slice(-3));
    await eventually(
      () => this.told.some((each) => each['event'] === event),
      20_000,
      () => `no ${event}: ${tail()}`,
    );
  }
}

const receiver = new Receiver();
let parley: Parley;
let agent: AgentAtPhone;
beforeAll(async () => {
  const settings = {
    PARLEY_CALLBACK_URL: await receiver.listen(),
    PARLEY_CALLBACK_SECRETS: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  };
  parley = await Parley.start({ settings });
  agent = await parley.agentAtPhone(700, { manner: { answerAfter: 0 } });
}, 120_000);
afterAll(async () => {
  await parley.stop();
  await receiver.close();
}, 30_000);

/** As they happened: what names neither the same agent nor task nor conversation goes side by side. */
function inOrder(): readonly string[] {
  return [...receiver.told]
    .sort((one, other) => (String(one['event_id']) < String(other['event_id']) ? -1 : 1))
    .map(({ event, latest_state: state, type }) => {
      const name = String(event).replace('callcenter.', '');
      if (name === 'agent.state_changed') return `${name} ${state}`;
      return name === 'agent.conversation_changed' ? `${name} ${type}` : name;
    });
}

async function untilIdleIsTold(): Promise<void> {
  await eventually(
    () => inOrder().includes('agent.state_changed idle'),
    20_000,
    () => inOrder().join(),
  );
}

test('a queued caller who is answered: case A, all with its data, and the journal says the same', async () => {
  const { id, customer, leg } = await aTalk(parley, agent, { to: `92${agent.name}` });
  await hangUp(parley, agent, { customer, leg });
  await receiver.untilTold('callcenter.conversation.end');
  await untilIdleIsTold();

  expect(inOrder()).toEqual(A_TALK);
  const data = receiver.told.map((each) => each['user_data']);
  expect(data).toEqual(A_TALK.map(() => 'vip, "7" & <ü>'));
  const journal = await parley.get(`conversation/${id}/events`);
  const told = receiver.told.filter(({ event }) => event !== 'callcenter.agent.state_changed');
  expect(journal).toEqual(told.map((each) => ({ ...each, time: expect.any(Number) as number })));
});

test('given the receiver is down and the service is killed, all is told when they are back, in order and without a gap', async () => {
  receiver.told.length = 0;
  receiver.isDown = true;
  const { customer, leg } = await aTalk(parley, agent);
  await parley.killService();
  await customer.hangUp();
  await parley.restartService();
  await leg.ended();
  await parley.untilState(agent, 'idle');
  receiver.isDown = false;
  await receiver.untilTold('callcenter.conversation.end');
  await untilIdleIsTold();

  expect([...new Set(inOrder())]).toEqual(A_TALK);
  const ofAgent = receiver.told.filter(({ event }) => String(event).startsWith('callcenter.agent.'));
  const sequences = [...new Set(ofAgent.map(({ sequence }) => Number(sequence)))];
  expect(sequences).toEqual(sequences.map((_, index) => sequences[0]! + index)); // In the order in which they arrived.
});
