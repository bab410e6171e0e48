import type { Data, Schemas, Sent } from '../../scripts/api/api-types';
import type { Call } from '../../scripts/phone-farm/call';
import type { Tone } from '../../scripts/phone-farm/tones';
import type { AgentAtPhone, Parley } from './parley';

export const CUSTOMER = '13900000001';

export const enqueueFor = (name: string, attributes = '', ofDocument = ''): string =>
  `<enqueue ${ofDocument}><route><agent name="${name}" ${attributes}/></route></enqueue>`;

export type TalkWithCustomer = { readonly id: string; readonly customer: Call; readonly leg: Call };

/** A customer calls the agent, who answers; both hear each other. */
export async function aTalk(
  parley: Parley,
  agent: AgentAtPhone,
  { tone = 400, to = `7${agent.name}` }: { readonly tone?: Tone; readonly to?: string } = {},
): Promise<TalkWithCustomer> {
  const customer = await parley.farm.call({ from: CUSTOMER, to, tone });
  const leg = await agent.phone.incoming();
  if (agent.phone.manner === 'ring') await leg.answer();
  await Promise.all([customer.hears([agent.phone.tone]), leg.hears([tone])]);
  const { id } = await parley.conversationOf(agent);
  return { id, customer, leg };
}

/** The customer hangs up; resolves when the agent is free again. */
export async function hangUp(
  parley: Parley,
  agent: AgentAtPhone,
  { customer, leg }: Omit<TalkWithCustomer, 'id'>,
): Promise<void> {
  await customer.hangUp();
  await leg.ended();
  await parley.untilState(agent, 'idle');
}

type Deed<What extends string> = `agent/${string}/${What}`;

/** An agent does something, as its client asks for. */
export async function does<What extends string>(
  parley: Parley,
  agent: AgentAtPhone,
  what: What,
  ...sent: Sent<'post', Deed<What>>
): Promise<Data<'post', Deed<What>>> {
  return await parley.post<Deed<What>>(`agent/${agent.name}/${what}`, ...sent);
}

/** The conversations that an agent is in now. */
export async function conversationsOf(
  parley: Parley,
  { name }: AgentAtPhone,
): Promise<readonly Schemas['Conversation'][]> {
  return await parley.get(`agent/${name}/conversation`);
}

/** Who is in a conversation, by name or number, with the mode. */
export async function membersIn(parley: Parley, id: string): Promise<Readonly<Record<string, number>>> {
  const { members } = await parley.conversation(id);
  const present = members.filter(({ end_time }) => end_time === null);
  return Object.fromEntries(
    present.map((member) => ['name' in member ? member.name : (member.telnumber ?? ''), member.mode]),
  );
}

/** Everybody is back where they were: agents idle, in no conversation, and nothing in Asterisk. */
export async function untilAllIsQuiet(parley: Parley, ...agents: readonly AgentAtPhone[]): Promise<void> {
  await parley.untilNothingIsLeft();
  for (const agent of agents) {
    await parley.untilState(agent, 'idle');
    const { conversations } = await parley.get(`agent/${agent.name}`);
    expect(conversations).toEqual([]);
  }
  expect(await parley.queue()).toEqual([]);
}
