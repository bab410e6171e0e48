import { BRIDGE, SILENCE, type Placement } from '../../src/domain/conversation/listen-speak-mode';

/** The agent talks with the customer. The coach sits in a bridge of its own, with a snoop on the agent. */
export type Party = 'customer' | 'agent' | 'coach' | 'snoop';
export type Seat = 'talk' | 'aside' | 'elsewhere';
export type Seated = Omit<Placement, 'bridgeId'> & { readonly bridge: Seat | null };

export const SEATED: Readonly<Record<Party, Seated>> = {
  customer: { bridge: 'talk', speaks: true, hears: BRIDGE },
  agent: { bridge: 'talk', speaks: true, hears: BRIDGE },
  coach: { bridge: 'aside', speaks: true, hears: BRIDGE },
  snoop: { bridge: 'aside', speaks: true, hears: BRIDGE },
};

type Heard = Readonly<Record<Exclude<Party, 'snoop'>, readonly Exclude<Party, 'snoop'>[]>>;

const ALL: Heard = { customer: ['agent'], agent: ['customer', 'coach'], coach: ['customer', 'agent'] };

/** Who hears whom when one of them is placed otherwise: so it was measured on Asterisk 22.10, and so the simulation has it. */
export const COACHING: readonly {
  readonly when: string;
  readonly change: Readonly<Partial<Record<Party, Partial<Seated>>>>;
  readonly heard: Heard;
}[] = [
  { when: 'nobody is placed otherwise', change: {}, heard: ALL },
  {
    when: 'the agent may not speak',
    change: { agent: { speaks: false } },
    heard: { ...ALL, customer: [], coach: ['customer'] },
  },
  {
    when: 'the agent may not hear',
    change: { agent: { hears: SILENCE } },
    heard: { ...ALL, agent: ['coach'], coach: ['agent'] },
  },
  {
    when: 'the agent is held',
    change: { agent: { bridge: null, speaks: false, hears: SILENCE } },
    heard: { customer: [], agent: ['coach'], coach: [] },
  },
  {
    when: 'the agent is elsewhere',
    change: { agent: { bridge: 'elsewhere' } },
    heard: { customer: [], agent: ['coach'], coach: ['agent'] },
  },
  {
    when: 'the customer may not speak',
    change: { customer: { speaks: false } },
    heard: { ...ALL, agent: ['coach'], coach: ['agent'] },
  },
  {
    when: 'the coach may not speak',
    change: { coach: { speaks: false } },
    heard: { ...ALL, agent: ['customer'] },
  },
  { when: 'the coach may not hear', change: { coach: { hears: SILENCE } }, heard: { ...ALL, coach: [] } },
  { when: 'the snoop may not speak', change: { snoop: { speaks: false } }, heard: { ...ALL, coach: [] } },
  {
    when: 'the snoop may not hear',
    change: { snoop: { hears: SILENCE } },
    heard: { ...ALL, agent: ['customer'] },
  },
  {
    when: 'the snoop is outside',
    change: { snoop: { bridge: null } },
    heard: { ...ALL, agent: ['customer'], coach: [] },
  },
];
